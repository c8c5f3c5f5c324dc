import type { BilledLine, CalculatedLine } from '../../src/billing/domain/bill-lines.js';
import {
  type PeriodToReconcile,
  type ReconciliationResult,
  reconcileLines,
} from '../../src/billing/domain/reconcile-lines.js';

/** A period to reconcile, whatever the plan does with a negative one. */
export type Entry = Omit<PeriodToReconcile, 'negativeCarryOver'>;

/** The month of 2026 with that number, from 1. */
export const month = (number: number): Entry['period'] => ({
  start: new Date(Date.UTC(2026, number - 1, 1)),
  end: new Date(Date.UTC(2026, number, 1)),
});

const subject = (key: string) => ({ lineKey: key, strategy: 'cpa', campaignId: 'c', promoId: key });

/** A line as the facts give it, in minor units. */
export const due = (key: string, amountMinor: bigint, quantity = 1n): CalculatedLine => ({
  ...subject(key),
  quantity,
  baseMinor: null,
  rate: '10.00 EUR per player',
  amountMinor,
  explanation: { formula: 'cpa' },
});

/** What bills hold for the same line, in minor units. */
export const billed = (key: string, amountMinor: bigint, quantity = 1n): BilledLine => ({
  ...subject(key),
  quantity,
  baseMinor: null,
  amountMinor,
});

/** A period with its lines, and what was billed for it; null when it has no bill. */
export const entry = (
  period: Entry['period'],
  calculated: CalculatedLine[],
  alreadyBilled: BilledLine[] | null,
): Entry => ({
  period,
  calculated,
  billed: alreadyBilled ?? [],
  cancelled: [],
  hasBill: alreadyBilled !== null,
});

/** Reconciles the periods, all of the same terms, in EUR. */
export function reconcile(
  entries: readonly Entry[],
  carryMinor = 0n,
  negativeCarryOver = true,
): ReconciliationResult {
  const periods = entries.map((each) => ({ ...each, negativeCarryOver }));
  return reconcileLines({ periods, carryMinor, currency: 'EUR' });
}
