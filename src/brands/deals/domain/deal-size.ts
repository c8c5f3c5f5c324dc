import { invalidField, Money } from '../../../platform/index.js';

export const DEAL_KINDS = ['discount', 'bonus'] as const;
export type DealKind = (typeof DEAL_KINDS)[number];

/** How much a deal is worth to who buys, as clients write it: one of the two. */
export interface DealSize {
  /** Decimal string with at most two decimals. */
  percent?: string;
  amount?: { amount: string; currency: string };
}

/** The same as it is stored. */
export interface StoredSize {
  /** Basis points. */
  bps: number | null;
  money: Money | null;
}

const PERCENT = /^(0|[1-9]\d{0,3})(?:\.(\d{1,2}))?$/;
const WHOLE_BPS = 10_000;
/** A bonus may be a multiple of what is paid in, but not any. */
const MOST_BPS = 100 * WHOLE_BPS;

/**
 * Reads the size of a deal: per cent or an amount, above zero; nobody gives more than all of a price as a discount.
 * @throws DomainError VALIDATION_FAILED, INVALID_AMOUNT, INVALID_CURRENCY (422)
 */
export function readSize(kind: DealKind, { percent, amount }: DealSize): StoredSize {
  if ((percent === undefined) === (amount === undefined))
    throw invalidField('size', 'must have either percent or amount');
  if (amount !== undefined)
    return { bps: null, money: Money.parse(amount.amount, amount.currency, 'size.amount.amount') };
  const match = PERCENT.exec(percent!);
  const bps = match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : 0;
  const most = kind === 'discount' ? WHOLE_BPS : MOST_BPS;
  if (bps < 1 || bps > most) {
    const form = `must be a decimal string above 0 up to ${most / 100}, with at most two decimals, such as '12.5'`;
    throw invalidField('size.percent', form);
  }
  return { bps, money: null };
}

/** The size as clients read it; per cent without needless zeros. */
export function showSize({ bps, money }: StoredSize): DealSize {
  return money ? { amount: money.toJSON() } : { percent: String(bps! / 100) };
}
