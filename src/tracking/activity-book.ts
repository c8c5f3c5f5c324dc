import { Injectable } from '@nestjs/common';
import { ACTIVITY_COLUMNS } from '../commissions/index.js';
import { Clock, type Tx } from '../platform/index.js';
import { type ActivityBatch, type ActivityEntry, changeOf, type Progress } from './activity-batch.js';

/** How the intervals of the entries ended. */
export type IntervalOutcome = ReadonlyMap<ActivityEntry, 'inserted' | 'same' | 'corrected'>;

type ExistingRow = { player_id: string } & Record<string, string>;

/** The sums of players' intervals. */
@Injectable()
export class ActivityBook {
  constructor(private readonly clock: Clock) {}

  /**
   * Writes the intervals of the entries, at most one per player: new ones are inserted, known ones corrected where
   * their values differ, and the statuses noted.
   */
  async write(
    tx: Tx,
    batch: ActivityBatch,
    entries: readonly ActivityEntry[],
    { statuses, changes }: Progress,
  ): Promise<IntervalOutcome> {
    const outcome = new Map<ActivityEntry, 'inserted' | 'same' | 'corrected'>();
    if (entries.length === 0) return outcome;
    const inserted = await insert(tx, batch, entries);
    const known = entries.filter(({ player }) => !inserted.has(player.id));
    const corrections = known.length > 0 ? await this.correct(tx, batch, known) : new Set<ActivityEntry>();
    for (const entry of entries) {
      const isNew = inserted.has(entry.player.id);
      const isChanged = corrections.has(entry);
      outcome.set(entry, isNew ? 'inserted' : isChanged ? 'corrected' : 'same');
      statuses.set(entry.index, isNew ? 'accepted' : isChanged ? 'corrected' : 'duplicate');
      if (isNew || isChanged) changes.push(changeOf(entry.player, batch.from));
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

/** Inserts what is new, in the order of the unique key; gives the ids of the players whose interval was. */
async function insert(
  tx: Tx,
  { from, to, brandCurrency, brandId }: ActivityBatch,
  entries: readonly ActivityEntry[],
): Promise<Set<string>> {
  // Only columns that were reported are sent: most brands fill a few of them.
  const columns = [...new Set(entries.flatMap(({ item }) => [...item.measures.keys()]))];
  const sorted = [...entries].sort((a, b) => (a.player.id < b.player.id ? -1 : 1));
  const ids = (pick: (entry: ActivityEntry) => string): string => `{${sorted.map(pick).join(',')}}`;
  const names = columns.map((column) => `, ${column}`).join('');
  const arrays = columns.map((_, place) => `, $${place + 9}::bigint[]`).join('');
  // One row with a list is read several times faster than a thousand rows.
  const [{ list }] = await tx.query<[{ list: string }]>(
    `WITH inserted AS (
       INSERT INTO player_activity (interval_from, interval_to, currency, brand_id,
                                    player_id, partner_id, campaign_id, promo_id${names})
       SELECT $1, $2, $3, $4, item.*
         FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[]${arrays}) AS item
       ON CONFLICT DO NOTHING RETURNING player_id)
     SELECT coalesce(string_agg(player_id::text, ','), '') AS list FROM inserted`,
    [
      from,
      to,
      brandCurrency,
      brandId,
      ids(({ player }) => player.id),
      ids(({ player }) => player.partnerId),
      ids(({ player }) => player.campaignId),
      ids(({ player }) => player.promoId),
      ...columns.map((column) => ids((entry) => valueOf(entry, column).toString())),
    ],
  );
  return new Set(list.split(','));
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
       SET ${ACTIVITY_COLUMNS.map((column) => `${column} = item.${column}`).join(', ')}, revision = a.revision + 1
      FROM item
     WHERE a.player_id = item.player_id AND a.interval_from = $2 AND a.interval_to = $3 AND a.currency = $4)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, before, after,
                                    corrected_at)
  SELECT $5, player_id, 'interval', $2, $3, $4, before, after, $6 FROM item`;

function valueOf({ item }: ActivityEntry, column: string): bigint {
  return item.measures.get(column) ?? 0n;
}
