import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, MaxLength } from 'class-validator';
import {
  type FileCell,
  IsDayOrTime,
  IsId,
  IsKnownCurrency,
  IsText,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  MoneyDto,
  TimeRangeQuery,
  toTimeRange,
} from '../platform/index.js';
import type { Cashout, CashoutFilter } from './cashout-history.service.js';
import { CASHOUT_SORTS } from './cashout-order.js';
import type { CashoutSort } from './cashout-order.js';
import { CASHOUT_STATES } from './domain/cashout-state.js';
import type { CashoutState } from './domain/cashout-state.js';
import { PAYMENT_METHOD_TYPES } from './domain/payment-method-types.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-types.js';
import { assertAmountRange, IsAmount } from './is-amount.js';

export class RequestCashoutDto {
  /**
   * Currency of the balance to withdraw from.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;

  /**
   * Decimal string in major units, within the limits of the payment method's type.
   * @example "125.50"
   */
  @IsString()
  @MaxLength(40)
  amount: string;

  /** One of your payment methods. */
  @IsId()
  paymentMethodId: string;
}

/** An operator's decision. */
export class DecideCashoutDto {
  /**
   * Shown to the partner.
   * @example "The bank returned the transfer."
   */
  @MayBeAbsent()
  @IsText(1_000)
  comment?: string;
}

/** What of a payment came back. */
export class RefundCashoutDto extends DecideCashoutDto {
  /**
   * Decimal string in major units of the payment's currency; all that is left of the payment when absent.
   * @example "25.50"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  amount?: string;
}

/** Filters of the cash-out list; `from` and `to` limit when they were created. */
export class CashoutsQuery extends TimeRangeQuery {
  @ApiProperty({ enum: CASHOUT_STATES, required: false, description: 'Only cash-outs in this state.' })
  @MayBeAbsent()
  @IsIn(CASHOUT_STATES)
  state?: CashoutState;

  /**
   * Only cash-outs in this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;

  @ApiProperty({
    enum: PAYMENT_METHOD_TYPES,
    required: false,
    description: 'Only cash-outs to this payment system.',
  })
  @MayBeAbsent()
  @IsIn(PAYMENT_METHOD_TYPES)
  type?: PaymentMethodTypeCode;

  /**
   * Only amounts from this one on, within each currency.
   * @example "10.00"
   */
  @MayBeAbsent()
  @IsAmount()
  minAmount?: string;

  /**
   * Only amounts up to this one, within each currency.
   * @example "500.00"
   */
  @MayBeAbsent()
  @IsAmount()
  maxAmount?: string;

  /**
   * Only what was finished at this time or on this UTC day, or later.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  finishedFrom?: string;

  /**
   * Only what was finished up to this time or through this UTC day.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  finishedTo?: string;

  /** What the list is sorted by: `-` puts the latest or the largest first; amounts are sorted within each currency. */
  @MayBeAbsent()
  @IsIn(CASHOUT_SORTS)
  sort: CashoutSort = '-createdAt';

  /** `csv` and `xlsx` give all of them as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** Filters of the operators' cash-out list. */
export class OperatorCashoutsQuery extends CashoutsQuery {
  /** Only cash-outs of this partner. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** Where a cash-out is paid to, masked. */
export class CashoutMethodDto {
  id: string;
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  type: PaymentMethodTypeCode;
  /**
   * The payment system.
   * @example "Bank transfer"
   */
  title: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { email: 'a****@example.com' },
  })
  fields: Record<string, string>;
}

/** The payment that a refund gave back. */
export class OriginalPaymentDto {
  cashoutId: string;
  amount: MoneyDto;
  acceptedAt: Date;
}

/** Money of a payment that came back. */
export class RefundDto {
  id: string;
  amount: MoneyDto;
  comment: string | null;
  createdAt: Date;
}

/** A request to be paid, and what became of it. */
export class CashoutDto {
  id: string;
  amount: MoneyDto;
  @ApiProperty({ enum: CASHOUT_STATES })
  state: CashoutState;
  paymentMethod: CashoutMethodDto;
  /** What was said of it last, with the decision or a refund; each refund's own words are in `refunds`. */
  comment: string | null;
  createdAt: Date;
  /** When the payment was accepted. */
  acceptedAt: Date | null;
  /** When it was accepted, cancelled or refunded last; null while pending. */
  finishedAt: Date | null;
  /** How much of the payment came back. */
  refunded: MoneyDto;
  /** By which steps, in their order. */
  refunds: RefundDto[];
  /** The payment that a refund gave back. */
  originalPayment: OriginalPaymentDto | null;
}

export class CashoutPage {
  items: CashoutDto[];
  nextCursor: string | null;
}

/** A cash-out as operators see it. */
export class OperatorCashoutDto extends CashoutDto {
  partnerId: string;
}

export class OperatorCashoutPage {
  items: OperatorCashoutDto[];
  nextCursor: string | null;
}

/** The cash-out as its owner sees it. */
export function toCashoutDto({ ownerId: _ownerId, ...cashout }: Cashout): CashoutDto {
  const { originalPayment, refunds } = cashout;
  return {
    ...cashout,
    amount: cashout.amount.toJSON(),
    refunded: cashout.refunded.toJSON(),
    refunds: refunds.map(({ amount, ...refund }) => ({ ...refund, amount: amount.toJSON() })),
    originalPayment: originalPayment && { ...originalPayment, amount: originalPayment.amount.toJSON() },
  };
}

/** The cash-out as operators see it. */
export function toOperatorCashoutDto(cashout: Cashout): OperatorCashoutDto {
  return { ...toCashoutDto(cashout), partnerId: cashout.ownerId };
}

/**
 * The query as the list takes it: both ends of times included, a day as a whole.
 * @throws DomainError VALIDATION_FAILED (400) for a range that ends before it begins
 */
export function toCashoutFilter({ partnerId, from, to, ...query }: OperatorCashoutsQuery): CashoutFilter {
  const { finishedFrom, finishedTo, format: _format, ...filter } = query;
  assertAmountRange(filter);
  const finished = toTimeRange(
    { from: finishedFrom, to: finishedTo },
    { from: 'finishedFrom', to: 'finishedTo' },
  );
  return {
    ...filter,
    ownerId: partnerId,
    ...toTimeRange({ from, to }),
    finishedFrom: finished.from,
    finishedBefore: finished.before,
  };
}

/** Titles of the columns of {@link toCashoutCells}. */
export const CASHOUT_HEADER = [
  'ID',
  'Created',
  'Finished',
  'State',
  'Payment system',
  'Account',
  'Amount',
  'Refunded',
  'Currency',
  'Comment',
];

/** A cash-out as a row of a file, its account masked. */
export function toCashoutCells(cashout: Cashout): FileCell[] {
  const { id, createdAt, finishedAt, state, paymentMethod, amount, refunded, comment } = cashout;
  return [
    id,
    createdAt,
    finishedAt,
    state,
    paymentMethod.title,
    Object.values(paymentMethod.fields).join(', '),
    { decimal: amount.toString() },
    { decimal: refunded.toString() },
    amount.currency,
    comment,
  ];
}

export const OPERATOR_CASHOUT_HEADER = ['Partner ID', ...CASHOUT_HEADER];

/** A cash-out as a row of an operator's file. */
export function toOperatorCashoutCells(cashout: Cashout): FileCell[] {
  return [cashout.ownerId, ...toCashoutCells(cashout)];
}
