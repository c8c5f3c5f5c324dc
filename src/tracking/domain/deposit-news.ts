import type { ReportedDeposit } from './parse-activity.js';

type Money = Pick<ReportedDeposit, 'depositId' | 'amountMinor'>;

/**
 * How much of each new deposit has yet to be told where they replace others, of which all was told: money is told once,
 * however it is divided. As many deposits as fit count as told whole, the largest first, so that at most one is told in
 * part.
 * @param toldMinor what the replaced ones came to, in minor units
 * @returns minor units by id, of those only of which anything is news
 */
export function newsOf(deposits: readonly Money[], toldMinor: bigint): Map<string, bigint> {
  let left = toldMinor;
  const news = [...deposits].sort(largestFirst).filter(({ amountMinor }) => {
    const fits = amountMinor <= left;
    if (fits) left -= amountMinor;
    return !fits;
  });
  return new Map(
    news.map(({ depositId, amountMinor }, place) => [
      depositId,
      place === 0 ? amountMinor - left : amountMinor,
    ]),
  );
}

/** By the amount, then by the id, so that the order of a list does not matter. */
function largestFirst(one: Money, other: Money): number {
  if (one.amountMinor !== other.amountMinor) return one.amountMinor > other.amountMinor ? -1 : 1;
  return one.depositId < other.depositId ? -1 : 1;
}
