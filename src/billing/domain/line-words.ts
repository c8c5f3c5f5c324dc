import type { LineKind } from './bill-lines.js';

/** What the words for a line are made of. */
export interface LineFacts {
  readonly kind: LineKind;
  /** First day of the period that the line pays for. */
  readonly periodStart: Date;
  readonly strategy: string | null;
  readonly rate: string | null;
}

const STRATEGIES: Readonly<Record<string, string>> = {
  cpl: 'Commission per registration',
  cpa: 'Commission per qualified player',
  revshare: 'Share of revenue',
  sale: 'Commission on orders',
  sub_affiliate: 'Commission on what partners you brought have earned',
};

const WHOLE_BILL: Readonly<Record<Exclude<LineKind, 'period' | 'adjustment'>, string>> = {
  carry_in: 'Carried over from earlier bills',
  carry_out: 'Debt left to the next bill',
  not_carried: 'Negative result, counted as zero',
};

/**
 * A line of a bill in words, for people who read it on paper: what is paid for, at which rate, and for an adjustment
 * the start of the period that changed.
 */
export function lineWords({ kind, periodStart, strategy, rate }: LineFacts): string {
  if (kind !== 'period' && kind !== 'adjustment') return WHOLE_BILL[kind];
  const named = STRATEGIES[strategy ?? ''] ?? strategy ?? 'Commission';
  const words = rate === null ? named : `${named}, ${rate}`;
  if (kind === 'period') return words;
  return `${words}: changes in the period from ${periodStart.toISOString().slice(0, 10)}`;
}
