import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ReportCampaignsDto, ReportCampaignsQuery } from './performance-report.dto.js';

/** A partner's campaigns as report clients list them. */
@Injectable()
export class ReportCampaigns {
  constructor(private readonly dataSource: DataSource) {}

  /** One page of the partner's campaigns. */
  async list(partnerId: string, query: ReportCampaignsQuery): Promise<ReportCampaignsDto> {
    const { state, page, per_page: perPage } = query;
    const [counted] = await this.dataSource.query<[{ total: string }]>(
      `SELECT count(*) AS total FROM campaigns WHERE partner_id = $1 AND ($2 = 'all' OR state = $2)`,
      [partnerId, state],
    );
    const items = await this.dataSource.query<{ id: string; name: string }[]>(
      `SELECT id, name FROM campaigns
        WHERE partner_id = $1 AND ($2 = 'all' OR state = $2) ORDER BY id LIMIT $3 OFFSET $4`,
      [partnerId, state, perPage, (page - 1) * perPage],
    );
    return { items, total_pages: Math.max(1, Math.ceil(Number(counted.total) / perPage)) };
  }
}
