import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type Tx } from '../platform/index.js';
import { type ActivityBatch, type ActivityEntry, type BatchPlayer, changeOf, type Progress } from './activity-batch.js'; // prettier-ignore
import type { IntervalOutcome } from './activity-book.js';
import { type DepositPlan, depositIds, isOwn, type KnownDeposit, planDeposits } from './deposit-plan.js';
import { depositActions } from './deposit-actions.js';
import type { ReportedDeposit } from './domain/parse-activity.js';
import { settleFirstDeposits } from './first-deposits.js';

/** A deposit to be written: new, changed or gone. */
interface DepositChange {
  readonly player: BatchPlayer;
  readonly depositId: string;
  readonly before: KnownDeposit | null;
  readonly after: ReportedDeposit | null;
}

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
    const owned = await findOfIntervals(tx, batch, plan, outcome);
    const changes: DepositChange[] = [];
    for (const entry of plan.entries) {
      const ofEntry = depositChanges(entry, plan, outcome, owned.get(entry.player.id) ?? []);
      if (ofEntry.length > 0 && outcome.get(entry) === 'same')
        progress.statuses.set(entry.index, 'corrected');
      changes.push(...ofEntry);
    }
    if (changes.length === 0) return;
    await lockLosers(tx, changes);
    const added = changes.filter((change) => change.before === null);
    await insert(tx, batch, added);
    await this.correct(tx, batch, changes.filter((change) => change.before !== null)); // prettier-ignore
    await this.correctOwners(tx, batch, changes, progress);
    for (const { player, before, after } of changes) {
      for (const deposit of [before?.processed_at, after?.processedAt]) {
        if (deposit) progress.changes.push(changeOf(player, deposit));
      }
    }
    const firsts = await settleFirstDeposits(tx, [...new Set(changes.map(({ player }) => player.id))]);
    const news = added.map(({ player, after }) => ({ player, deposit: after! }));
    progress.actions.push(...(await depositActions(tx, batch, news, firsts)));
  }

  /** Updates and removes deposits, and keeps what they were. */
  private async correct(tx: Tx, batch: ActivityBatch, changes: readonly DepositChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ player, depositId, before, after }) => ({
      deposit_id: depositId,
      player_id: player.id,
      before: { amount_minor: before!.amount_minor, processed_at: before!.processed_at },
      after: after && { amount_minor: after.amountMinor.toString(), processed_at: after.processedAt },
      amount_minor: after?.amountMinor.toString(),
      processed_at: after?.processedAt,
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

  /** A deposit that another interval brought first still counts there: its new amount does, too. */
  private async correctOwners(
    tx: Tx,
    batch: ActivityBatch,
    changes: readonly DepositChange[],
    progress: Progress,
  ): Promise<void> {
    const elsewhere = changes.filter(({ before }) => before !== null && !isOwn(batch, before));
    if (elsewhere.length === 0) return;
    const rows = elsewhere.map(({ player, before, after }) => ({
      player_id: player.id,
      interval_from: before!.interval_from,
      interval_to: before!.interval_to,
      difference: (after!.amountMinor - BigInt(before!.amount_minor)).toString(),
    }));
    await tx.query(CORRECT_OWNERS, [JSON.stringify(rows), batch.brandCurrency, batch.id, this.clock.now()]);
    for (const { player, before } of elsewhere)
      progress.changes.push(changeOf(player, before!.interval_from));
  }
}

const CORRECT_OWNERS = `
  WITH item AS (
    SELECT player_id, interval_from, interval_to, sum(difference)::bigint AS difference
      FROM json_to_recordset($1) AS item (player_id uuid, interval_from timestamptz, interval_to timestamptz,
           difference bigint)
     GROUP BY 1, 2, 3 HAVING sum(difference) <> 0),
  corrected AS (
    UPDATE player_activity a SET deposits_sum = a.deposits_sum + item.difference, revision = a.revision + 1
      FROM item
     WHERE a.player_id = item.player_id AND a.interval_from = item.interval_from
       AND a.interval_to = item.interval_to AND a.currency = $2
    RETURNING a.player_id, a.interval_from, a.interval_to, a.deposits_sum, item.difference)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, before, after,
                                    corrected_at)
  SELECT $3, player_id, 'interval', interval_from, interval_to, $2,
         json_build_object('deposits_sum', (deposits_sum - difference)::text),
         json_build_object('deposits_sum', deposits_sum::text), $4 FROM corrected`;

const CORRECT_DEPOSITS = `
  WITH item AS (
    SELECT * FROM json_to_recordset($1) AS item (deposit_id text, player_id uuid, before jsonb, after jsonb,
           amount_minor bigint, processed_at timestamptz)),
  updated AS (
    UPDATE deposits d SET amount_minor = item.amount_minor, processed_at = item.processed_at
      FROM item WHERE d.brand_id = $2 AND d.external_id = item.deposit_id AND item.after IS NOT NULL),
  removed AS (
    DELETE FROM deposits d USING item
     WHERE d.brand_id = $2 AND d.external_id = item.deposit_id AND item.after IS NULL)
  INSERT INTO activity_corrections (batch_id, player_id, subject, interval_from, interval_to, currency, deposit_id,
                                    before, after, corrected_at)
  SELECT $3, player_id, 'deposit', $4, $5, $6, deposit_id, before, after, $7 FROM item`;

/** What changes with an entry: its list against what is known, and what its interval had before and lists no more. */
function depositChanges(
  entry: ActivityEntry,
  { lists, known }: DepositPlan,
  outcome: IntervalOutcome,
  owned: readonly KnownDeposit[],
): DepositChange[] {
  const { deposits, named } = lists.get(entry)!;
  // The same sums without a list say nothing new about the deposits behind them.
  if (!named && outcome.get(entry) === 'same') return [];
  const { player } = entry;
  const listed = new Set(deposits.map(({ depositId }) => depositId));
  const gone = owned.filter(({ external_id: id }) => !listed.has(id));
  return [
    ...gone.map((before) => ({ player, depositId: before.external_id, before, after: null })),
    ...deposits.flatMap((after) => {
      const before = known.get(after.depositId) ?? null;
      return before && isSame(before, after) ? [] : [{ player, depositId: after.depositId, before, after }];
    }),
  ];
}

function isSame(before: KnownDeposit, after: ReportedDeposit): boolean {
  return (
    BigInt(before.amount_minor) === after.amountMinor &&
    before.processed_at.getTime() === after.processedAt.getTime()
  );
}

const COLUMNS = 'external_id, player_id, amount_minor, processed_at, interval_from, interval_to';

async function findDeposits(tx: Tx, brandId: string, ids: readonly string[]): Promise<KnownDeposit[]> {
  return tx.query<KnownDeposit[]>(
    `SELECT ${COLUMNS} FROM deposits WHERE brand_id = $1 AND external_id = ANY($2)`,
    [brandId, ids],
  );
}

/** The deposits that the round's known intervals have brought before, by player. */
async function findOfIntervals(
  tx: Tx,
  { from, to }: ActivityBatch,
  { entries }: DepositPlan,
  outcome: IntervalOutcome,
): Promise<Map<string, KnownDeposit[]>> {
  const known = entries.filter((entry) => outcome.get(entry) !== 'inserted');
  const byPlayer = new Map<string, KnownDeposit[]>();
  if (known.length === 0) return byPlayer;
  const rows = await tx.query<KnownDeposit[]>(
    `SELECT ${COLUMNS} FROM deposits WHERE player_id = ANY($1) AND interval_from = $2 AND interval_to = $3`,
    [known.map(({ player }) => player.id), from, to],
  );
  for (const row of rows) byPlayer.set(row.player_id, [...(byPlayer.get(row.player_id) ?? []), row]);
  return byPlayer;
}

/**
 * Locks the players who lose a deposit: an item that names none did not lock its player when the batch began, and
 * their first deposits must be settled by one batch at a time.
 */
async function lockLosers(tx: Tx, changes: readonly DepositChange[]): Promise<void> {
  const ids = changes.filter(({ after }) => after === null).map(({ player }) => player.id);
  if (ids.length === 0) return;
  await tx.query('SELECT id FROM players WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [ids]);
}

async function insert(tx: Tx, batch: ActivityBatch, added: readonly DepositChange[]): Promise<void> {
  if (added.length === 0) return;
  const rows = added.map(({ player, depositId, after }) => ({
    external_id: depositId,
    player_id: player.id,
    partner_id: player.partnerId,
    campaign_id: player.campaignId,
    promo_id: player.promoId,
    amount_minor: after!.amountMinor.toString(),
    processed_at: after!.processedAt,
  }));
  const inserted = await tx.query<unknown[]>(
    `INSERT INTO deposits (brand_id, currency, interval_from, interval_to, external_id, player_id, partner_id,
                           campaign_id, promo_id, amount_minor, processed_at)
     SELECT $2, $3, $4, $5, deposit.*
       FROM json_to_recordset($1) AS deposit (external_id text, player_id uuid, partner_id uuid, campaign_id uuid,
            promo_id uuid, amount_minor bigint, processed_at timestamptz)
      ORDER BY external_id
     ON CONFLICT DO NOTHING RETURNING external_id`,
    [JSON.stringify(rows), batch.brandId, batch.brandCurrency, batch.from, batch.to],
  );
  if (inserted.length < rows.length) {
    throw new DomainError(
      'BATCH_RACED',
      'unavailable',
      'Another batch is reporting one of these deposits for another player.',
      { retryAfterSeconds: 1 },
    );
  }
}
