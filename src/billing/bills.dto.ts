import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsOptional, ValidateIf, ValidateNested } from 'class-validator';
import { IsDay, IsId, IsKnownCurrency, IsText, MayBeAbsent, MoneyDto, PageQuery } from '../platform/index.js';
import { CORRECTION_TYPES } from './bill-correction.entity.js';
import type { CorrectionType } from './bill-correction.entity.js';
import { BILL_SORTS, type BillSort } from './bill-sorts.js';
import { LINE_KINDS } from './domain/bill-lines.js';
import type { LineKind } from './domain/bill-lines.js';
import { HOLD_REASONS, type HoldReason } from './bill-hold.entity.js';
import { BILL_STATES } from './domain/bill-state.js';
import type { BillState } from './domain/bill-state.js';

/** Filters of the bill list. */
export class BillsQuery extends PageQuery {
  /** Only bills in this state. */
  @ApiProperty({ enum: BILL_STATES, required: false })
  @IsOptional()
  @IsIn(BILL_STATES)
  state?: BillState;

  /** Only bills for this brand. */
  @IsOptional()
  @IsId()
  brandId?: string;

  /** Only bills by this commission plan. */
  @IsOptional()
  @IsId()
  planId?: string;

  /**
   * Only bills in this currency.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;

  /**
   * Only bills whose period ends on this day or later.
   * @example "2026-10-01"
   */
  @IsOptional()
  @IsDay()
  from?: string;

  /**
   * Only bills whose period starts on this day or earlier.
   * @example "2026-10-31"
   */
  @IsOptional()
  @IsDay()
  to?: string;

  /**
   * By when they were made, by their period's first day, by the amount to be paid (in the order of the currencies),
   * or by state; a minus turns the order round. Bills that are alike follow in the order of when they were made.
   */
  @ApiProperty({ enum: BILL_SORTS, required: false, default: '-createdAt' })
  @MayBeAbsent()
  @IsIn(BILL_SORTS)
  sort: BillSort = '-createdAt';
}

/** Filters of the operators' bill list. */
export class OperatorBillsQuery extends BillsQuery {
  /** Only bills of this partner. */
  @IsOptional()
  @IsId()
  partnerId?: string;

  /** Only bills made by this bill run. */
  @IsOptional()
  @IsId()
  runId?: string;
}

/** A thing that the bill names. */
export class BillPartyDto {
  id: string;
  /** @example "Lucky Fox Casino" */
  name: string;
}

/** The commission plan of a bill, at the version by which it was calculated. */
export class BillPlanDto extends BillPartyDto {
  /** @example 1 */
  version: number;
}

/** The period that a bill is for. */
export class BillPeriodDto {
  /** First instant. */
  start: Date;
  /** First instant after the period. */
  end: Date;
  /**
   * First day in the plan's zone.
   * @example "2026-10-01"
   */
  firstDay: string;
  /**
   * Last day in the plan's zone, inclusive.
   * @example "2026-10-31"
   */
  lastDay: string;
  /** @example "Europe/Berlin" */
  timeZone: string;
}

/** What a bill comes to in the coin that its plan pays out; null until the rate of its period's end is known. */
export class BillPayoutDto {
  /** @example "BTC" */
  currency: string;
  /** The issued amount in coin. */
  @ApiProperty({ type: MoneyDto, nullable: true })
  issued: MoneyDto | null;
  /** The payable amount in coin: what approving credits. */
  @ApiProperty({ type: MoneyDto, nullable: true })
  payable: MoneyDto | null;
  /**
   * Coins for one unit of the bill's currency, fixed for good; of 18 digits.
   * @example "0.00001"
   */
  @ApiProperty({ type: String, nullable: true })
  rate: string | null;
  /**
   * Day of the rate: the period's last one, or the last one before it that has a rate.
   * @example "2026-10-30"
   */
  @ApiProperty({ type: String, nullable: true })
  rateDay: string | null;
}

/** Why a bill is on hold. */
export class BillHoldDto {
  /**
   * `holding_time`: the plan holds its bills for some days after their period; `review`: something about the traffic is
   * being looked at; `operator`: an operator put it on hold. The bill is pending again when no reason is left.
   */
  @ApiProperty({ enum: HOLD_REASONS })
  reason: HoldReason;
  /** When a holding time is over; null for other reasons. */
  @ApiProperty({ type: Date, nullable: true })
  until: Date | null;
  /** Since when it is held for this. */
  placedAt: Date;
}

