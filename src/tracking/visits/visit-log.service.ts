import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Campaigns, Promos } from '../../campaigns/index.js';
import {
  Clock,
  encodeCursor,
  idOfCursor,
  notFound,
  oldestDayPartition,
  type Page,
  uuidV7Floor,
  uuidV7Time,
} from '../../platform/index.js';

/** A visit as it is kept, with the names of what it belongs to. */
export interface LoggedVisit {
  id: string;
  visitedAt: Date;
  partnerId: string;
  brandId: string;
  campaign: { id: string; name: string };
  promo: { id: string; code: string };
  ip: string | null;
  userAgent: string | null;
  referer: string | null;
  query: Record<string, string>;
  country: string | null;
  bot: boolean;
  datacenter: boolean;
  duplicate: boolean;
}

/** Whose visits, and which of them. */
export interface VisitFilter {
  from?: Date;
  before?: Date;
  partnerId?: string;
  brandId?: string;
  campaignId?: string;
  promoId?: string;
  country?: string;
  ip?: string;
  bot?: boolean;
  datacenter?: boolean;
  duplicate?: boolean;
}

interface VisitRow extends Omit<LoggedVisit, 'campaign' | 'promo'> {
  campaignId: string;
  promoId: string;
}

/** A visit that was looked at: whether it fits, and how many were looked at up to it. */
interface SeenRow {
  visit: VisitRow;
  fits: boolean;
  place: number;
}

/** Ids from `lower` on up to before `upper`. */
interface Piece {
  lower: string;
  upper: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Visits that are looked at, at most, in one piece. */
const MAX_SEEN = 5_000;
/**
 * The pieces of time that are looked through for one page, until it is full, in days. So few partitions are opened
 * where there is much, and not very many where there is little, however many there are.
 */
const PIECES_DAYS = [1, 7, 31];

const COLUMNS = `id, visited_at AS "visitedAt", partner_id AS "partnerId", brand_id AS "brandId",
  campaign_id AS "campaignId", promo_id AS "promoId", host(ip) AS ip, user_agent AS "userAgent", referer, query,
  country, bot, datacenter, duplicate`;

/** The column that each part of the filter is compared with. */
const FILTERS = {
  brandId: 'brand_id',
  campaignId: 'campaign_id',
  promoId: 'promo_id',
  country: 'country',
  ip: 'ip',
  bot: 'bot',
  datacenter: 'datacenter',
  duplicate: 'duplicate',
} as const;

/** Every visit, as it was stored (A06, B02). */
@Injectable()
export class VisitLog {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of visits, newest first. How long it takes depends neither on the history nor on how many visits fit: a page
   * looks at a bounded number of visits and days. Where few of them fit, it holds fewer than `limit`, maybe none, and
   * its cursor leads on; the last page has none.
   * @throws DomainError INVALID_CURSOR
   */
  async list(
    db: DataSource,
    { limit, cursor, ...filter }: VisitFilter & { limit: number; cursor?: string },
  ): Promise<Page<LoggedVisit>> {
    const lowest = await this.lowest(db, filter.from);
    const found: VisitRow[] = [];
    const pageTo = async (next: string | null): Promise<Page<LoggedVisit>> => ({
      items: await this.withNames(db, found.slice(0, limit)),
      nextCursor: next && encodeCursor([next]),
    });
    let upper = this.highest(filter.before, idOfCursor(cursor));
    for (const days of PIECES_DAYS) {
      if (upper <= lowest) return pageTo(null);
      const lower = latest(lowest, earlier(upper, days));
      const seen = await this.look(db, filter, { lower, upper }, limit + 1 - found.length);
      found.push(...seen.filter(({ fits }) => fits).map(({ visit }) => visit));
      if (found.length > limit) return pageTo(found[limit - 1]!.id);
      const last = seen.at(-1);
      if (last?.place === MAX_SEEN) return pageTo(last.visit.id);
      upper = lower;
    }
    return pageTo(upper > lowest ? upper : null);
  }

