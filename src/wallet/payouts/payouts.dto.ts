import { ApiProperty } from '@nestjs/swagger';
import { MoneyDto } from '../../platform/index.js';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-method-types.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import { PAYOUT_BATCH_STATES } from '../domain/payout-batch-state.js';
import type { PayoutBatchState } from '../domain/payout-batch-state.js';
import { PAYOUT_LINE_STATES } from '../domain/payout-line-state.js';
import type { PayoutLineState } from '../domain/payout-line-state.js';
import { payoutReference } from '../domain/payout-reference.js';
import { PAYOUT_FILE_FORMATS } from './payout-batch.js';
import type { PayoutFileFormat } from './payout-batch.js';
import type { PayoutCandidates } from './payout-candidates.js';
import type { PayoutBatchView, PayoutLineView } from './payout-overview.service.js';

/** What a batch of these cash-outs would pay. */
export class PayoutCandidatesDto {
  /** Stands for exactly these cash-outs; hand it over when you make the batch. */
  fingerprint: string;
  /** How many cash-outs. */
  cashouts: number;
  total: MoneyDto;
}

/** Lines of one state. */
export class PayoutSumDto {
  @ApiProperty({ enum: PAYOUT_LINE_STATES })
  state: PayoutLineState;
  /** How many. */
  lines: number;
  amount: MoneyDto;
}

/** Cash-outs that are paid together. */
export class PayoutBatchDto {
  id: string;
  /**
   * How banks and providers name it.
   * @example "0QGQ8XN5W3J2C9F1D7K4M6P8R"
   */
  reference: string;
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  paymentMethodType: PaymentMethodTypeCode;
  /** @example "EUR" */
  currency: string;
  /** `unknown`: handed to a provider that has not answered; it is asked again until it does. */
  @ApiProperty({ enum: PAYOUT_BATCH_STATES })
  state: PayoutBatchState;
  /**
   * When banks are to pay.
   * @example "2026-11-30"
   */
  executionDate: string;
  /** Progress: how many lines are in which state. */
  sums: PayoutSumDto[];
  /** Why the provider refused the batch, or what it says that does not fit. */
  problem: string | null;
  @ApiProperty({ enum: PAYOUT_FILE_FORMATS, nullable: true })
  fileFormat: PayoutFileFormat | null;
  /** SHA-256 of the file's bytes. */
  fileSha256: string | null;
  /** How the provider names it. */
  providerBatchId: string | null;
  createdBy: string;
  createdAt: Date;
  approvedBy: string | null;
  approvedAt: Date | null;
  /** Who exported it or handed it over. */
  sentBy: string | null;
  sentAt: Date | null;
  /** When it was settled or cancelled. */
  endedAt: Date | null;
}

export class PayoutBatchPage {
  items: PayoutBatchDto[];
  nextCursor: string | null;
}

/** The account that a line goes to, masked. */
export class PayoutMethodDto {
  id: string;
  @ApiProperty({ enum: PAYMENT_METHOD_TYPES })
  type: PaymentMethodTypeCode;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { email: 'a****@example.com' },
  })
  fields: Record<string, string>;
}

/** One cash-out of a batch. */
export class PayoutLineDto {
  id: string;
  /** How banks and providers name it: the end-to-end id of a bank's payment. */
  reference: string;
  cashoutId: string;
  partnerId: string;
  @ApiProperty({ enum: PAYOUT_LINE_STATES })
  state: PayoutLineState;
  amount: MoneyDto;
  paymentMethod: PayoutMethodDto;
  /** What the bank, the provider or an operator said of it last. */
  reason: string | null;
  changedAt: Date;
}

export class PayoutLinePage {
  items: PayoutLineDto[];
  nextCursor: string | null;
}

/** A row of a file from which nothing was recorded. */
export class RefusedPayoutRowDto {
  /**
   * Where in the file.
   * @example "line 3"
   */
  place: string;
  /** The line as the file names it. */
  line: string | null;
  /** @example "UNKNOWN_LINE" */
  code: string;
  /** @example "The batch has no such line." */
  message: string;
}

/** What reading a file of results came to. */
export class ImportedPayoutResultsDto {
  /** Lines whose result was new. */
  recorded: number;
  /** Lines whose result was known. */
  unchanged: number;
  /** Lines that the file names without a result yet. */
  open: number;
  refused: RefusedPayoutRowDto[];
}

/** The candidates as the API answers them. */
export function toPayoutCandidatesDto({ total, ...candidates }: PayoutCandidates): PayoutCandidatesDto {
  return { ...candidates, total: total.toJSON() };
}

/** The batch as the API answers it. */
export function toPayoutBatchDto({ batch, sums }: PayoutBatchView): PayoutBatchDto {
  const {
    typeCode,
    firstAttemptAt: _first,
    openAttempts: _open,
    askAt: _ask,
    asked: _asked,
    ...shown
  } = batch;
  return {
    ...shown,
    reference: payoutReference(batch.id),
    paymentMethodType: typeCode,
    sums: sums.map((sum) => ({ ...sum, amount: sum.amount.toJSON() })),
  };
}

/** The line as the API answers it. */
export function toPayoutLineDto({ ownerId, amount, ...line }: PayoutLineView): PayoutLineDto {
  return { ...line, reference: payoutReference(line.id), partnerId: ownerId, amount: amount.toJSON() };
}
