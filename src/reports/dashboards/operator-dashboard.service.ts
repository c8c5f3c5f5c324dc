import { Injectable } from '@nestjs/common';
import type { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import type { RequestKind } from '../../partner-management/index.js';
import { Config, Decimal, startOfDay } from '../../platform/index.js';
import type { Cell } from '../domain/report-answer.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { ReportRequest } from '../domain/report-request.js';
import { ReportReader } from '../exports/report-reader.service.js';
import { Reports } from '../reports.service.js';
import {
  DashboardFigures,
  figureOf,
  FIGURES,
  type FigureScope,
  inCurrency,
} from './dashboard-figures.service.js';
import type {
  DashboardQuery,
  OperatorDashboardDto,
  ProgramSpanDto,
  QueuesDto,
  RankedDto,
} from './dashboards.dto.js';

type Permission = Actor['permissions'] extends ReadonlySet<infer P> ? P : never;

const TOP = 5;

/** What waits: the permission to read it, and its rows. */
type Queue = readonly [Permission, string];

const requestsOf = (kind: RequestKind): Queue => [
  'operator:requests:read',
  `partner_requests WHERE kind = '${kind}' AND state = 'pending'`,
];

const QUEUES: Record<keyof QueuesDto, Queue> = {
  partnershipRequests: requestsOf('partnership'),
  addOnRequests: requestsOf('add_on'),
  broadcastRequests: requestsOf('broadcast'),
  adPackageRequests: requestsOf('ad_package'),
  adRequests: requestsOf('ad'),
  brandSuggestions: ['operator:brands:read', `brand_suggestions WHERE state = 'pending'`],
  documents: ['operator:documents:read', `documents WHERE state = 'pending'`],
  pendingBills: ['operator:bills:read', `bills WHERE state = 'pending'`],
  billsOnHold: ['operator:bills:read', `bills WHERE state = 'on_hold'`],
  cashouts: ['operator:cashouts:read', `cashouts WHERE state = 'pending'`],
  balanceCorrections: ['operator:balance-corrections:read', `balance_corrections WHERE state = 'pending'`],
  fraudSignals: ['operator:fraud:read', `fraud_signals WHERE state = 'open'`],
  tickets: ['operator:tickets:read', `tickets WHERE state IN ('open', 'waiting_for_operator')`],
};

/** What operators see first: how the program does, and what waits for them. */
@Injectable()
export class OperatorDashboard {
  constructor(
    private readonly figures: DashboardFigures,
    private readonly reports: Reports,
    private readonly reader: ReportReader,
    private readonly config: Config,
    private readonly dataSource: DataSource,
  ) {}

  /** @throws DomainError INVALID_PARAMETER (400), INVALID_CURRENCY (422) */
  async show({ userId, permissions }: Actor, query: DashboardQuery): Promise<OperatorDashboardDto> {
    const view = await this.figures.view(userId, query);
    const program: FigureScope = { ...view, scope: { partnerId: null }, filters: {} };
    const now = this.figures.now(view.timeZone);
    return {
      ...(await this.figures.compare(program, query)),
      timeZone: view.timeZone,
      spans: [await this.span(program, 'today', now), await this.span(program, 'month', now)],
      queues: await this.queues(permissions),
      topPartners: await this.top(program, now, 'partner'),
      topBrands: await this.top(program, now, 'brand'),
    };
  }

  /** The day or month so far, and as much of the one before. */
  private async span(
    program: FigureScope,
    span: 'today' | 'month',
    now: DateTime<true>,
  ): Promise<ProgramSpanDto> {
    const unit = span === 'today' ? 'day' : 'month';
    const first = now.startOf(unit);
    const from = startOfDay(program.timeZone, first.toISODate());
    const until = now.toJSDate();
    const fromBefore = startOfDay(program.timeZone, first.minus({ [unit]: 1 }).toISODate());
    const sameMoment = fromBefore.getTime() + (until.getTime() - from.getTime());
    const untilBefore = new Date(Math.min(sameMoment, from.getTime()));
    // A span that has just begun is not yet any.
    const empty = until <= from;
    const current = empty ? new Map<string, string>() : await this.figures.totals(program, from, until);
    const former = empty
      ? new Map<string, string>()
      : await this.figures.totals(program, fromBefore, untilBefore);
    return {
      span,
      from,
      until,
      fromBefore,
      untilBefore,
      stats: FIGURES.map((name) => figureOf(name, current, former)),
    };
  }

  private async queues(permissions: Actor['permissions']): Promise<QueuesDto> {
    const open = Object.entries(QUEUES).filter(([, [permission]]) => permissions.has(permission));
    const counts = open.map(([name, [, rows]]) => `(SELECT count(*)::int FROM ${rows}) AS "${name}"`);
    const [row] =
      counts.length === 0
        ? [{}]
        : await this.dataSource.query<[Partial<QueuesDto>]>(`SELECT ${counts.join(', ')}`);
    const nothing = Object.fromEntries(
      Object.keys(QUEUES).map((name) => [name, null]),
    ) as unknown as QueuesDto;
    return { ...nothing, ...row };
  }

  /** The best by NGR of this month; by registrations while amounts cannot be compared. */
  private async top(
    { timeZone, currency, scope }: FigureScope,
    now: DateTime<true>,
    grouper: 'partner' | 'brand',
  ): Promise<RankedDto[]> {
    const month = { from: now.startOf('month').toISODate(), to: now.toISODate(), time_zone: timeZone };
    const { answer: best } = await inCurrency(currency, ['registrations_count', 'ngr'], (columns) =>
      this.best(scope, this.reports.request({ ...month, ...columns, group_by: grouper }, 'operator')),
    );
    const names = await this.dataSource.query<{ id: string; name: string }[]>(
      `SELECT id, name FROM ${grouper === 'partner' ? 'partners' : 'brands'} WHERE id = ANY ($1)`,
      [best.map(({ id }) => id)],
    );
    return best.map(({ id, ...rest }) => ({ id, name: names.find((one) => one.id === id)!.name, ...rest }));
  }

  /** The first ones of all rows, of which no more than a few are held at once. */
  private async best(scope: ReportScope, request: ReportRequest): Promise<Omit<RankedDto, 'name'>[]> {
    const source = await this.reader.open(scope, request, { timeLimitMs: this.config.reportTimeLimitMs });
    try {
      let best: Omit<RankedDto, 'name'>[] = [];
      for await (const rows of source.rows()) {
        const ranked = rows.flatMap((row) => toRanked(source.toCells(row)) ?? []);
        best = [...best, ...ranked].sort(byRank).slice(0, TOP);
      }
      return best;
    } finally {
      await source.close();
    }
  }
}

function toRanked([group, ...cells]: readonly Cell[]): Omit<RankedDto, 'name'> | null {
  if (typeof group?.value !== 'string') return null;
  const valueOf = (name: string): Cell['value'] | undefined =>
    cells.find((cell) => cell.name === name)?.value;
  const ngr = valueOf('ngr');
  return {
    id: group.value,
    ngr: ngr && typeof ngr === 'object' ? ngr.amount : null,
    registrationsCount: Number(valueOf('registrations_count') ?? 0),
  };
}

function byRank(a: Omit<RankedDto, 'name'>, b: Omit<RankedDto, 'name'>): number {
  return (
    new Decimal(b.ngr ?? 0).cmp(a.ngr ?? 0) ||
    b.registrationsCount - a.registrationsCount ||
    (a.id < b.id ? -1 : 1)
  );
}
