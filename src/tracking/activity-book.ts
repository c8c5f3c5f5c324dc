import { Injectable } from '@nestjs/common';
import { ACTIVITY_COLUMNS } from '../commissions/index.js';
import { Clock, type Tx } from '../platform/index.js';
import {
  type ActivityBatch,
  type ActivityEntry,
  changeOf,
  type PlacedItem,
  type Progress,
} from './activity-batch.js';

/** How the intervals of the entries ended. */
export type IntervalOutcome = ReadonlyMap<ActivityEntry, 'inserted' | 'same' | 'corrected'>;

type ExistingRow = { player_id: string } & Record<string, string>;

/** The sums of players' intervals. */
@Injectable()
export class ActivityBook {
  constructor(private readonly clock: Clock) {}

  /**
   * Writes the intervals of the round, at most one per player: new ones are inserted, known ones of the entries
   * corrected where their values differ, and the statuses noted.
   * @param plain items whose players were not looked up; one that is not inserted gets no status: its player is not
   * known, or its interval is
   */
  async write(
    tx: Tx,
    batch: ActivityBatch,
    entries: readonly ActivityEntry[],
    plain: readonly PlacedItem[],
    { statuses, changes }: Progress,
  ): Promise<IntervalOutcome> {
    const outcome = new Map<ActivityEntry, 'inserted' | 'same' | 'corrected'>();
    const items = [...entries, ...plain];
    if (items.length === 0) return outcome;
    for (const { campaignId, partnerId, places } of await insert(tx, batch, items, this.clock.now())) {
      changes.push({ campaignId, partnerId, occurredAt: batch.from });
      for (const place of places.split(',')) statuses.set(items[Number(place) - 1]!.index, 'accepted');
    }
    const known = entries.filter(({ index }) => !statuses.has(index));
    const corrections = known.length > 0 ? await this.correct(tx, batch, known) : new Set<ActivityEntry>();
    for (const entry of entries) outcome.set(entry, 'inserted');
    for (const entry of known) {
      const isChanged = corrections.has(entry);
      outcome.set(entry, isChanged ? 'corrected' : 'same');
      statuses.set(entry.index, isChanged ? 'corrected' : 'duplicate');
      if (isChanged) changes.push(changeOf(entry.player, batch.from));
    }
    return outcome;
  }

  /** Corrects those of the known intervals whose values differ, and keeps the difference. */
  private async correct(
    tx: Tx,
    batch: ActivityBatch,
    entries: readonly ActivityEntry[],
  ): Promise<Set<ActivityEntry>> {
    const existing = new Map((await lockExisting(tx, batch, entries)).map((row) => [row.player_id, row]));
    const differing = entries.flatMap((entry) => {
      const before = existing.get(entry.player.id)!;
      const columns = ACTIVITY_COLUMNS.filter((column) => BigInt(before[column]!) !== valueOf(entry, column));
      return columns.length > 0 ? [{ entry, before, columns }] : [];
    });
    if (differing.length === 0) return new Set();
    const rows = differing.map(({ entry, before, columns }) => ({
      player_id: entry.player.id,
      before: Object.fromEntries(columns.map((column) => [column, before[column]])),
      after: Object.fromEntries(columns.map((column) => [column, valueOf(entry, column).toString()])),
      ...Object.fromEntries(ACTIVITY_COLUMNS.map((column) => [column, valueOf(entry, column).toString()])),
    }));
    await tx.query(UPDATE_ACTIVITY, [
      JSON.stringify(rows),
      batch.from,
      batch.to,
      batch.brandCurrency,
      batch.id,
      this.clock.now(),
    ]);
    return new Set(differing.map(({ entry }) => entry));
  }
}

/** The items that were inserted, by campaign. */
interface InsertedItems {
  readonly campaignId: string;
  readonly partnerId: string;
  /** Their places from 1, with commas between them: a list is read several times faster than a thousand rows. */
  readonly places: string;
}

/** Inserts what is new of known players, in the order of the unique key. */
async function insert(
  tx: Tx,
  { from, to, brandCurrency, brandId }: ActivityBatch,
  items: readonly PlacedItem[],
  now: Date,
): Promise<InsertedItems[]> {
  // Only columns that were reported are sent: most brands fill a few of them.
  const columns = [...new Set(items.flatMap(({ item }) => [...item.measures.keys()]))];
  const names = columns.map((column) => `, ${column}`).join('');
  const arrays = columns.map((_, place) => `, $${place + 7}::bigint[]`).join('');
  // Each player is looked up by itself: the planner would rather read all of them than a thousand one by one.
  return tx.query<InsertedItems[]>(
    `WITH item AS MATERIALIZED (
       SELECT player.*, reported.*
         FROM unnest($5::text[]${arrays}) WITH ORDINALITY AS reported (user_id${names}, place)
        CROSS JOIN LATERAL (SELECT id AS player_id, partner_id, campaign_id, promo_id FROM players
                             WHERE brand_id = $4 AND external_id = reported.user_id LIMIT 1) AS player),
     inserted AS (
       INSERT INTO player_activity (interval_from, interval_to, currency, brand_id, reported_at,
                                    player_id, partner_id, campaign_id, promo_id${names})
       SELECT $1, $2, $3, $4, $6, player_id, partner_id, campaign_id, promo_id${names} FROM item ORDER BY player_id
       ON CONFLICT DO NOTHING RETURNING player_id)
     SELECT campaign_id AS "campaignId", partner_id AS "partnerId", string_agg(place::text, ',') AS places
       FROM inserted JOIN item USING (player_id) GROUP BY campaign_id, partner_id`,
    [
      from,
      to,
      brandCurrency,
      brandId,
      items.map(({ item }) => item.userId),
      now,
      ...columns.map((column) => `{${items.map((entry) => valueOf(entry, column).toString()).join(',')}}`),
    ],
  );
}

async function lockExisting(
  tx: Tx,
  { from, to, brandCurrency }: ActivityBatch,
  entries: readonly ActivityEntry[],
): Promise<ExistingRow[]> {
  return tx.query<ExistingRow[]>(
    `SELECT player_id, ${ACTIVITY_COLUMNS.join(', ')} FROM player_activity
      WHERE player_id = ANY($1) AND interval_from = $2 AND interval_to = $3 AND currency = $4
      ORDER BY player_id FOR NO KEY UPDATE`,
    [entries.map(({ player }) => player.id), from, to, brandCurrency],
  );
}

const UPDATE_ACTIVITY = `
  WITH item AS (
    SELECT * FROM json_to_recordset($1) AS item (player_id uuid, before jsonb, after jsonb,
           ${ACTIVITY_COLUMNS.map((column) => `${column} bigint`).join(', ')})),
  corrected AS (
    UPDATE player_activity a
       SET ${ACTIVITY_COLUMNS.map((column) => `${column} = item.${column}`).join(', ')}, revision = a.revision + 1,
           reported_at = $6
      FROM item
     WHERE a.player_id = item.player_id AND a.interval_from = $2 AND a.interval_to = $3 AND a.currency = $4)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, before, after,
                                    corrected_at)
  SELECT $5, player_id, 'interval', $2, $3, $4, before, after, $6 FROM item`;

function valueOf({ item }: PlacedItem, column: string): bigint {
  return item.measures.get(column) ?? 0n;
}
