import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches } from 'class-validator';
import { MayBeAbsent, MoneyDto, TimeRangeQuery, toTimeRange } from '../platform/index.js';
import { TRANSACTION_TYPES } from './domain/transaction-type.js';
import type { TransactionType } from './domain/transaction-type.js';
import type { Transaction, TransactionFilter } from './transactions.service.js';
import type { Balance } from './wallets.service.js';

const AMOUNT = /^\d{1,30}(\.\d{1,18})?$/;
const AMOUNT_MESSAGE = { message: "$property must be a plain decimal string such as '125.50'" };

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
}

export class WalletDto {
  /** One per currency that ever moved. */
  balances: BalanceDto[];
}

/** Filters of the transaction list. */
export class TransactionsQuery extends TimeRangeQuery {
  @ApiProperty({ enum: TRANSACTION_TYPES, required: false, description: 'Only transactions of this type.' })
  @MayBeAbsent()
  @IsIn(TRANSACTION_TYPES)
  type?: TransactionType;

  /** Only what was added to (`in`) or taken off (`out`) the available balance. */
  @MayBeAbsent()
  @IsIn(['in', 'out'])
  direction?: 'in' | 'out';

  /**
   * Only this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @Length(3, 5)
  @IsString()
  currency?: string;

  /**
   * Only amounts from this one on, within each currency.
   * @example "10.00"
   */
  @MayBeAbsent()
  @Matches(AMOUNT, AMOUNT_MESSAGE)
  minAmount?: string;

  /**
   * Only amounts up to this one, within each currency.
   * @example "500.00"
   */
  @MayBeAbsent()
  @Matches(AMOUNT, AMOUNT_MESSAGE)
  maxAmount?: string;
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

export function toBalanceDto({ currency, available, processing, paid }: Balance): BalanceDto {
  return { currency, available: available.toJSON(), processing: processing.toJSON(), paid: paid.toJSON() };
}

export function toTransactionDto(transaction: Transaction): TransactionDto {
  const { amount, balanceAfter } = transaction;
  return { ...transaction, amount: amount.toJSON(), balanceAfter: balanceAfter.toJSON() };
}

/** The filter that a query means: both times included, a day as a whole. */
export function toTransactionFilter(
  ownerId: string,
  { from, to, ...query }: TransactionsQuery,
): TransactionFilter {
  return { ...query, ownerId, ...toTimeRange({ from, to }) };
}
