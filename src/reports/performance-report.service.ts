import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { uuidV7Floor } from '../platform/index.js';
import { assertConvertible, cellsOf, type FactRow, totalCells } from './domain/report-answer.js';
import type { ReportRequest } from './domain/report-request.js';
import { rowsStatement, type Statement, totalsStatement } from './domain/report-sql.js';
import type { ReportRelationsDto, PerformanceReportDto } from './performance-report.dto.js';

/** Answers performance reports from the raw facts, so that they hold what was ingested a moment ago (A15, A18). */
@Injectable()
export class PerformanceReportService {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * One page of a partner's report, with totals over all pages and the names behind the identifiers.
   * @throws DomainError INVALID_PARAMETER (400) when amounts would need an exchange rate
   */
  async run(partnerId: string, request: ReportRequest): Promise<PerformanceReportDto> {
    const ids = { from: uuidV7Floor(request.from), to: uuidV7Floor(request.to) };
    const totals = await this.query<FactRow>(totalsStatement(request, partnerId, ids));
    assertConvertible(request, totals);
    const rows = await this.query<FactRow & { total_count: string }>(rowsStatement(request, partnerId, ids));
    const totalCount = Number(rows[0]?.total_count ?? 0);
    return {
      report_type: 'partner_report',
      rows: { data: rows.map((row) => cellsOf(request, row)) },
      totals: { data: totalCells(request, totals) },
      relations: await this.relations(request, rows),
      current_page: request.page,
      total_pages: Math.max(1, Math.ceil(totalCount / request.perPage)),
      current_per_page: request.perPage,
      total_count: totalCount,
    };
  }

  /** One page of the partner's campaigns as report clients list them. */
  async campaigns(
    partnerId: string,
    { state, page, perPage }: { state: 'active' | 'archived' | 'all'; page: number; perPage: number },
  ): Promise<{ items: { id: string; name: string }[]; total_pages: number }> {
    const rows = await this.dataSource.query<{ id: string; name: string; total: string }[]>(
      `SELECT id, name, count(*) OVER () AS total FROM campaigns
        WHERE partner_id = $1 AND ($2 = 'all' OR state = $2) ORDER BY id LIMIT $3 OFFSET $4`,
      [partnerId, state, perPage, (page - 1) * perPage],
    );
    const total = Number(rows[0]?.total ?? 0);
    return {
      items: rows.map(({ id, name }) => ({ id, name })),
      total_pages: Math.max(1, Math.ceil(total / perPage)),
    };
  }

  private query<T>({ text, values }: Statement): Promise<T[]> {
    return this.dataSource.query<T[]>(text, values);
  }

  private async relations(request: ReportRequest, rows: FactRow[]): Promise<ReportRelationsDto> {
    const idsOf = (name: 'brand' | 'campaign' | 'promo'): string[] => {
      const index = request.groupBy.indexOf(name);
      return index < 0 ? [] : [...new Set(rows.flatMap((row) => row[`g${index}`] ?? []))];
    };
    const [campaigns, promos, brands] = await Promise.all([
      this.named<ReportRelationsDto['campaigns'][number]>(CAMPAIGNS, idsOf('campaign')),
      this.named<ReportRelationsDto['promos'][number]>(PROMOS, idsOf('promo')),
      this.named<ReportRelationsDto['brands'][number]>(BRANDS, idsOf('brand')),
    ]);
    return { campaigns, promos, brands, partners: [], dedicated_operators: [] };
  }

  private async named<T>(text: string, ids: string[]): Promise<T[]> {
    return ids.length === 0 ? [] : this.dataSource.query<T[]>(text, [ids]);
  }
}

/** The strategy of a campaign in one word: that of its plan's only strategy, else `hybrid`. */
const CAMPAIGNS = `
  SELECT c.id, c.name,
         CASE WHEN jsonb_array_length(v.strategies) = 1 THEN v.strategies -> 0 ->> 'type' ELSE 'hybrid' END AS strategy
    FROM campaigns c
    JOIN commission_plans p ON p.id = c.commission_plan_id
    JOIN commission_plan_versions v ON v.plan_id = p.id AND v.version = p.current_version
   WHERE c.id = ANY($1::uuid[]) ORDER BY c.id`;
const PROMOS = 'SELECT id, title AS name, code FROM promos WHERE id = ANY($1::uuid[]) ORDER BY id';
const BRANDS = 'SELECT id, name FROM brands WHERE id = ANY($1::uuid[]) ORDER BY id';
