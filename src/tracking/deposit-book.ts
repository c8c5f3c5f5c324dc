import { Injectable } from '@nestjs/common';
import { Clock, LostRace, type Tx } from '../platform/index.js';
import { type ActivityBatch, type ActivityEntry, type BatchPlayer, changeOf, type Progress } from './activity-batch.js'; // prettier-ignore
import type { IntervalOutcome } from './activity-book.js';
import { depositActions } from './deposit-actions.js';
import {
  becomesOne,
  type DepositChange,
  depositChanges,
  isCorrection,
  movedSums,
} from './deposit-changes.js';
import { findNextListings, type ListedBefore, LISTING_COLUMNS, writeListings } from './deposit-listings.js';
import { type DepositPlan, depositIds, type KnownDeposit, planDeposits } from './deposit-plan.js';
import { settleFirstDeposits } from './first-deposits.js';
import { type NewDeposit, newDeposits, newlyOne } from './new-deposits.js';

/** Players' deposits one by one: qualification and first deposits depend on them. */
@Injectable()
export class DepositBook {
  constructor(private readonly clock: Clock) {}

  /** Sets the deposits of a round beside the known ones; items with another player's deposit are refused. */
  async prepare(
    tx: Tx,
    batch: ActivityBatch,
    entries: readonly ActivityEntry[],
    progress: Progress,
  ): Promise<DepositPlan> {
    const ids = depositIds(batch, entries);
    const known = ids.length > 0 ? await findDeposits(tx, batch.brandId, ids) : [];
    const plan = planDeposits(
      batch,
      entries,
      new Map(known.map((deposit) => [deposit.external_id, deposit])),
    );
    progress.refusals.push(...plan.refusals);
    return plan;
  }

  /** Writes the deposits of the round after its intervals, settles first deposits, and notes the new actions. */
  async write(
    tx: Tx,
    batch: ActivityBatch,
    plan: DepositPlan,
    outcome: IntervalOutcome,
    progress: Progress,
  ): Promise<void> {
    const changes = await this.changesOf(tx, batch, plan, outcome);
    const shown = changes.filter(isCorrection);
    const entryOf = new Map(plan.entries.map((entry) => [entry.player.id, entry]));
    for (const { player } of shown) {
      const entry = entryOf.get(player.id)!;
      if (outcome.get(entry) === 'same') progress.statuses.set(entry.index, 'corrected');
    }
    if (changes.length === 0) return;
    const now = this.clock.now();
    const added = newDeposits(batch, changes, now);
    await insert(tx, batch, added);
    await this.correct(tx, batch, changes.filter((change) => change.before !== null)); // prettier-ignore
    await this.correctOthers(tx, batch, changes, progress);
    for (const { player, before, after } of shown) {
      for (const deposit of [before, after]) {
        if (deposit) progress.changes.push(changeOf(player, deposit.processed_at));
      }
    }
    const firsts = await settleFirstDeposits(tx, [...new Set(shown.map(({ player }) => player.id))], now);
    const news = [...added, ...changes.filter(becomesOne).map((change) => newlyOne(change, now))];
    progress.actions.push(...(await depositActions(tx, batch, news, firsts)));
  }

  /** What changes with the round, its other listings written: dropped deposits go on in the next interval. */
  private async changesOf(
    tx: Tx,
    batch: ActivityBatch,
    plan: DepositPlan,
    outcome: IntervalOutcome,
  ): Promise<DepositChange[]> {
    let listed = await findOfIntervals(tx, batch, plan, outcome);
    let round = depositChanges(batch, plan, outcome, listed);
    if (round.losers.length > 0) {
      await lockLosers(tx, round.losers);
      listed = await findOfIntervals(tx, batch, plan, outcome);
      round = depositChanges(batch, plan, outcome, listed);
    }
    const gone = round.changes.filter(({ after }) => after === null).map(({ depositId }) => depositId);
    const next =
      gone.length > 0 ? await findNextListings(tx, batch.brandId, gone) : new Map<string, KnownDeposit>();
    await writeListings(tx, batch.brandId, round.waiting, [...round.dropped, ...next.values()]);
    return round.changes.map((change) =>
      change.after === null ? { ...change, after: next.get(change.depositId) ?? null } : change,
    );
  }

