import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import {
  IsKnownCurrency,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  MoneyDto,
  TimeRangeQuery,
  toTimeRange,
  type FileCell,
} from '../platform/index.js';
import { TRANSACTION_FILTERS, TRANSACTION_TYPES } from './domain/transaction-type.js';
import type { TransactionFilterType, TransactionType } from './domain/transaction-type.js';
import { assertAmountRange, IsAmount } from './is-amount.js';
import { TRANSACTION_SORTS } from './transactions.service.js';
import type { Transaction, TransactionFilter, TransactionSort } from './transactions.service.js';
import type { Balance } from './wallets.service.js';

/** Money of one currency, by where it stands. */
export class BalanceDto {
  /** @example "EUR" */
  currency: string;
  /** Free to withdraw. */
  available: MoneyDto;
  /** In pending cash-outs. */
  processing: MoneyDto;
  /** Paid out so far, refunds taken off. */
  paid: MoneyDto;
  /** Earned and waiting for approval: not in the balance yet. */
  pending: MoneyDto;
  /** Earned and held back for now. */
  onHold: MoneyDto;
}

export class WalletDto {
  /** One per currency that ever moved, or in which something is earned. */
  balances: BalanceDto[];
}

/** Filters of the transaction list. */
export class TransactionsQuery extends TimeRangeQuery {
  @ApiProperty({
    enum: TRANSACTION_FILTERS,
    required: false,
    description: 'Only transactions of this type; `payment` stands for cash-outs and refunds.',
  })
  @MayBeAbsent()
  @IsIn(TRANSACTION_FILTERS)
  type?: TransactionFilterType;

  /** Only what was added to (`in`) or taken off (`out`) the available balance. */
  @MayBeAbsent()
  @IsIn(['in', 'out'])
  direction?: 'in' | 'out';

  /**
   * Only this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;

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

  /** Latest or oldest first. */
  @MayBeAbsent()
  @IsIn(TRANSACTION_SORTS)
  sort: TransactionSort = '-createdAt';

  /** `csv` and `xlsx` give all of them as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** A change of the available balance. */
export class TransactionDto {
  id: string;
  @ApiProperty({ enum: TRANSACTION_TYPES })
  type: TransactionType;
  /** Added to or taken off the available balance. */
  direction: 'in' | 'out';
  /** Above zero; `direction` gives the sign. */
  amount: MoneyDto;
  /** The available balance right after it. */
  balanceAfter: MoneyDto;
  /** Identifier of the bill or cash-out that caused it. */
  reference: string;
  memo: string | null;
  createdAt: Date;
}

export class TransactionPage {
  items: TransactionDto[];
  nextCursor: string | null;
}

/** The balance as the API answers it. */
export function toBalanceDto({ currency, ...states }: Balance): BalanceDto {
  return {
    currency,
    available: states.available.toJSON(),
    processing: states.processing.toJSON(),
    paid: states.paid.toJSON(),
    pending: states.pending.toJSON(),
    onHold: states.onHold.toJSON(),
  };
}

export function toTransactionDto(transaction: Transaction): TransactionDto {
  const { amount, balanceAfter } = transaction;
  return { ...transaction, amount: amount.toJSON(), balanceAfter: balanceAfter.toJSON() };
}

/**
 * The filter that a query means: both times included, a day as a whole.
 * @throws DomainError VALIDATION_FAILED (400) for a range that ends before it begins
 */
export function toTransactionFilter(
  ownerId: string,
  { from, to, format: _format, ...query }: TransactionsQuery,
): TransactionFilter {
  assertAmountRange(query);
  return { ...query, ownerId, ...toTimeRange({ from, to }) };
}

/** Titles of the columns of {@link toTransactionCells}. */
export const TRANSACTION_HEADER = [
  'ID',
  'Created',
  'Type',
  'Direction',
  'Amount',
  'Balance after',
  'Currency',
  'Reference',
  'Memo',
];

/** A transaction as a row of a file; what is taken off is below zero. */
export function toTransactionCells(transaction: Transaction): FileCell[] {
  const { id, createdAt, type, direction, amount, balanceAfter, reference, memo } = transaction;
  const signed = direction === 'out' ? amount.negate() : amount;
  return [
    id,
    createdAt,
    type,
    direction,
    { decimal: signed.toString() },
    { decimal: balanceAfter.toString() },
    amount.currency,
    reference,
    memo,
  ];
}
