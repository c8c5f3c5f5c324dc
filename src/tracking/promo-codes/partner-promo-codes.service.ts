import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Campaigns, Promos } from '../../campaigns/index.js';
import {
  Clock,
  idOfCursor,
  invalidField,
  notFound,
  type Page,
  timeAndIdOfCursor,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { CodePricingModel } from './promo-code-pools.service.js';
import { noCodesLeft, poolClosed } from './promo-codes.errors.js';

type Db = EntityManager | DataSource;

/** A code that a partner has taken. */
export interface TakenCode {
  id: string;
  code: string;
  poolId: string;
  pool: string;
  terms: string | null;
  /** Whether the pool is open still; a code of a closed one is history, but goes on bringing orders. */
  current: boolean;
  /** How the offer pays that gave it; null where the partner took it for a campaign of its own. */
  pricingModel: CodePricingModel | null;
  brand: { id: string; name: string; category: string | null; country: string | null };
  campaignId: string;
  promoId: string;
  takenAt: Date;
  orders: number;
}

/** A pool that a partner may take a code from. */
export interface OfferedPool {
  id: string;
  brandId: string;
  name: string;
  terms: string | null;
  /** Whether there are codes left. */
  available: boolean;
  /** The partner's own code of the pool. */
  code: string | null;
}

export interface TakenCodesFilter {
  tab: 'current' | 'history';
  brand?: string;
  category?: string;
  country?: string;
  pricingModel?: CodePricingModel;
}

/** What a partner asks a code of, and for which of its promos. */
export interface CodeWish {
  brandId?: string;
  poolId?: string;
  promoId?: string;
}

interface PoolRow {
  id: string;
  brandId: string;
  state: 'open' | 'closed';
  pricingModel: CodePricingModel | null;
}

/** Which promo of whose a code counts for. */
export interface CodeOwner {
  partnerId: string;
  campaignId: string;
  promoId: string;
}

interface CodeRow extends Omit<TakenCode, 'brand'> {
  brandId: string;
}

/** The promo codes of partners: each gets one of a pool, and each code goes to one of them (T03, rule 6.3). */
@Injectable()
export class PartnerPromoCodes {
  constructor(
    private readonly brands: Brands,
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the partner a code, of the pool or of one of the brand's; the one that it has taken of it before, if any, unless
   * it names another promo than that one's.
   * Players and orders with the code count for the promo, and so under its campaign's plan.
   * @throws DomainError NOT_FOUND, PROMO_CODE_POOL_CLOSED, NO_PROMO_CODES_LEFT, CAMPAIGN_ARCHIVED, VALIDATION_FAILED
   *   (422) for the promo or an archived brand
   */
  async take(tx: Tx, partnerId: string, wish: CodeWish): Promise<TakenCode> {
    const pools = await this.findPools(tx, wish);
    await takeTurns(tx, pools[0]!.brandId, partnerId);
    const held = await findHeld(tx, partnerId, pools);
    if (held) return forPromo(await this.get(tx, partnerId, held), wish.promoId);
    if (pools.every(({ state }) => state === 'closed')) throw poolClosed();
    await this.assertActive(tx, pools[0]!.brandId, wish);
    const promo = await this.promoOf(tx, partnerId, pools[0]!.brandId, wish.promoId);
    for (const pool of pools) {
      const id = await this.takeFrom(tx, pool.id, { partnerId, ...promo });
      if (id) return this.get(tx, partnerId, id);
    }
    throw noCodesLeft();
  }

  /**
   * Gives the partner a code of an offer's pool; the one that it has of it, if any.
   * @throws DomainError NOT_FOUND, PROMO_CODE_POOL_CLOSED, NO_PROMO_CODES_LEFT (409)
   */
  async give(tx: Tx, poolId: string, owner: CodeOwner): Promise<TakenCode> {
    const [pool] = await tx.query<PoolRow[]>(`${SELECT_POOLS} WHERE id = $1 FOR SHARE`, [poolId]);
    if (!pool) throw notFound('pool of promo codes');
    await takeTurns(tx, pool.brandId, owner.partnerId);
    const held = await findHeld(tx, owner.partnerId, [pool]);
    if (held === null && pool.state === 'closed') throw poolClosed();
    const id = held ?? (await this.takeFrom(tx, poolId, owner));
    if (id === null) throw noCodesLeft();
    return this.get(tx, owner.partnerId, id);
  }

  /** The codes that partners have of pools, under `<pool id> <partner id>`. */
  async codesOf(
    db: Db,
    poolIds: readonly string[],
    partnerIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ key: string; code: string }[]>(
      `SELECT pool_id || ' ' || partner_id AS key, code FROM promo_codes
        WHERE pool_id = ANY($1) AND partner_id = ANY($2)`,
      [poolIds, partnerIds],
    );
    return new Map(rows.map(({ key, code }) => [key, code]));
  }

  /** A page of the partner's codes, the last taken first. */
  async list(
    db: Db,
    partnerId: string,
    { limit, cursor, pricingModel, ...filter }: TakenCodesFilter & { limit: number; cursor?: string },
  ): Promise<Page<TakenCode>> {
    const brandIds = await this.brands.idsOf(db, { ...filter, name: filter.brand });
    const rows = await db.query<CodeRow[]>(
      `${SELECT_CODES}
        WHERE c.partner_id = $1 AND p.state = $2 AND ($3::uuid[] IS NULL OR c.brand_id = ANY($3))
          AND ($4::timestamptz IS NULL OR (c.taken_at, c.id) < ($4, $5::uuid))
          AND ($6::text IS NULL OR p.pricing_model = $6)
        ORDER BY c.taken_at DESC, c.id DESC LIMIT $7`,
      [
        partnerId,
        filter.tab === 'current' ? 'open' : 'closed',
        brandIds,
        ...timeAndIdOfCursor(cursor),
        pricingModel ?? null,
        limit + 1,
      ],
    );
    const page = toPage(rows, limit, ({ takenAt, id }) => [takenAt.toISOString(), id]);
    return { ...page, items: await this.withBrands(db, page.items) };
  }

  /** The open pools of active brands, newest first. */
  async listPools(
    db: Db,
    partnerId: string,
    { brandId, limit, cursor }: { brandId?: string; limit: number; cursor?: string },
  ): Promise<Page<OfferedPool>> {
    const brandIds = await this.brands.idsOf(db, { state: 'active' });
    const rows = await db.query<OfferedPool[]>(
      `SELECT p.id, p.brand_id AS "brandId", p.name, p.terms,
              EXISTS (SELECT FROM promo_codes f WHERE f.pool_id = p.id AND f.partner_id IS NULL) AS available,
              (SELECT code FROM promo_codes o WHERE o.pool_id = p.id AND o.partner_id = $1) AS code
         FROM promo_code_pools p
        WHERE p.state = 'open' AND p.pricing_model IS NULL AND p.brand_id = ANY($2) AND ($3::uuid IS NULL OR p.brand_id = $3)
          AND ($4::uuid IS NULL OR p.id < $4)
        ORDER BY p.id DESC LIMIT $5`,
      [partnerId, brandIds, brandId ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  private async get(tx: Tx, partnerId: string, id: string): Promise<TakenCode> {
    const rows = await tx.query<CodeRow[]>(`${SELECT_CODES} WHERE c.partner_id = $1 AND c.id = $2`, [
      partnerId,
      id,
    ]);
    return (await this.withBrands(tx, rows))[0]!;
  }

  /** The pool, or the brand's open ones: those of which the partner has a code first, then in the order of their age. */
  private async findPools(tx: Tx, { poolId, brandId }: CodeWish): Promise<PoolRow[]> {
    if ((poolId === undefined) === (brandId === undefined)) {
      throw invalidField('poolId', 'give either a poolId or a brandId');
    }
    const pools = await tx.query<PoolRow[]>(
      poolId === undefined
        ? `${SELECT_POOLS} WHERE brand_id = $1 AND state = 'open' AND pricing_model IS NULL ORDER BY id FOR SHARE`
        : `${SELECT_POOLS} WHERE id = $1 FOR SHARE`,
      [poolId ?? brandId],
    );
    if (pools.some(({ pricingModel }) => pricingModel !== null)) {
      throw invalidField('poolId', 'codes of this pool are given out by an offer: take part in it');
    }
    if (pools.length > 0) return pools;
    if (brandId === undefined) throw notFound('pool of promo codes');
    await this.brands.get(tx, brandId);
    throw noCodesLeft();
  }

  private async assertActive(tx: Tx, brandId: string, { poolId }: CodeWish): Promise<void> {
    const { state } = await this.brands.get(tx, brandId);
    if (state === 'active') return;
    throw invalidField(poolId === undefined ? 'brandId' : 'poolId', 'this brand is archived');
  }

  /** The promo that the code is to count for: the one that was named, or the only one there is for the brand. */
  private async promoOf(
    tx: Tx,
    partnerId: string,
    brandId: string,
    promoId: string | undefined,
  ): Promise<{ promoId: string; campaignId: string }> {
    const promos = await this.promos.ofBrand(tx, partnerId, brandId, promoId);
    if (promos.length > 1) throw invalidField('promoId', 'name the promo that the code is to count for');
    const [promo] = promos;
    if (!promo) {
      throw invalidField(
        'promoId',
        promoId === undefined
          ? 'make a campaign with a promo for the brand first'
          : 'you have no such promo for the brand',
      );
    }
    await this.campaigns.getForEdit(tx, partnerId, promo.campaignId);
    return { promoId: promo.id, campaignId: promo.campaignId };
  }

  /** Takes the first free code that nobody else is about to take; null when there is none. */
  private async takeFrom(
    tx: Tx,
    poolId: string,
    { partnerId, campaignId, promoId }: CodeOwner,
  ): Promise<string | null> {
    const [[taken]] = await tx.query<[{ id: string }[], number]>(
      `UPDATE promo_codes SET partner_id = $2, campaign_id = $3, promo_id = $4, taken_at = $5
        WHERE id = (SELECT id FROM promo_codes WHERE pool_id = $1 AND partner_id IS NULL
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [poolId, partnerId, campaignId, promoId, this.clock.now()],
    );
    return taken?.id ?? null;
  }

  private async withBrands(db: Db, rows: readonly CodeRow[]): Promise<TakenCode[]> {
    const brands = await this.brands.byIds(db, [...new Set(rows.map(({ brandId }) => brandId))]);
    return rows.map(({ brandId, ...row }) => {
      const { id, name, category, country } = brands.get(brandId)!;
      return { ...row, brand: { id, name, category, country } };
    });
  }
}

const SELECT_POOLS =
  'SELECT id, brand_id AS "brandId", state, pricing_model AS "pricingModel" FROM promo_code_pools';

const SELECT_CODES = `
  SELECT c.id, c.code, c.pool_id AS "poolId", p.name AS pool, p.terms, p.state = 'open' AS current,
         p.pricing_model AS "pricingModel",
         c.brand_id AS "brandId", c.campaign_id AS "campaignId", c.promo_id AS "promoId", c.taken_at AS "takenAt",
         (SELECT count(*)::int FROM orders o WHERE o.promo_code_id = c.id) AS orders
    FROM promo_codes c JOIN promo_code_pools p ON p.id = c.pool_id`;

/** The code that the partner has, where it names no promo or the code's. @throws DomainError VALIDATION_FAILED (422) */
function forPromo(held: TakenCode, promoId: string | undefined): TakenCode {
  if (promoId === undefined || promoId === held.promoId) return held;
  throw invalidField(
    'promoId',
    `you have ${held.code} of “${held.pool}” already, which counts for another promo`,
  );
}

/** One at a time for each partner and brand: else two requests at once would take two codes of a pool. */
async function takeTurns(tx: Tx, brandId: string, partnerId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `promo codes of ${brandId} for ${partnerId}`,
  ]);
}

async function findHeld(tx: Tx, partnerId: string, pools: readonly PoolRow[]): Promise<string | null> {
  const [held] = await tx.query<{ id: string }[]>(
    'SELECT id FROM promo_codes WHERE partner_id = $1 AND pool_id = ANY($2) ORDER BY id LIMIT 1',
    [partnerId, pools.map(({ id }) => id)],
  );
  return held?.id ?? null;
}
