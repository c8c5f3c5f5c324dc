import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { codeFaults } from '../domain/promo-code.js';
import { invalidCodes, poolClosed } from './promo-codes.errors.js';
import { randomCode } from './random-code.js';

type Db = EntityManager | DataSource;

/** How an offer pays whose creators spread promo codes. */
export type CodePricingModel = 'cpa' | 'cpp_promo_code';

/** Codes of a brand that partners may take, one each. */
export interface PromoCodePool {
  id: string;
  brandId: string;
  name: string;
  terms: string | null;
  state: 'open' | 'closed';
  createdAt: Date;
  closedAt: Date | null;
  /** How the offer pays that gives its codes out; null while partners take them for campaigns of their own. */
  pricingModel: CodePricingModel | null;
  codes: number;
  taken: number;
}

/** A code as its brand sees it. */
export interface PoolCode {
  id: string;
  code: string;
  partnerId: string | null;
  campaignId: string | null;
  takenAt: Date | null;
}

/** New codes: those of a list, or so many random ones. */
export interface NewCodes {
  codes?: readonly string[];
  generate?: { count: number; prefix?: string };
}

export interface NewPool extends NewCodes {
  name: string;
  terms?: string | null;
}

interface Paging {
  limit: number;
  cursor?: string;
}

/** Random codes rarely meet; more rounds than this are a fault of ours. */
const ROUNDS = 5;
const FAULTS_SHOWN = 20;

const SELECT_POOLS = `
  SELECT p.id, p.brand_id AS "brandId", p.name, p.terms, p.state, p.created_at AS "createdAt",
         p.closed_at AS "closedAt", p.pricing_model AS "pricingModel", c.codes, c.taken
    FROM promo_code_pools p,
         LATERAL (SELECT count(*)::int AS codes, count(partner_id)::int AS taken
                    FROM promo_codes WHERE pool_id = p.id) c`;

