import type { ActivityBatch, ActivityEntry, BatchPlayer } from './activity-batch.js';
import type { Refusal } from './domain/item-fault.js';
import { countOf, type ReportedDeposit, sumOf } from './domain/parse-activity.js';

/** A deposit that is in the books. */
export interface KnownDeposit {
  readonly external_id: string;
  readonly player_id: string;
  readonly amount_minor: string;
  readonly processed_at: Date;
  readonly interval_from: Date;
  readonly interval_to: Date;
  /** Whether the brand gave the interval's sum and count without a list, so that they do not follow from one. */
  readonly sum_given: boolean;
  readonly count_given: boolean;
}

/** The deposits of a round, and its entries with the sums that follow from them. */
export interface DepositPlan {
  readonly entries: readonly ActivityEntry[];
  readonly lists: ReadonlyMap<ActivityEntry, DepositList>;
  readonly known: ReadonlyMap<string, KnownDeposit>;
}

export interface DepositList {
  readonly deposits: readonly ReportedDeposit[];
  /** Whether the brand named them, or only how much they came to. */
  readonly named: boolean;
}

/** Ids of the deposits that the entries report. */
export function depositIds(batch: ActivityBatch, entries: readonly ActivityEntry[]): string[] {
  return entries.flatMap((entry) => listOf(batch, entry).deposits.map(({ depositId }) => depositId));
}

/**
 * Decides what the entries' deposits mean beside those that are known. A deposit counts once, in the earliest interval
 * that lists it; the sums of an item with a list follow from that.
 */
export function planDeposits(
  batch: ActivityBatch,
  entries: readonly ActivityEntry[],
  known: ReadonlyMap<string, KnownDeposit>,
): DepositPlan & { refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const lists = new Map<ActivityEntry, DepositList>();
  const owners = new Map<string, string>([...known].map(([id, deposit]) => [id, deposit.player_id]));
  const planned = entries.flatMap((entry) => {
    const list = listOf(batch, entry);
    const foreign = list.deposits.find(
      ({ depositId }) => (owners.get(depositId) ?? entry.player.id) !== entry.player.id,
    );
    if (foreign) {
      const message = `deposits: the deposit '${foreign.depositId}' was reported for another player`;
      refusals.push({ index: entry.index, code: 'DEPOSIT_OF_ANOTHER_PLAYER', message });
      return [];
    }
    for (const { depositId } of list.deposits) owners.set(depositId, entry.player.id);
    const own = list.deposits.filter(({ depositId }) => countsIn(batch, known.get(depositId)));
    const complete = list.named ? withSums(entry, own) : entry;
    lists.set(complete, list);
    return [complete];
  });
  return { entries: planned, lists, known, refusals };
}

/** The deposits of an entry; where the brand only gave their sum, one that stands for all of them. */
function listOf(batch: ActivityBatch, { item: { deposits, measures }, player }: ActivityEntry): DepositList {
  if (deposits) return { deposits, named: true };
  if ((measures.get('deposits_count') ?? 0n) === 0n) return { named: false, deposits: [] };
  return { named: false, deposits: [unnamedDeposit(batch, player, measures.get('deposits_sum') ?? 0n)] };
}

function unnamedDeposit(batch: ActivityBatch, player: BatchPlayer, amountMinor: bigint): ReportedDeposit {
  return { depositId: unnamedDepositId(batch, player), amountMinor, processedAt: batch.from };
}

/** Id of the deposit that stands for all of the player's in the interval while the brand names none. */
export function unnamedDepositId({ from, to }: ActivityBatch, { id }: BatchPlayer): string {
  return `interval:${id}:${from.toISOString()}/${to.toISOString()}`;
}

/** Whether a deposit that the interval at hand lists counts there: it is new, or no earlier interval lists it. */
export function countsIn({ from, to }: ActivityBatch, known: KnownDeposit | undefined): boolean {
  if (known === undefined) return true;
  const later = known.interval_from.getTime() - from.getTime();
  return later === 0 ? known.interval_to >= to : later > 0;
}

function withSums(entry: ActivityEntry, deposits: readonly ReportedDeposit[]): ActivityEntry {
  const measures = new Map(entry.item.measures)
    .set('deposits_sum', sumOf(deposits))
    .set('deposits_count', countOf(deposits));
  return { ...entry, item: { ...entry.item, measures } };
}
