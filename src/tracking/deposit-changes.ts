import type { ActivityBatch, ActivityEntry, BatchPlayer } from './activity-batch.js';
import type { IntervalOutcome } from './activity-book.js';
import type { ListedBefore } from './deposit-listings.js';
import { countsIn, type DepositList, type DepositPlan, type KnownDeposit } from './deposit-plan.js';
import type { ReportedDeposit } from './domain/parse-activity.js';

/** A deposit to be written: new, changed, moved to another interval or gone. */
export interface DepositChange {
  readonly player: BatchPlayer;
  readonly depositId: string;
  readonly before: KnownDeposit | null;
  readonly after: KnownDeposit | null;
  /** As the entry lists it. */
  readonly reported: ReportedDeposit | null;
  /** Of one that the entry lists no more: the deposit by whose action its money was told, and when it was reported. */
  readonly told: { readonly as: string; readonly at: Date | null } | null;
}

/** What the entries of a round change in the books. */
interface RoundChanges {
  readonly changes: DepositChange[];
  /** Listings by intervals where the deposit does not count. */
  readonly waiting: KnownDeposit[];
  /** Such listings that are no more. */
  readonly dropped: KnownDeposit[];
  /** The players of the entries that drop a deposit. */
  readonly losers: BatchPlayer[];
}

/** What changes with the entries: their lists against what is known, and what they listed before and list no more. */
export function depositChanges(
  batch: ActivityBatch,
  { entries, lists, known }: DepositPlan,
  outcome: IntervalOutcome,
  listedBefore: ReadonlyMap<string, readonly ListedBefore[]>,
): RoundChanges {
  const round: RoundChanges = { changes: [], waiting: [], dropped: [], losers: [] };
  for (const entry of entries) {
    const list = lists.get(entry)!;
    // The same sums without a list say nothing new about the deposits behind them.
    if (!list.named && outcome.get(entry) === 'same') continue;
    dropUnlisted(entry, list, listedBefore.get(entry.player.id) ?? [], round);
    for (const reported of list.deposits) {
      const before = known.get(reported.depositId) ?? null;
      const listing = listingOf(batch, entry, list, reported);
      const counts = countsIn(batch, before ?? undefined);
      if (!counts) round.waiting.push(listing);
      else if (before && !isSameInterval(before, listing)) round.waiting.push(before);
      const after = counts ? listing : { ...before!, ...amountOf(listing) };
      if (before && isSame(before, after)) continue;
      const { player } = entry;
      round.changes.push({ player, depositId: reported.depositId, before, after, reported, told: null });
    }
  }
  return round;
}

function dropUnlisted(
  { player }: ActivityEntry,
  { deposits }: DepositList,
  listedBefore: readonly ListedBefore[],
  round: RoundChanges,
): void {
  const listed = new Set(deposits.map(({ depositId }) => depositId));
  const unlisted = listedBefore.filter(({ external_id: id }) => !listed.has(id));
  if (unlisted.length > 0) round.losers.push(player);
  for (const before of unlisted) {
    if (!before.counts) round.dropped.push(before);
    else {
      const told = { as: before.told_as!, at: before.reported_at };
      round.changes.push({
        player,
        depositId: before.external_id,
        before,
        after: null,
        reported: null,
        told,
      });
    }
  }
}

function listingOf(
  { from, to }: ActivityBatch,
  { player }: ActivityEntry,
  { named }: DepositList,
  { depositId, amountMinor, processedAt }: ReportedDeposit,
): KnownDeposit {
  return {
    external_id: depositId,
    player_id: player.id,
    amount_minor: amountMinor.toString(),
    processed_at: processedAt,
    interval_from: from,
    interval_to: to,
    sum_given: !named,
    count_given: !named,
  };
}

function amountOf({
  amount_minor,
  processed_at,
}: KnownDeposit): Pick<KnownDeposit, 'amount_minor' | 'processed_at'> {
  return { amount_minor, processed_at };
}

/** Whether it was a deposit of nothing, which is none, and is one now. */
export function becomesOne({ before, after }: DepositChange): boolean {
  return before !== null && after !== null && isNothing(before) && !isNothing(after);
}

function isNothing({ amount_minor }: KnownDeposit): boolean {
  return BigInt(amount_minor) === 0n;
}

/** Whether a change is one of the deposit, not only of what its interval's sums follow from. */
export function isCorrection({ before, after }: DepositChange): boolean {
  return !before || !after || !isSameDeposit(before, after);
}

function isSame(one: KnownDeposit, other: KnownDeposit): boolean {
  return (
    isSameDeposit(one, other) && one.sum_given === other.sum_given && one.count_given === other.count_given
  );
}

function isSameDeposit(one: KnownDeposit, other: KnownDeposit): boolean {
  return (
    BigInt(one.amount_minor) === BigInt(other.amount_minor) &&
    one.processed_at.getTime() === other.processed_at.getTime() &&
    isSameInterval(one, other)
  );
}

type Interval = Pick<KnownDeposit, 'interval_from' | 'interval_to'>;

function isSameInterval(one: Interval, other: Interval): boolean {
  return (
    one.interval_from.getTime() === other.interval_from.getTime() &&
    one.interval_to.getTime() === other.interval_to.getTime()
  );
}

interface MovedSum extends Interval {
  readonly player: BatchPlayer;
  readonly amount: string;
  readonly count: number;
}

/** What the changes bring to intervals other than the one at hand, and take from them, where sums follow from lists. */
export function movedSums({ from, to }: ActivityBatch, changes: readonly DepositChange[]): MovedSum[] {
  const here = { interval_from: from, interval_to: to };
  return changes.flatMap(({ player, before, after }) => {
    const sides = [
      { deposit: before, sign: -1 },
      { deposit: after, sign: 1 },
    ];
    return sides.flatMap(({ deposit, sign }): MovedSum[] => {
      if (!deposit || isSameInterval(deposit, here)) return [];
      const { interval_from, interval_to, amount_minor, sum_given, count_given } = deposit;
      const amount = sum_given ? '0' : (BigInt(amount_minor) * BigInt(sign)).toString();
      const count = count_given || isNothing(deposit) ? 0 : sign;
      return [{ player, interval_from, interval_to, amount, count }];
    });
  });
}
