import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Tx } from '../../platform/index.js';
import {
  entitled,
  type Entitled,
  type Feature,
  hasRoom,
  type Limit,
  type StoredEntitled,
  together,
} from '../domain/entitlements.js';
import { featureNotIncluded, limitReached } from '../partner-management.errors.js';

type Db = EntityManager | DataSource;

/** How many of something a partner has now. */
type Counter = (db: Db, partnerId: string) => Promise<number>;

/** What a partner may have, and of which package. */
interface PartnerEntitled extends Entitled {
  readonly packageName: string;
}

interface Row {
  packageName: string;
  limits: StoredEntitled['limits'];
  features: StoredEntitled['features'];
  addOns: StoredEntitled[];
}

/** What partners' packages and add-ons allow, and that it is kept to (rules §9.2). */
@Injectable()
export class Entitlements {
  private readonly counters = new Map<Limit, Counter>();

  /** Registers who counts what a limit is about; call it in `onModuleInit`. */
  countedBy(limit: Limit, counter: Counter): void {
    this.counters.set(limit, counter);
  }

  /**
   * Checks that the partner may have one more, before it is made in the same transaction. Exact under concurrency:
   * where there is a limit, those who make the same thing for the partner take turns by the lock of its row.
   * @throws DomainError LIMIT_REACHED (422)
   */
  async require(tx: Tx, partnerId: string, limit: Limit): Promise<void> {
    if ((await this.of(tx, partnerId))?.limits[limit] === null) return;
    await tx.query('SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE', [partnerId]);
    // A second look: whoever had the lock may have changed it.
    const allowed = await this.of(tx, partnerId);
    const most = allowed ? allowed.limits[limit] : 0;
    const used = await this.used(tx, partnerId, limit);
    if (!hasRoom(most, used)) {
      throw limitReached({ limit, most: most!, used, packageName: allowed?.packageName ?? null });
    }
  }

  /** Checks that the partner's package or an add-on includes it. @throws DomainError FEATURE_NOT_INCLUDED (422) */
  async requireFeature(db: Db, partnerId: string, feature: Feature): Promise<void> {
    const allowed = await this.of(db, partnerId);
    if (!allowed?.features[feature]) throw featureNotIncluded(feature, allowed?.packageName ?? null);
  }

  /** What the partner's package and add-ons allow together; null while it has no package. */
  async of(db: Db, partnerId: string): Promise<PartnerEntitled | null> {
    const [row] = await db.query<Row[]>(
      `SELECT k.name AS "packageName", k.limits, k.features,
              ARRAY(SELECT json_build_object('limits', a.limits, 'features', a.features)
                      FROM partner_add_ons g JOIN add_ons a ON a.id = g.add_on_id
                     WHERE g.partner_id = p.id) AS "addOns"
         FROM partners p JOIN packages k ON k.id = p.package_id WHERE p.id = $1`,
      [partnerId],
    );
    if (!row) return null;
    const addOns = row.addOns.map((addOn) => entitled('add_on', addOn));
    return { packageName: row.packageName, ...together(entitled('package', row), addOns) };
  }

  /** How many the partner has of what its limits are about, in their order. */
  async usage(db: Db, partnerId: string): Promise<{ limit: Limit; used: number; most: number | null }[]> {
    const allowed = await this.of(db, partnerId);
    const usage = [];
    for (const limit of this.counters.keys()) {
      const used = await this.used(db, partnerId, limit);
      usage.push({ limit, used, most: allowed ? allowed.limits[limit] : 0 });
    }
    return usage;
  }

  private used(db: Db, partnerId: string, limit: Limit): Promise<number> {
    const counter = this.counters.get(limit);
    if (!counter) throw new Error(`Nobody counts what the limit ${limit} is about`);
    return counter(db, partnerId);
  }
}
