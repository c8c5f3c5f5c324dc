export const ORDER_STATUSES = ['pending', 'approved', 'declined'] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What a report of an order that is known does to it. */
export type OrderChange = 'none' | 'correct' | 'decide' | 'refuse';

/**
 * What becomes of an order at `now` that is reported as `reported` (rule 6.3: pending → approved | declined).
 * A decision is final: the opposite one is refused. A report of it as pending is older than the decision and changes
 * nothing, so that batches may come in any order. Otherwise other values correct the order.
 * @param differs whether the report has another amount, time or country
 */
export function orderChange(now: OrderStatus, reported: OrderStatus, differs: boolean): OrderChange {
  if (now === reported) return differs ? 'correct' : 'none';
  if (now === 'pending') return 'decide';
  return reported === 'pending' ? 'none' : 'refuse';
}
