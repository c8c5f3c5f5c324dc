import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import {
  invalidField,
  IsDay,
  IsDayOrTime,
  IsId,
  IsKnownCurrency,
  IsText,
  MayBeAbsent,
  Money,
  PageQuery,
  toTimeRange,
} from '../../platform/index.js';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-method-types.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import { PAYOUT_BATCH_STATES } from '../domain/payout-batch-state.js';
import type { PayoutBatchState } from '../domain/payout-batch-state.js';
import { PAYOUT_LINE_STATES, PAYOUT_OUTCOMES } from '../domain/payout-line-state.js';
import type { PayoutLineState, PayoutOutcome } from '../domain/payout-line-state.js';
import type { PayoutSelection } from './payout-batches.service.js';
import { MOST_LINES } from './payout-candidates.js';
import type { PayoutFilter } from './payout-candidates.js';

/** Which open cash-outs could be paid together. */
export class PayoutCandidatesQuery {
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  @IsIn(PAYMENT_METHOD_TYPES)
  paymentMethodType: PaymentMethodTypeCode;

  /** @example "EUR" */
  @IsKnownCurrency()
  currency: string;

  /** Only cash-outs of this partner. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /**
   * Only cash-outs that were requested before this time or UTC day.
   * @example "2026-11-30"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  requestedBefore?: string;

  /**
   * Only cash-outs of at most this amount, in the currency.
   * @example "500.00"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  amountAtMost?: string;
}

/** The cash-outs of a new batch: by their ids, or all that the filters find. */
export class CreatePayoutBatchDto extends PayoutCandidatesQuery {
  /** Exactly these cash-outs; the other filters are left out then. */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(MOST_LINES)
  @ArrayNotEmpty()
  @IsId({ each: true })
  cashoutIds?: string[];

  /** What `payout-candidates` gave for the same filters: exactly these cash-outs are taken. Needed without ids. */
  @MayBeAbsent()
  @Matches(/^[0-9a-f]{64}$/, { message: 'fingerprint must be the one that payout-candidates gave' })
  fingerprint?: string;

  /**
   * When banks are to pay, not in the past; today (UTC) when left out.
   * @example "2026-11-30"
   */
  @MayBeAbsent()
  @IsDay()
  executionDate?: string;
}

/** Filters of the list of batches. */
export class PayoutBatchesQuery extends PageQuery {
  @ApiProperty({ enum: PAYOUT_BATCH_STATES, required: false })
  @MayBeAbsent()
  @IsIn(PAYOUT_BATCH_STATES)
  state?: PayoutBatchState;

  @ApiProperty({ enum: PAYMENT_METHOD_TYPES, required: false })
  @MayBeAbsent()
  @IsIn(PAYMENT_METHOD_TYPES)
  paymentMethodType?: PaymentMethodTypeCode;

  /** @example "EUR" */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;
}

/** Filters of the list of a batch's lines. */
export class PayoutLinesQuery extends PageQuery {
  @ApiProperty({ enum: PAYOUT_LINE_STATES, required: false })
  @MayBeAbsent()
  @IsIn(PAYOUT_LINE_STATES)
  state?: PayoutLineState;
}

/** What became of one payment. */
export class MarkPayoutLineDto {
  @ApiProperty({ enum: PAYOUT_OUTCOMES })
  @IsIn(PAYOUT_OUTCOMES)
  outcome: PayoutOutcome;

  /**
   * Shown to the partner; needed where the payment failed.
   * @example "The account is closed."
   */
  @MayBeAbsent()
  @IsText(500)
  reason?: string;
}

/** A file of results. */
export class ImportPayoutResultsDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'pain.002.001.10, or CSV in UTF-8.' })
  file: unknown;
}

/** The filters of a request. @throws DomainError INVALID_AMOUNT (422) */
export function toPayoutFilter(dto: PayoutCandidatesQuery): PayoutFilter {
  const { paymentMethodType, currency, partnerId, requestedBefore, amountAtMost } = dto;
  return {
    ...{ paymentMethodType, currency, partnerId },
    requestedBefore: toTimeRange({ from: requestedBefore }).from,
    ...(amountAtMost !== undefined && {
      amountAtMost: Money.parseNonNegative(amountAtMost, currency, 'amountAtMost'),
    }),
  };
}

/** What a new batch is to pay. @throws DomainError VALIDATION_FAILED (422), and as {@link toPayoutFilter} */
export function toPayoutSelection({
  cashoutIds,
  fingerprint,
  ...filters
}: CreatePayoutBatchDto): PayoutSelection {
  const filter = toPayoutFilter(filters);
  if (cashoutIds === undefined) {
    if (fingerprint !== undefined) return { filter, fingerprint };
    throw invalidField('fingerprint', 'is needed: the one that payout-candidates gave for these filters');
  }
  const { paymentMethodType, currency, ...narrowing } = filter;
  const both = Object.entries(narrowing).find(([, value]) => value !== undefined);
  if (both) throw invalidField(both[0], 'must be left out where the cash-outs are named by their ids');
  return { paymentMethodType, currency, cashoutIds };
}