  /**
   * One visit.
   * @param partnerId whose; undefined for anybody's
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async get(db: DataSource, partnerId: string | undefined, id: string): Promise<LoggedVisit> {
    const rows = await db.query<VisitRow[]>(
      `SELECT ${COLUMNS} FROM visits WHERE id = $1 ${partnerId === undefined ? '' : 'AND partner_id = $2'}`,
      partnerId === undefined ? [id] : [id, partnerId],
    );
    const [visit] = await this.withNames(db, rows);
    if (!visit) throw notFound('visit');
    return visit;
  }

  /**
   * Those of the piece's newest visits that fit, at most `limit`, and after them the last one that was looked at
   * when that is not the piece's last. The bounds, as parameters, let the planner leave out the partitions of other days.
   */
  private async look(
    db: DataSource,
    filter: VisitFilter,
    { lower, upper }: Piece,
    limit: number,
  ): Promise<SeenRow[]> {
    const parameters: unknown[] = [lower, upper];
    const equal = (column: string, value: unknown): string => `${column} = $${parameters.push(value)}`;
    const whose = filter.partnerId === undefined ? '' : `AND ${equal('partner_id', filter.partnerId)}`;
    const fits = (Object.keys(FILTERS) as (keyof typeof FILTERS)[])
      .filter((name) => filter[name] !== undefined)
      .map((name) => equal(FILTERS[name], filter[name]));
    const rows = await db.query<(VisitRow & Omit<SeenRow, 'visit'>)[]>(
      `SELECT ${COLUMNS}, fits, place::int FROM (
         SELECT *, (${['true', ...fits].join(' AND ')}) IS TRUE AS fits, row_number() OVER (ORDER BY id DESC) AS place
           FROM visits WHERE id >= $1 AND id < $2 ${whose}
          ORDER BY id DESC LIMIT ${MAX_SEEN}) seen
        WHERE fits OR place = ${MAX_SEEN} LIMIT ${limit}`,
      parameters,
    );
    return rows.map(({ fits, place, ...visit }) => ({ visit, fits, place }));
  }

  /** The id below which the list begins. */
  private highest(before: Date | undefined, cursor: string | null): string {
    // Nothing is newer than this, even where another instance's clock is ahead.
    const newest = this.clock.now().getTime() + DAY_MS;
    const end = uuidV7Floor(new Date(Math.min(newest, before?.getTime() ?? newest)));
    return cursor !== null && cursor < end ? cursor : end;
  }

  /** The id from which on there are visits that the list may hold. */
  private async lowest(db: DataSource, from: Date | undefined): Promise<string> {
    const start = uuidV7Floor(from ?? new Date(0));
    const [stray] = await db.query<{ id: string }[]>('SELECT id FROM visits_default ORDER BY id LIMIT 1');
    const day = await oldestDayPartition(db, 'visits');
    const oldest = [stray?.id, day && uuidV7Floor(day)].filter((id) => typeof id === 'string').sort()[0];
    return latest(start, oldest ?? start);
  }

  private async withNames(db: DataSource, rows: readonly VisitRow[]): Promise<LoggedVisit[]> {
    const unique = (ids: string[]): string[] => [...new Set(ids)];
    const names = await this.campaigns.namesOf(db, unique(rows.map(({ campaignId }) => campaignId)));
    const codes = await this.promos.codesOf(db, unique(rows.map(({ promoId }) => promoId)));
    return rows.map(({ campaignId, promoId, ...row }) => ({
      ...row,
      campaign: { id: campaignId, name: names.get(campaignId)! },
      promo: { id: promoId, code: codes.get(promoId)! },
    }));
  }
}

/** The smallest id that was made at most so many days before this one. */
function earlier(id: string, days: number): string {
  return uuidV7Floor(new Date(uuidV7Time(id).getTime() - days * DAY_MS));
}

/** Ids are in the order of their texts. */
function latest(one: string, other: string): string {
  return one > other ? one : other;
}