  /** Updates and removes deposits, and keeps what they were. */
  private async correct(tx: Tx, batch: ActivityBatch, changes: readonly DepositChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ player, depositId, before, after }) => ({
      ...after,
      deposit_id: depositId,
      player_id: player.id,
      before: kept(before!),
      after: after && kept(after),
    }));
    await tx.query(CORRECT_DEPOSITS, [
      JSON.stringify(rows),
      batch.brandId,
      batch.id,
      batch.from,
      batch.to,
      batch.brandCurrency,
      this.clock.now(),
    ]);
  }

  /** What deposits bring to intervals other than the one at hand, and take from them, changes their sums. */
  private async correctOthers(
    tx: Tx,
    batch: ActivityBatch,
    changes: readonly DepositChange[],
    progress: Progress,
  ): Promise<void> {
    const moved = movedSums(batch, changes);
    if (moved.length === 0) return;
    const rows = moved.map(({ player, ...sums }) => ({ ...sums, player_id: player.id }));
    await tx.query(CORRECT_OTHERS, [JSON.stringify(rows), batch.brandCurrency, batch.id, this.clock.now()]);
    for (const { player, interval_from } of moved) progress.changes.push(changeOf(player, interval_from));
  }
}

/** What a correction keeps of a deposit. */
function kept({ amount_minor, processed_at, interval_from, interval_to }: KnownDeposit): object {
  return { amount_minor, processed_at, interval_from, interval_to };
}

const CORRECT_OTHERS = `
  WITH item AS (
    SELECT player_id, interval_from, interval_to, sum(amount)::bigint AS amount, sum(count)::bigint AS count
      FROM json_to_recordset($1) AS item (player_id uuid, interval_from timestamptz, interval_to timestamptz,
           amount bigint, count bigint)
     GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 OR sum(count) <> 0),
  corrected AS (
    UPDATE player_activity a
       SET deposits_sum = a.deposits_sum + item.amount, deposits_count = a.deposits_count + item.count,
           revision = a.revision + 1
      FROM item
     WHERE a.player_id = item.player_id AND a.interval_from = item.interval_from
       AND a.interval_to = item.interval_to AND a.currency = $2
    RETURNING a.player_id, a.interval_from, a.interval_to, a.deposits_sum, a.deposits_count, item.amount, item.count)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, before, after,
                                    corrected_at)
  SELECT $3, player_id, 'interval', interval_from, interval_to, $2,
         json_build_object('deposits_sum', (deposits_sum - amount)::text,
                           'deposits_count', (deposits_count - count)::text),
         json_build_object('deposits_sum', deposits_sum::text, 'deposits_count', deposits_count::text), $4
    FROM corrected`;

const CORRECT_DEPOSITS = `
  WITH item AS (
    SELECT * FROM json_to_recordset($1) AS item (deposit_id text, player_id uuid, before jsonb, after jsonb,
           amount_minor bigint, processed_at timestamptz, interval_from timestamptz, interval_to timestamptz,
           sum_given boolean, count_given boolean)),
  updated AS (
    UPDATE deposits d
       SET amount_minor = item.amount_minor, processed_at = item.processed_at, interval_from = item.interval_from,
           interval_to = item.interval_to, sum_given = item.sum_given, count_given = item.count_given,
           reported_at = CASE WHEN d.amount_minor = 0 AND item.amount_minor > 0 THEN $7 ELSE d.reported_at END
      FROM item WHERE d.brand_id = $2 AND d.external_id = item.deposit_id AND item.after IS NOT NULL),
  removed AS (
    DELETE FROM deposits d USING item
     WHERE d.brand_id = $2 AND d.external_id = item.deposit_id AND item.after IS NULL)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, deposit_id,
                                    before, after, corrected_at)
  SELECT $3, player_id, 'deposit', $4, $5, $6, deposit_id, before, after, $7 FROM item
   WHERE before IS DISTINCT FROM after`;

