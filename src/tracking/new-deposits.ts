import type { ActivityBatch, BatchPlayer } from './activity-batch.js';
import type { DepositChange } from './deposit-changes.js';
import { type KnownDeposit, unnamedDepositId } from './deposit-plan.js';
import { newsOf } from './domain/deposit-news.js';

/** A deposit that comes into the books. */
export interface NewDeposit {
  readonly player: BatchPlayer;
  readonly deposit: KnownDeposit;
  /** How much of it has yet to be told, in minor units: less than its amount where it replaces what was told. */
  readonly untoldMinor: bigint;
  /** The deposit by whose action all of it was told; null where an action of its own is to tell it. */
  readonly toldAs: string | null;
  /** When its money was reported first; null where that was not kept. */
  readonly reportedAt: Date | null;
}

/**
 * The new ones among the changes of a round. What a sum stood for and a list now names, or the other way round, is the
 * same money, and told once; otherwise what another name has is another deposit.
 */
export function newDeposits(
  batch: ActivityBatch,
  changes: readonly DepositChange[],
  now: Date,
): NewDeposit[] {
  return [...Map.groupBy(changes, ({ player }) => player.id).values()].flatMap((ofPlayer) => {
    const added = ofPlayer.filter(({ before }) => before === null);
    const replaced = added.length > 0 ? replacedOf(batch, ofPlayer) : [];
    const told = replaced.reduce((sum, { before }) => sum + BigInt(before!.amount_minor), 0n);
    const news = newsOf(
      added.map(({ reported }) => reported!),
      told,
    );
    return added.map(({ player, depositId, after }): NewDeposit => {
      const untoldMinor = news.get(depositId) ?? 0n;
      const told = replaced.length > 0 && untoldMinor === 0n ? replaced[0]!.told! : { as: null, at: now };
      return { player, deposit: after!, untoldMinor, toldAs: told.as, reportedAt: told.at };
    });
  });
}

/** One that was known as a deposit of nothing, of which nothing was told. */
export function newlyOne({ player, after }: DepositChange, now: Date): NewDeposit {
  const untoldMinor = BigInt(after!.amount_minor);
  return { player, deposit: after!, untoldMinor, toldAs: null, reportedAt: now };
}

/** Deposits of a player that others replace, the largest first; none where all of them have names. */
function replacedOf(batch: ActivityBatch, ofPlayer: readonly DepositChange[]): DepositChange[] {
  const unnamed = unnamedDepositId(batch, ofPlayer[0]!.player);
  if (!ofPlayer.some(({ depositId }) => depositId === unnamed)) return [];
  return ofPlayer
    .filter(({ after }) => after === null)
    .sort((one, other) => Number(BigInt(other.before!.amount_minor) - BigInt(one.before!.amount_minor)));
}
