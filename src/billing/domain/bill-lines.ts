import { Money } from '../../platform/money/money.js';

/** What a line of a bill stands for (rules §3.3, §3.6). */
export const LINE_KINDS = ['period', 'adjustment', 'carry_in', 'carry_out', 'not_carried'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** A billing period: the half-open span `[start, end)`. */
export interface BilledPeriod {
  readonly start: Date;
  readonly end: Date;
}

/** What a line is about; all null for lines that concern the bill as a whole. */
export interface LineSubject {
  readonly lineKey: string;
  readonly strategy: string | null;
  readonly campaignId: string | null;
  readonly promoId: string | null;
}

/** A line as the facts of today give it. Amounts in minor units. */
export interface CalculatedLine extends LineSubject {
  readonly quantity: bigint;
  /** Null where the strategy has no base. */
  readonly baseMinor: bigint | null;
  readonly rate: string | null;
  readonly amountMinor: bigint;
  readonly explanation: object;
}

/** The sum of everything that bills so far hold for one line of one period. */
export interface BilledLine extends LineSubject {
  readonly quantity: bigint;
  readonly baseMinor: bigint | null;
  readonly amountMinor: bigint;
}

/** A line to be written. */
export interface PlannedLine extends CalculatedLine {
  readonly kind: LineKind;
  /** Start of the period that the line pays for. */
  readonly periodStart: Date;
}

/** Key of the line that takes a negative period back to zero. */
export const NOT_CARRIED_KEY = 'not_carried';

const WHOLE_BILL = {
  strategy: null,
  campaignId: null,
  promoId: null,
  quantity: 0n,
  baseMinor: null,
  rate: null,
};

/** Whether partners above get a share of the line: not of carried amounts, and not of what was for partners below. */
export function earnsForThoseAbove({ kind, strategy }: Pick<PlannedLine, 'kind' | 'strategy'>): boolean {
  return kind !== 'carry_in' && kind !== 'carry_out' && strategy !== 'sub_affiliate';
}

export function totalMinor(lines: readonly { readonly amountMinor: bigint }[]): bigint {
  return lines.reduce((sum, line) => sum + line.amountMinor, 0n);
}

/**
 * The line by which a period counts as `countedMinor` instead of as its total: as zero where a plan without carry-over
 * has a negative one (rule 3.6).
 */
export function notCarriedLine(
  totalOfPeriodMinor: bigint,
  countedMinor: bigint,
  currency: string,
): CalculatedLine {
  return {
    ...WHOLE_BILL,
    lineKey: NOT_CARRIED_KEY,
    amountMinor: countedMinor - totalOfPeriodMinor,
    explanation: {
      formula: NOT_CARRIED_KEY,
      periodTotal: Money.of(totalOfPeriodMinor, currency).toString(),
      ...(countedMinor !== 0n && { countedAs: Money.of(countedMinor, currency).toString() }),
      currency,
    },
  };
}

/**
 * Of what the cancelled bill of a period named for a line, the part that is due today: it is neither paid nor billed
 * again. What goes beyond it is due, and so is what lies on the other side of zero.
 */
export function settledPart(calculated: CalculatedLine, cancelled: BilledLine): BilledLine {
  const { lineKey, strategy, campaignId, promoId, quantity, baseMinor, amountMinor: due } = calculated;
  const named = cancelled.amountMinor;
  if (named > 0n ? due >= named : due <= named) return cancelled;
  if (named > 0n ? due <= 0n : due >= 0n) return nothingBilled(calculated);
  return { lineKey, strategy, campaignId, promoId, quantity, baseMinor, amountMinor: due };
}

/** What stands for the line before any bill. */
export function nothingBilled({ lineKey, strategy, campaignId, promoId }: LineSubject): BilledLine {
  return { lineKey, strategy, campaignId, promoId, quantity: 0n, baseMinor: null, amountMinor: 0n };
}

/** Both together, of the same line. */
export function sumOfBilled(one: BilledLine, other: BilledLine): BilledLine {
  const hasBase = one.baseMinor !== null || other.baseMinor !== null;
  return {
    ...one,
    quantity: one.quantity + other.quantity,
    baseMinor: hasBase ? (one.baseMinor ?? 0n) + (other.baseMinor ?? 0n) : null,
    amountMinor: one.amountMinor + other.amountMinor,
  };
}

/**
 * What earlier bills left: a debt (`carryMinor` < 0), or a credit, when a bill that had left a debt was cancelled after
 * another had taken it off.
 */
export function carryInLine(periodStart: Date, carryMinor: bigint, currency: string): PlannedLine {
  const carried = Money.of(carryMinor, currency).toString();
  const explanation = { formula: 'carry_in', carried, currency };
  return {
    ...WHOLE_BILL,
    kind: 'carry_in',
    lineKey: 'carry_in',
    periodStart,
    amountMinor: carryMinor,
    explanation,
  };
}

/** What a negative bill (`billTotalMinor` < 0) leaves for the next one, so that it is issued at zero. */
export function carryOutLine(periodStart: Date, billTotalMinor: bigint, currency: string): PlannedLine {
  const amountMinor = -billTotalMinor;
  const explanation = {
    formula: 'carry_out',
    billTotal: Money.of(billTotalMinor, currency).toString(),
    currency,
  };
  return { ...WHOLE_BILL, kind: 'carry_out', lineKey: 'carry_out', periodStart, amountMinor, explanation };
}

/** The difference between what a line should have been and what was billed for it; null when there is none. */
export function findAdjustment(
  period: BilledPeriod,
  calculated: CalculatedLine | null,
  billed: BilledLine,
  currency: string,
): PlannedLine | null {
  const amountMinor = (calculated?.amountMinor ?? 0n) - billed.amountMinor;
  if (amountMinor === 0n) return null;
  const { lineKey, strategy, campaignId, promoId } = billed;
  const hasBase = billed.baseMinor !== null || (calculated !== null && calculated.baseMinor !== null);
  const text = (minor: bigint): string => Money.of(minor, currency).toString();
  return {
    kind: 'adjustment',
    periodStart: period.start,
    ...{ lineKey, strategy, campaignId, promoId },
    quantity: (calculated?.quantity ?? 0n) - billed.quantity,
    baseMinor: hasBase ? (calculated?.baseMinor ?? 0n) - (billed.baseMinor ?? 0n) : null,
    rate: calculated?.rate ?? null,
    amountMinor,
    explanation: {
      formula: 'adjustment',
      currency,
      period: { start: period.start.toISOString(), end: period.end.toISOString() },
      nowDue: text(calculated?.amountMinor ?? 0n),
      alreadyBilled: text(billed.amountMinor),
      calculation: calculated?.explanation ?? null,
    },
  };
}
