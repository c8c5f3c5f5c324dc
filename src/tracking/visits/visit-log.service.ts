import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Campaigns, Promos } from '../../campaigns/index.js';
import {
  Clock,
  idOfCursor,
  latestId,
  notFound,
  oldestDayPartition,
  type Page,
  pageLookedThrough,
  uuidV7Floor,
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

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Visits that are looked at, at most, in one piece. */
const MAX_SEEN = 5_000;
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
    const parameters: unknown[] = [];
    const equal = (column: string, value: unknown): string => `${column} = $${parameters.push(value) + 2}`;
    const ledBy = filter.partnerId === undefined ? [] : [equal('partner_id', filter.partnerId)];
    const fits = (Object.keys(FILTERS) as (keyof typeof FILTERS)[])
      .filter((name) => filter[name] !== undefined)
      .map((name) => equal(FILTERS[name], filter[name]));
    const page = await pageLookedThrough<VisitRow>(db, {
      table: 'visits',
      columns: COLUMNS,
      ledBy,
      fits,
      parameters,
      lowest: await this.lowest(db, filter.from),
      highest: this.highest(filter.before, idOfCursor(cursor)),
      limit,
      mostSeen: MAX_SEEN,
      piecesDays: PIECES_DAYS,
    });
    return { ...page, items: await this.withNames(db, page.items) };
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
    return latestId(start, oldest ?? start);
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
