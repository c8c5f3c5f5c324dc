import type { DataSource, EntityManager } from 'typeorm';
import { Conditions, idOfCursor, type Page, toPage } from '../../platform/index.js';
import type { CampaignState } from '../domain/campaign-status.js';
import type { CampaignTimes } from '../domain/campaign-times.js';
import type { Eligibility } from '../domain/eligibility.js';
import type { Platform } from '../domain/post-url.js';
import type { RewardTerms } from '../domain/reward.js';
import type { PricedUnit } from '../domain/unit-price.js';

/** What a brand says of its campaign; amounts in minor units of the currency. */
export interface CampaignContent extends CampaignTimes, RewardTerms, Eligibility {
  title: string;
  description: string;
  precautions: string | null;
  target: string | null;
  timeZone: string;
  currency: string;
  budgetMinor: bigint;
  creatorCapMinor: bigint | null;
  /** Normalised. */
  requiredTags: readonly string[];
}

/** A public campaign as it stands. */
export interface PublicCampaign extends CampaignContent {
  id: string;
  brandId: string;
  state: CampaignState;
  consumedMinor: bigint;
  termsVersion: number;
  /** Text of that version. */
  terms: string;
  createdAt: Date;
  publishedAt: Date | null;
  cancelledAt: Date | null;
}

/** Which campaigns to list, newest first. */
export interface CampaignFilter {
  brandId?: string;
  state?: CampaignState;
  /** Only published ones that nobody is kept out of by time or budget. */
  openAt?: Date;
  /** Of the open ones. */
  begun?: boolean;
  platform?: Platform;
  /** In the title or the description, or of one of these brands. */
  search?: { text: string; brandIds: readonly string[] };
  /** Ids of brands that are left out. */
  brandIds?: readonly string[];
  limit: number;
  cursor?: string;
}

type Bigint<T> = T extends bigint ? string : T;
type Row = { [Key in keyof Omit<PublicCampaign, 'unitPrices'>]: Bigint<PublicCampaign[Key]> } & {
  unitPrices: { unit: PricedUnit; price: string; maxUnits: string | null }[];
};

const SELECT = `
  SELECT c.id, c.brand_id AS "brandId", c.state, c.title, c.description, c.precautions, c.target, c.platforms,
         c.time_zone AS "timeZone", c.starts_at AS "startsAt", c.ends_at AS "endsAt",
         c.posting_from AS "postingFrom", c.posting_until AS "postingUntil", c.currency,
         c.budget_minor AS "budgetMinor", c.consumed_minor AS "consumedMinor", c.unit_prices AS "unitPrices",
         c.post_cap_minor AS "postCapMinor", c.creator_cap_minor AS "creatorCapMinor",
         c.required_tags AS "requiredTags", c.countries, c.min_followers AS "minFollowers",
         c.verified_only AS "verifiedOnly", c.terms_version AS "termsVersion", t.text AS terms,
         c.created_at AS "createdAt", c.published_at AS "publishedAt", c.cancelled_at AS "cancelledAt"
    FROM public_campaigns c
    JOIN public_campaign_terms t ON t.campaign_id = c.id AND t.version = c.terms_version`;

/** The campaign, or null. */
export async function findCampaign(
  db: DataSource | EntityManager,
  campaignId: string,
): Promise<PublicCampaign | null> {
  const [row] = await db.query<Row[]>(`${SELECT} WHERE c.id = $1`, [campaignId]);
  return row ? campaignOf(row) : null;
}

/**
 * The campaign, locked until the transaction ends: by `accrual` whoever changes it or what is consumed takes turns; by
 * `join` it only stays as it is.
 */
export async function lockCampaign(
  tx: EntityManager,
  campaignId: string,
  purpose: 'accrual' | 'join',
): Promise<PublicCampaign | null> {
  const mode = purpose === 'accrual' ? 'NO KEY UPDATE' : 'SHARE';
  await tx.query(`SELECT FROM public_campaigns WHERE id = $1 FOR ${mode}`, [campaignId]);
  // Read after the lock, by a statement of its own: it sees what whoever held it before has committed.
  return findCampaign(tx, campaignId);
}

/** Writes down whether the campaign, which is locked, is to be shared out when it pays again. */
export async function noteWaitingShares(tx: EntityManager, campaignId: string, wait: boolean): Promise<void> {
  await tx.query('UPDATE public_campaigns SET shares_wait = $2 WHERE id = $1 AND shares_wait <> $2', [
    campaignId,
    wait,
  ]);
}

/** Campaigns by id. */
export async function campaignsById(
  db: DataSource | EntityManager,
  ids: readonly string[],
): Promise<Map<string, PublicCampaign>> {
  const rows = await db.query<Row[]>(`${SELECT} WHERE c.id = ANY ($1)`, [ids]);
  return new Map(rows.map((row) => [row.id, campaignOf(row)]));
}

/** A page of campaigns, newest first. */
export async function listCampaigns(
  db: DataSource | EntityManager,
  filter: CampaignFilter,
): Promise<Page<PublicCampaign>> {
  const { brandId, state, openAt, begun, platform, search, brandIds, limit, cursor } = filter;
  const where = new Conditions();
  where.add('c.brand_id = ?', brandId);
  where.add('c.state = ?', state);
  where.add(`c.state = 'published' AND c.ends_at > ? AND c.consumed_minor < c.budget_minor`, openAt);
  where.add('(c.starts_at <= ?::timestamptz) = ?', openAt, begun);
  where.add('? = ANY (c.platforms)', platform);
  where.add('c.brand_id = ANY (?)', brandIds);
  where.add(
    '(strpos(lower(c.title), lower(?)) > 0 OR strpos(lower(c.description), lower(?)) > 0 OR c.brand_id = ANY (?))',
    search?.text,
    search?.text,
    search?.brandIds,
  );
  where.add('c.id < ?', idOfCursor(cursor));
  const rows = await db.query<Row[]>(
    `${SELECT} WHERE ${where.sql} ORDER BY c.id DESC LIMIT $${where.parameters.length + 1}`,
    [...where.parameters, limit + 1],
  );
  return toPage(rows.map(campaignOf), limit, ({ id }) => [id]);
}

function campaignOf(row: Row): PublicCampaign {
  return {
    ...row,
    budgetMinor: BigInt(row.budgetMinor),
    consumedMinor: BigInt(row.consumedMinor),
    postCapMinor: bigintOrNull(row.postCapMinor),
    creatorCapMinor: bigintOrNull(row.creatorCapMinor),
    unitPrices: row.unitPrices.map(({ unit, price, maxUnits }) => ({
      unit,
      price: BigInt(price),
      maxUnits: bigintOrNull(maxUnits),
    })),
  };
}

function bigintOrNull(value: string | null): bigint | null {
  return value === null ? null : BigInt(value);
}
