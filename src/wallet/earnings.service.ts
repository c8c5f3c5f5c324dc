import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { uuidV7Floor } from '../platform/index.js';
import { EARNING_KINDS, type JournalKind, REWARD_KINDS, WORK_KINDS } from './domain/transaction-type.js';

/** Whose earnings, of which time; half-open. */
export interface EarningsSpan {
  readonly ownerId: string;
  readonly from: Date;
  readonly before: Date;
}

/** What an owner earned in a time, less what of it was taken back since, whenever that was. */
export interface Earned {
  /** Minor units by currency. */
  readonly amounts: ReadonlyMap<string, bigint>;
  /** Whether a bill or a publication was paid that was not taken back. */
  readonly worked: boolean;
}

interface EarningsRow {
  ownerId: string;
  currency: string;
  minor: string;
  worked: boolean;
}

const NOTHING: Earned = { amounts: new Map(), worked: false };

/** What owners earned, read from the ledger: bills and rewards, not what was corrected, refunded or given. */
@Injectable()
export class Earnings {
  /** Earnings by owner; each owner at most once. One statement for all. */
  of(db: EntityManager | DataSource, spans: readonly EarningsSpan[]): Promise<(ownerId: string) => Earned> {
    return earned(db, spans, EARNING_KINDS);
  }

  /** The same without bills: what was credited at once for what an owner did. */
  async rewards(db: EntityManager | DataSource, span: EarningsSpan): Promise<Earned['amounts']> {
    return (await earned(db, [span], REWARD_KINDS))(span.ownerId).amounts;
  }
}

async function earned(
  db: EntityManager | DataSource,
  spans: readonly EarningsSpan[],
  kinds: readonly JournalKind[],
): Promise<(ownerId: string) => Earned> {
  const rows = await db.query<EarningsRow[]>(
    `SELECT s.owner_id AS "ownerId", a.currency, sum(e.amount_minor + coalesce(taken.amount_minor, 0))::text AS minor,
              bool_or(j.kind = ANY ($5) AND taken.amount_minor IS NULL) AS worked
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS s (owner_id, first_id, end_id)
         JOIN ledger_accounts a ON a.owner_id = s.owner_id AND a.kind = 'available'
         JOIN ledger_entries e ON e.account_id = a.id AND e.journal_id >= s.first_id AND e.journal_id < s.end_id
         JOIN ledger_journals j ON j.id = e.journal_id AND j.kind = ANY ($4)
         LEFT JOIN ledger_journals back ON back.reverses_id = j.id
         LEFT JOIN ledger_entries taken ON taken.journal_id = back.id AND taken.account_id = a.id
        GROUP BY s.owner_id, a.currency`,
    [
      spans.map(({ ownerId }) => ownerId),
      spans.map(({ from }) => uuidV7Floor(from)),
      spans.map(({ before }) => uuidV7Floor(before)),
      kinds,
      WORK_KINDS,
    ],
  );
  const byOwner = Map.groupBy(rows, ({ ownerId }) => ownerId);
  return (ownerId) => {
    const own = byOwner.get(ownerId);
    if (!own) return NOTHING;
    return {
      amounts: new Map(own.map(({ currency, minor }) => [currency, BigInt(minor)])),
      worked: own.some(({ worked }) => worked),
    };
  };
}
