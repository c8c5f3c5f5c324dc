import {
  type BilledLine,
  type BilledPeriod,
  type CalculatedLine,
  carryInLine,
  carryOutLine,
  findAdjustment,
  NOT_CARRIED_KEY,
  nothingBilled,
  notCarriedLine,
  type PlannedLine,
  settledPart,
  sumOfBilled,
  totalMinor,
} from './bill-lines.js';

/** One closed period of a partner on a plan: what the facts give, and what bills hold for it. */
export interface PeriodToReconcile {
  readonly period: BilledPeriod;
  readonly calculated: readonly CalculatedLine[];
  /**
   * Lines of bills that pay for this period, adjustments included, summed by line key; carried amounts and cancelled bills
   * left out.
   */
  readonly billed: readonly BilledLine[];
  /** The lines that the period's own bill had for it, when that is cancelled. */
  readonly cancelled: readonly BilledLine[];
  /** Whether the period has its own bill, in any state. */
  readonly hasBill: boolean;
  /** Whether the period's version of the plan carries a negative total on; else the period counts as zero. */
  readonly negativeCarryOver: boolean;
}

export interface Reconciliation {
  /** Every closed period that may differ, oldest first and without gaps; the last one is the latest closed period. */
  readonly periods: readonly PeriodToReconcile[];
  /** What earlier bills left, minor units: below zero a debt, above zero a credit. */
  readonly carryMinor: bigint;
  readonly currency: string;
}

/** A bill to be made: its lines add up to `issuedMinor`, which is never negative. */
export interface PlannedBill {
  readonly period: BilledPeriod;
  readonly issuedMinor: bigint;
  readonly lines: readonly PlannedLine[];
}

export type ReconciliationResult =
  | { readonly outcome: 'billed'; readonly bills: readonly PlannedBill[]; readonly carryMinor: bigint }
  /** Something differs, or there is a credit, but no bill to put it on: the next period to close brings it. */
  | { readonly outcome: 'deferred' };

interface Draft {
  period: BilledPeriod;
  lines: PlannedLine[];
}

/**
 * Which bills to make so that everything billed equals what the facts give (rules §3.3, §3.6). Periods without a
 * bill get theirs, oldest first. Differences in billed periods are lines of the first bill made, and so is a credit that
 * earlier bills left; when there is none, the latest closed period's bill holds them alone, and when that is already
 * made they wait.
 *
 * A cancelled bill settles the lines of its own period, as far as they are due: they count as billed, but never for more
 * than is due today, so that nothing is asked back that was not paid. All else that it held counts for nothing.
 */
export function reconcileLines(input: Reconciliation): ReconciliationResult {
  const drafts: Draft[] = [];
  const adjustments: PlannedLine[] = [];
  for (const entry of input.periods) {
    const lines = differences(entry, input.currency);
    if (entry.hasBill) adjustments.push(...lines);
    else if (lines.length > 0) drafts.push({ period: entry.period, lines });
  }
  // Unlike a debt, a credit must not wait until something is earned.
  if (adjustments.length > 0 || input.carryMinor > 0n) {
    const first = drafts[0];
    const latest = input.periods.at(-1);
    if (first) first.lines.push(...adjustments);
    else if (latest && !latest.hasBill) drafts.push({ period: latest.period, lines: adjustments });
    else return { outcome: 'deferred' };
  }
  return carryThrough(drafts, input);
}

/** The lines by which what was billed for a period falls short of (or exceeds) what is due today. */
function differences(entry: PeriodToReconcile, currency: string): PlannedLine[] {
  const due = [...entry.calculated];
  const settled = settledLines(entry);
  const total = totalMinor(due) - totalMinor(settled);
  const counted = countedTotal(total, entry);
  if (counted !== total) due.push(notCarriedLine(total, counted, currency));
  const billedByKey = new Map(entry.billed.map((line) => [line.lineKey, line]));
  for (const line of settled) {
    const billed = billedByKey.get(line.lineKey);
    billedByKey.set(line.lineKey, billed ? sumOfBilled(billed, line) : line);
  }
  const lines: PlannedLine[] = [];
  for (const line of due) {
    const billed = billedByKey.get(line.lineKey) ?? null;
    billedByKey.delete(line.lineKey);
    const planned = differenceOf(entry, line, billed, currency);
    if (planned) lines.push(planned);
  }
  for (const billed of billedByKey.values()) {
    const planned = findAdjustment(entry.period, null, billed, currency);
    if (planned) lines.push(planned);
  }
  return lines;
}

function settledLines({ calculated, cancelled }: PeriodToReconcile): BilledLine[] {
  const cancelledByKey = new Map(cancelled.map((line) => [line.lineKey, line]));
  return calculated.flatMap((line) => {
    const named = cancelledByKey.get(line.lineKey);
    return named ? [settledPart(line, named)] : [];
  });
}

/**
 * As what a period counts whose lines, less what is settled, come to `total`: between nothing and what its facts give, so
 * that no line that is settled turns another one into a debt, or pays for it. A negative one is zero without carry-over.
 */
function countedTotal(total: bigint, { calculated, negativeCarryOver }: PeriodToReconcile): bigint {
  const due = totalMinor(calculated);
  if (due < 0n) return negativeCarryOver ? between(due, total, 0n) : 0n;
  return between(0n, total, due);
}

function between(least: bigint, value: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}

function differenceOf(
  { period, hasBill }: PeriodToReconcile,
  line: CalculatedLine,
  billed: BilledLine | null,
  currency: string,
): PlannedLine | null {
  if (billed || hasBill) return findAdjustment(period, line, billed ?? nothingBilled(line), currency);
  if (line.amountMinor === 0n) return null;
  const kind = line.lineKey === NOT_CARRIED_KEY ? 'not_carried' : 'period';
  return { ...line, kind, periodStart: period.start };
}

/** Issues the bills oldest first: no bill is negative, what is missing is taken off the next one. */
function carryThrough(
  drafts: readonly Draft[],
  { carryMinor, currency }: Reconciliation,
): ReconciliationResult {
  let carry = carryMinor;
  const bills = drafts.map(({ period, lines }) => {
    const all = [...lines];
    if (carry !== 0n) all.push(carryInLine(period.start, carry, currency));
    const total = totalMinor(all);
    carry = total < 0n ? total : 0n;
    if (total < 0n) all.push(carryOutLine(period.start, total, currency));
    return { period, issuedMinor: totalMinor(all), lines: all };
  });
  return { outcome: 'billed', bills, carryMinor: carry };
}
