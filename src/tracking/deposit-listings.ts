import type { Tx } from '../platform/index.js';
import type { KnownDeposit } from './deposit-plan.js';

/** A deposit that an interval listed before. */
export interface ListedBefore extends KnownDeposit {
  /** Whether it counts in that interval, or waits there. */
  readonly counts: boolean;
  /** The deposit by whose action its money was told; null for one that waits. */
  readonly told_as: string | null;
  /** When its money was reported; null for one that waits, and where it was not kept. */
  readonly reported_at: Date | null;
}

export const LISTING_COLUMNS =
  'external_id, player_id, amount_minor, processed_at, interval_from, interval_to, sum_given, count_given';

/** The listings that come next for the deposits, by deposit: those by the earliest of the other intervals. */
export async function findNextListings(
  tx: Tx,
  brandId: string,
  ids: readonly string[],
): Promise<Map<string, KnownDeposit>> {
  const rows = await tx.query<KnownDeposit[]>(
    `SELECT DISTINCT ON (external_id) ${LISTING_COLUMNS} FROM deposit_listings
      WHERE brand_id = $1 AND external_id = ANY($2)
      ORDER BY external_id, interval_from, interval_to`,
    [brandId, ids],
  );
  return new Map(rows.map((row) => [row.external_id, row]));
}

/** Keeps what intervals list without it counting there, and forgets what they list no more or what counts now. */
export async function writeListings(
  tx: Tx,
  brandId: string,
  waiting: readonly KnownDeposit[],
  ended: readonly KnownDeposit[],
): Promise<void> {
  if (ended.length > 0) await tx.query(END_LISTINGS, [JSON.stringify(ended), brandId]);
  if (waiting.length > 0) await tx.query(KEEP_LISTINGS, [JSON.stringify(waiting), brandId]);
}

const END_LISTINGS = `
  DELETE FROM deposit_listings l
   USING json_to_recordset($1) AS item (external_id text, interval_from timestamptz, interval_to timestamptz)
   WHERE l.brand_id = $2 AND l.external_id = item.external_id AND l.interval_from = item.interval_from
     AND l.interval_to = item.interval_to`;

const KEEP_LISTINGS = `
  INSERT INTO deposit_listings AS l (brand_id, ${LISTING_COLUMNS})
  SELECT $2, item.*
    FROM json_to_recordset($1) AS item (external_id text, player_id uuid, amount_minor bigint,
         processed_at timestamptz, interval_from timestamptz, interval_to timestamptz, sum_given boolean,
         count_given boolean)
  ON CONFLICT (brand_id, external_id, interval_from, interval_to) DO UPDATE
    SET amount_minor = excluded.amount_minor, processed_at = excluded.processed_at, sum_given = excluded.sum_given,
        count_given = excluded.count_given
    WHERE (l.amount_minor, l.processed_at, l.sum_given, l.count_given)
          IS DISTINCT FROM (excluded.amount_minor, excluded.processed_at, excluded.sum_given, excluded.count_given)`;