async function findDeposits(tx: Tx, brandId: string, ids: readonly string[]): Promise<KnownDeposit[]> {
  return tx.query<KnownDeposit[]>(
    `SELECT ${LISTING_COLUMNS} FROM deposits WHERE brand_id = $1 AND external_id = ANY($2)`,
    [brandId, ids],
  );
}

/** The deposits that the round's known intervals have listed before, by player. */
async function findOfIntervals(
  tx: Tx,
  { from, to }: ActivityBatch,
  { entries }: DepositPlan,
  outcome: IntervalOutcome,
): Promise<Map<string, ListedBefore[]>> {
  const known = entries.filter((entry) => outcome.get(entry) !== 'inserted');
  const byPlayer = new Map<string, ListedBefore[]>();
  if (known.length === 0) return byPlayer;
  const rows = await tx.query<ListedBefore[]>(
    `SELECT ${LISTING_COLUMNS}, true AS counts, coalesce(told_as, external_id) AS told_as, reported_at FROM deposits
      WHERE player_id = ANY($1) AND interval_from = $2 AND interval_to = $3
     UNION ALL
     SELECT ${LISTING_COLUMNS}, false, NULL, NULL FROM deposit_listings
      WHERE player_id = ANY($1) AND interval_from = $2 AND interval_to = $3`,
    [known.map(({ player }) => player.id), from, to],
  );
  for (const row of rows) byPlayer.set(row.player_id, [...(byPlayer.get(row.player_id) ?? []), row]);
  return byPlayer;
}

/**
 * Locks the players who lose a deposit: a batch that does not speak of deposits has locked none when it began, and
 * deposits must be moved and settled by one batch at a time.
 */
async function lockLosers(tx: Tx, players: readonly BatchPlayer[]): Promise<void> {
  const ids = players.map(({ id }) => id);
  await tx.query('SELECT id FROM players WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [ids]);
}

async function insert(tx: Tx, batch: ActivityBatch, added: readonly NewDeposit[]): Promise<void> {
  if (added.length === 0) return;
  const rows = added.map(({ player, deposit, toldAs, reportedAt }) => ({
    external_id: deposit.external_id,
    player_id: player.id,
    partner_id: player.partnerId,
    campaign_id: player.campaignId,
    promo_id: player.promoId,
    amount_minor: deposit.amount_minor,
    processed_at: deposit.processed_at,
    sum_given: deposit.sum_given,
    count_given: deposit.count_given,
    told_as: toldAs,
    reported_at: reportedAt,
  }));
  const inserted = await tx.query<unknown[]>(
    `INSERT INTO deposits (brand_id, currency, interval_from, interval_to, external_id, player_id, partner_id, campaign_id,
                           promo_id, amount_minor, processed_at, sum_given, count_given, told_as, reported_at)
     SELECT $2, $3, $4, $5, deposit.*
       FROM json_to_recordset($1) AS deposit (external_id text, player_id uuid, partner_id uuid, campaign_id uuid,
            promo_id uuid, amount_minor bigint, processed_at timestamptz, sum_given boolean, count_given boolean,
            told_as text, reported_at timestamptz)
      ORDER BY external_id
     ON CONFLICT DO NOTHING RETURNING external_id`,
    [JSON.stringify(rows), batch.brandId, batch.brandCurrency, batch.from, batch.to],
  );
  if (inserted.length < rows.length) {
    throw new LostRace('BATCH_RACED', 'Another batch is reporting one of these deposits for another player.');
  }
}