/** A bill in a list. */
export class BillSummaryDto {
  id: string;
  /** The partner who is paid. */
  partner: BillPartyDto;
  brand: BillPartyDto;
  plan: BillPlanDto;
  @ApiProperty({ enum: BILL_STATES })
  state: BillState;
  /** Why it is on hold; empty when it is not. */
  holds: BillHoldDto[];
  period: BillPeriodDto;
  /** Issued amount: the sum of the lines. */
  issued: MoneyDto;
  /** Amount to be paid: issued plus corrections. */
  payable: MoneyDto;
  /** Null where the bill is paid in its own currency. */
  @ApiProperty({ type: BillPayoutDto, nullable: true })
  payout: BillPayoutDto | null;
  createdAt: Date;
  /** When the first of two operators approved it, whom a large bill needs; a correction takes that back. */
  @ApiProperty({ type: Date, nullable: true })
  approvedOnceAt: Date | null;
  /** When it was paid or cancelled. */
  @ApiProperty({ type: Date, nullable: true })
  processedAt: Date | null;
  /** Why it was cancelled. */
  @ApiProperty({ type: String, nullable: true })
  cancelReason: string | null;
}

/** One line of a bill with everything that explains its amount. */
export class BillLineDto {
  id: string;
  /**
   * `period` pays for the bill's own period, `adjustment` for what changed in another one since it was billed;
   * `carry_in` takes over what earlier bills left, mostly a debt, `carry_out` leaves a debt to the next bill,
   * `not_carried` counts a negative period as zero.
   */
  @ApiProperty({ enum: LINE_KINDS })
  kind: LineKind;
  /** Start of the period that the line pays for. */
  periodStart: Date;
  /**
   * Strategy of the plan; null for lines about the whole bill.
   * @example "revshare"
   */
  @ApiProperty({ type: String, nullable: true })
  strategy: string | null;
  @ApiProperty({ type: String, nullable: true })
  campaignId: string | null;
  @ApiProperty({ type: String, nullable: true })
  promoId: string | null;
  /**
   * Players, orders or partners that are paid for; negative in an adjustment downwards.
   * @example 3
   */
  quantity: number;
  /** Amount that the rate applies to; null where the strategy has none. */
  @ApiProperty({ type: MoneyDto, nullable: true })
  base: MoneyDto | null;
  /**
   * Rate or tier in words.
   * @example "25%"
   */
  @ApiProperty({ type: String, nullable: true })
  rate: string | null;
  amount: MoneyDto;
  /** How the amount came about: formula, base, tier and, in an adjustment, what was billed before. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { formula: 'cpa', qualifiedPlayers: 3, perPlayer: '50.00' },
  })
  explanation: Record<string, unknown>;
}

/** A correction of what a bill pays. */
export class BillCorrectionDto {
  id: string;
  @ApiProperty({ enum: CORRECTION_TYPES })
  type: CorrectionType;
  amount: MoneyDto;
  /** @example "Bonus agreed for October" */
  comment: string;
  createdAt: Date;
}

/** A bill with its lines and corrections. */
export class BillDto extends BillSummaryDto {
  lines: BillLineDto[];
  corrections: BillCorrectionDto[];
}

/** A fraud signal about something that a bill pays for. */
export class BillSignalDto {
  id: string;
  /** @example "self_referral_email" */
  rule: string;
  @ApiProperty({ enum: ['open', 'confirmed'] })
  state: 'open' | 'confirmed';
  /** Whom or what it is about; both null when it is about the promo. */
  @ApiProperty({ type: String, nullable: true })
  playerId: string | null;
  @ApiProperty({ type: String, nullable: true })
  orderId: string | null;
  promoId: string;
}

/** A bill as operators see it. */
export class OperatorBillDto extends BillDto {
  /** Open and confirmed fraud signals about what it pays for: it is neither approved nor released while one is open. */
  fraudSignals: BillSignalDto[];
}

/** A page of bills. */
export class BillPageDto {
  items: BillSummaryDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** Why a bill is cancelled. */
export class CancelBillDto {
  /**
   * Shown to the partner.
   * @example "Traffic was bought on the brand's own name"
   */
  @IsText(1000)
  reason: string;
}

/** A correction to make. */
@ApiExtraModels(MoneyDto)
export class CorrectBillDto {
  @ApiProperty({ enum: CORRECTION_TYPES })
  @IsIn(CORRECTION_TYPES)
  type: CorrectionType;

  /** Above zero: an amount with its currency, or a decimal string in the bill's currency. */
  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(MoneyDto) }, { type: 'string', pattern: String.raw`^\d+(\.\d+)?$` }],
    example: { amount: '5.00', currency: 'EUR' },
  })
  @IsDefined()
  @ValidateIf(({ amount }: { amount: unknown }) => typeof amount !== 'string')
  @ValidateNested({ message: 'amount must be a decimal string, or an object with amount and currency' })
  @Type(() => MoneyDto)
  amount: MoneyDto | string;

  /** @example "Bonus agreed for October" */
  @IsText(1000)
  comment: string;
}