/** Pools of promo codes, for the brand that gives them out and for operators (T03). */
@Injectable()
export class PromoCodePools {
  constructor(
    private readonly brands: Brands,
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * The brand's pool.
   * @throws DomainError NOT_FOUND, also for another brand's
   */
  async get(db: Db, brandId: string, poolId: string): Promise<PromoCodePool> {
    const [pool] = await db.query<PromoCodePool[]>(`${SELECT_POOLS} WHERE p.brand_id = $1 AND p.id = $2`, [
      brandId,
      poolId,
    ]);
    if (!pool) throw notFound('pool of promo codes');
    return pool;
  }

  /** Whether there is such a pool of the brand. */
  async isOf(db: Db, brandId: string, poolId: string): Promise<boolean> {
    const found = await db.query<object[]>('SELECT FROM promo_code_pools WHERE id = $1 AND brand_id = $2', [
      poolId,
      brandId,
    ]);
    return found.length > 0;
  }

  /**
   * Hands an open pool of the brand over to an offer, for good: only the offer gives its codes out from then on.
   * @param path field that names the pool
   * @throws DomainError VALIDATION_FAILED (422) where it is closed, another offer's, or partners have codes of it
   */
  async reserve(
    tx: Tx,
    actor: Actor,
    pool: { brandId: string; poolId: string; path: string },
    pricingModel: CodePricingModel,
  ): Promise<void> {
    const { brandId, poolId, path } = pool;
    // Those who are about to take a code hold it as well: from here on the counts stand.
    await tx.query('SELECT FROM promo_code_pools WHERE id = $1 FOR UPDATE', [poolId]);
    const before = await this.get(tx, brandId, poolId);
    if (before.state === 'closed') throw invalidField(path, 'this pool of promo codes is closed');
    if (before.pricingModel !== null) throw invalidField(path, 'this pool belongs to another offer');
    if (before.taken > 0) throw invalidField(path, 'partners have taken codes of this pool already');
    await tx.query('UPDATE promo_code_pools SET pricing_model = $2 WHERE id = $1', [poolId, pricingModel]);
    await this.record(tx, actor, 'promo_code_pool.reserve', before, { ...before, pricingModel });
  }

  /**
   * The brand's pools, newest first.
   * @throws DomainError NOT_FOUND for the brand
   */
  async list(db: Db, brandId: string, { limit, cursor }: Paging): Promise<Page<PromoCodePool>> {
    await this.brands.get(db, brandId);
    const rows = await db.query<PromoCodePool[]>(
      `${SELECT_POOLS} WHERE p.brand_id = $1 AND ($2::uuid IS NULL OR p.id < $2) ORDER BY p.id DESC LIMIT $3`,
      [brandId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * The codes of the brand's pool, in the order they are given out.
   * @throws DomainError NOT_FOUND
   */
  async listCodes(
    db: Db,
    brandId: string,
    poolId: string,
    { limit, cursor }: Paging,
  ): Promise<Page<PoolCode>> {
    await this.get(db, brandId, poolId);
    const rows = await db.query<PoolCode[]>(
      `SELECT id, code, partner_id AS "partnerId", campaign_id AS "campaignId", taken_at AS "takenAt"
         FROM promo_codes WHERE pool_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [poolId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Opens a pool of the brand with its first codes.
   * @throws DomainError NOT_FOUND for the brand, INVALID_PROMO_CODES (422) naming each that is malformed or taken
   */
  async open(
    tx: Tx,
    actor: Actor,
    brandId: string,
    { name, terms, ...codes }: NewPool,
  ): Promise<PromoCodePool> {
    await this.brands.get(tx, brandId);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO promo_code_pools (id, brand_id, name, terms, state, created_at) VALUES ($1, $2, $3, $4, 'open', $5)`,
      [id, brandId, name, terms ?? null, this.clock.now()],
    );
    await this.insert(tx, brandId, id, codes);
    const pool = await this.get(tx, brandId, id);
    await this.record(tx, actor, 'promo_code_pool.open', null, pool);
    return pool;
  }

  /**
   * Adds codes to the brand's pool.
   * @throws DomainError NOT_FOUND, PROMO_CODE_POOL_CLOSED, INVALID_PROMO_CODES (422)
   */
  async addCodes(
    tx: Tx,
    actor: Actor,
    brandId: string,
    poolId: string,
    codes: NewCodes,
  ): Promise<PromoCodePool> {
    const [open] = await tx.query<object[]>(
      `SELECT FROM promo_code_pools WHERE id = $1 AND brand_id = $2 AND state = 'open' FOR SHARE`,
      [poolId, brandId],
    );
    const before = await this.get(tx, brandId, poolId);
    if (!codes.codes && !codes.generate) throw invalidField('codes', 'give codes, or generate some');
    if (!open) throw poolClosed();
    await this.insert(tx, brandId, poolId, codes);
    const after = await this.get(tx, brandId, poolId);
    await this.record(tx, actor, 'promo_code_pool.add_codes', before, after);
    return after;
  }

  /**
   * Closes the brand's pool: it gives out no more codes. Those that are taken go on bringing players and orders.
   * @throws DomainError NOT_FOUND, PROMO_CODE_POOL_CLOSED
   */
  async close(tx: Tx, actor: Actor, brandId: string, poolId: string): Promise<PromoCodePool> {
    const before = await this.get(tx, brandId, poolId);
    const [, closed] = await tx.query<[unknown[], number]>(
      `UPDATE promo_code_pools SET state = 'closed', closed_at = $3 WHERE id = $1 AND brand_id = $2 AND state = 'open'`,
      [poolId, brandId, this.clock.now()],
    );
    if (closed === 0) throw poolClosed();
    const after = await this.get(tx, brandId, poolId);
    await this.record(tx, actor, 'promo_code_pool.close', before, after);
    return after;
  }

  private async insert(
    tx: Tx,
    brandId: string,
    poolId: string,
    { codes, generate }: NewCodes,
  ): Promise<void> {
    if (codes) await this.insertListed(tx, brandId, poolId, codes);
    if (generate) await this.insertRandom(tx, brandId, poolId, generate);
  }

  private async insertListed(
    tx: Tx,
    brandId: string,
    poolId: string,
    codes: readonly string[],
  ): Promise<void> {
    const faults = codeFaults(codes);
    if (faults.length === 0) {
      const added = new Set(await this.insertNew(tx, brandId, poolId, codes));
      codes.forEach((code, place) => {
        if (!added.has(code)) faults.push({ place, message: 'is a code of the brand already' });
      });
    }
    if (faults.length === 0) return;
    const shown = faults.slice(0, FAULTS_SHOWN);
    throw invalidCodes(shown.map(({ place, message }) => ({ path: `codes.${place}`, message })));
  }

  private async insertRandom(
    tx: Tx,
    brandId: string,
    poolId: string,
    { count, prefix = '' }: { count: number; prefix?: string },
  ): Promise<void> {
    let missing = count;
    for (let round = 0; missing > 0; round += 1) {
      if (round === ROUNDS) throw new Error('No free promo codes were found');
      const codes = new Set(Array.from({ length: missing }, () => randomCode(prefix)));
      missing -= (await this.insertNew(tx, brandId, poolId, [...codes])).length;
    }
  }

  /** Inserts codes that the brand does not have yet, sorted by the unique key against deadlocks; gives them back. */
  private async insertNew(
    tx: Tx,
    brandId: string,
    poolId: string,
    codes: readonly string[],
  ): Promise<string[]> {
    const ids = codes.map(() => this.ids.next());
    const rows = await tx.query<{ code: string }[]>(
      `INSERT INTO promo_codes (id, pool_id, brand_id, code)
       SELECT id, $1, $2, code FROM unnest($3::uuid[], $4::text[]) AS new (id, code) ORDER BY upper(code)
       ON CONFLICT (brand_id, upper(code)) DO NOTHING RETURNING code`,
      [poolId, brandId, ids, codes],
    );
    return rows.map(({ code }) => code);
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: PromoCodePool | null,
    after: PromoCodePool,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      subject: { type: 'promo_code_pool', id: after.id },
      before,
      after,
    });
  }
}
