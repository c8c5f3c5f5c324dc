import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MaxLength } from 'class-validator';
import {
  invalidField,
  IsDay,
  IsDayOrTime,
  IsId,
  IsKnownCurrency,
  MayBeAbsent,
  Money,
  MoneyDto,
  refuseBackwards,
  toTimeRange,
} from '../../platform/index.js';
import { APPROVAL_PROSPECTS } from '../domain/approval-prospect.js';
import type { ApprovalProspect } from '../domain/approval-prospect.js';
import type { ApprovalFilters, ApprovalPreview } from './bill-selection.js';
import type { ApprovalRunView } from './bulk-approvals.service.js';

/** Which pending bills to approve; all without a filter. */
export class ApproveBillsDto {
  @MayBeAbsent()
  @IsId()
  planId?: string;

  @MayBeAbsent()
  @IsId()
  brandId?: string;

  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /**
   * Only bills in this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;

  /**
   * Only bills whose period starts on this day or later.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  firstDay?: string;

  /**
   * Only bills whose period ends on this day or earlier.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  lastDay?: string;

  /**
   * Only bills that were made before this time or UTC day.
   * @example "2026-11-30"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  createdBefore?: string;

  /**
   * Only bills that pay at most this much; needs `currency`.
   * @example "500.00"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  amountAtMost?: string;

  /** Only show what approving would come to. */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;

  /** The `fingerprint` that a dry run gave: exactly what it showed is approved. Required unless it is a dry run. */
  @MayBeAbsent()
  @Matches(/^[0-9a-f]{64}$/, { message: 'fingerprint must be the one that a dry run gave' })
  fingerprint?: string;
}

/** Bills that share a fate and a currency. */
export class ApprovalSumDto {
  /**
   * `paid`: the approval pays them; `approved_once`: they are above the limit, and another operator has to approve them
   * too. Not approved: `held` bills, those that you have approved the first time (`same_operator`), and those of partners
   * whose data are erased (`partner_erased`), which may be cancelled.
   */
  @ApiProperty({ enum: APPROVAL_PROSPECTS })
  prospect: ApprovalProspect;
  /** How many. */
  bills: number;
  /** What they pay together. */
  payable: MoneyDto;
  /** What they come to in coin, where they are paid out in one. */
  @ApiProperty({ type: MoneyDto, nullable: true })
  payout: MoneyDto | null;
}

/** What approving the bills comes to. */
export class BulkApprovalDto {
  /** Stands for exactly these bills as they are now. */
  fingerprint: string;
  /** As of when; the database's time is the same for all of it. */
  asOf: Date;
  /** How many the filters find. */
  bills: number;
  /** By prospect and currency. */
  sums: ApprovalSumDto[];
  /** The approval that has begun; null for a dry run. */
  @ApiProperty({ type: String, nullable: true })
  runId: string | null;
}

/** How far an approval of many bills is. */
export class BillApprovalRunDto {
  id: string;
  /** Null while it goes on. */
  @ApiProperty({ type: Date, nullable: true })
  finishedAt: Date | null;
  createdAt: Date;
  requestedBy: string;
  /** Bills whose turn has not come. */
  waiting: number;
  paid: number;
  /** Bills that another operator has to approve too. */
  approvedOnce: number;
  /** Bills that were not approved. */
  refused: number;
}

/** A bill that was not approved. */
export class RefusedBillDto {
  billId: string;
  /** @example "BILL_ON_HOLD" */
  code: string;
  /** @example "The bill is on hold: release it, or approve it alone." */
  reason: string;
}

/** A page of bills that were not approved. */
export class RefusedBillPageDto {
  items: RefusedBillDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** The filters of a request. @throws DomainError INVALID_AMOUNT, VALIDATION_FAILED (422, or 400 for days backwards) */
export function toApprovalFilters(dto: ApproveBillsDto): ApprovalFilters {
  const { planId, brandId, partnerId, currency, firstDay, lastDay, createdBefore, amountAtMost } = dto;
  if (amountAtMost !== undefined && currency === undefined) {
    throw invalidField('currency', 'is needed with amountAtMost');
  }
  refuseBackwards({ from: firstDay, to: lastDay }, { from: 'firstDay', to: 'lastDay' });
  return {
    ...{ planId, brandId, partnerId, currency, firstDay, lastDay },
    createdBefore: toTimeRange({ from: createdBefore }).from,
    ...(amountAtMost !== undefined && {
      amountAtMost: Money.parseNonNegative(amountAtMost, currency!, 'amountAtMost'),
    }),
  };
}

/** The preview as the API answers it. */
export function toBulkApproval(
  { fingerprint, bills, sums }: ApprovalPreview,
  asOf: Date,
  runId: string | null,
): BulkApprovalDto {
  const shown = sums.map(({ prospect, bills: count, payable, payout }) => ({
    prospect,
    bills: count,
    payable: payable.toJSON(),
    payout: payout && payout.toJSON(),
  }));
  return { fingerprint, asOf, bills, sums: shown, runId };
}

/** The run as the API answers it. */
export function toApprovalRun({ run, ...counts }: ApprovalRunView): BillApprovalRunDto {
  const { id, requestedBy, createdAt, finishedAt } = run;
  return { id, requestedBy, createdAt, finishedAt, ...counts };
}
