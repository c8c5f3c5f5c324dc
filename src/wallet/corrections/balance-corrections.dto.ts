import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { IsId, IsText, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import { CORRECTION_STATES } from './correction-book.js';
import type { BalanceCorrection, CorrectionState } from './correction-book.js';

/** A correction to make. */
export class CorrectBalanceDto {
  @IsId()
  partnerId: string;

  /** Whether the amount is added to or taken off the available balance. */
  @IsIn(['add', 'subtract'])
  type: 'add' | 'subtract';

  /**
   * Currency of the balance.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;

  /**
   * Decimal string in major units, above zero.
   * @example "25.00"
   */
  @IsString()
  @MaxLength(40)
  amount: string;

  /**
   * Shown to the partner.
   * @example "Bonus for the autumn campaign"
   */
  @IsText(1_000)
  comment: string;

  /** Confirms that the available balance may go below zero; without it such a correction is refused. */
  @MayBeAbsent()
  @IsBoolean()
  overdraw: boolean = false;
}

/** Why a correction is refused. */
export class RejectCorrectionDto {
  /** @example "The bonus is in the bill already." */
  @IsText(1_000)
  comment: string;
}

/** Filters of the list of corrections. */
export class BalanceCorrectionsQuery extends PageQuery {
  @ApiProperty({ enum: CORRECTION_STATES, required: false, description: 'Only corrections in this state.' })
  @MayBeAbsent()
  @IsIn(CORRECTION_STATES)
  state?: CorrectionState;

  /** Only corrections of this partner's balances. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** A correction of an available balance. */
export class BalanceCorrectionDto {
  id: string;
  partnerId: string;
  type: 'add' | 'subtract';
  /** Above zero; `type` gives the sign. */
  amount: MoneyDto;
  comment: string;
  /** Whether it was confirmed that the balance may go below zero. */
  mayOverdraw: boolean;
  /** `pending` waits for a second operator; `posted` is in the balance. */
  @ApiProperty({ enum: CORRECTION_STATES })
  state: CorrectionState;
  /** The operator who entered it. */
  requestedBy: string;
  createdAt: Date;
  /** The second operator, where one was needed. */
  decidedBy: string | null;
  decidedAt: Date | null;
  /** Why it was refused. */
  decisionComment: string | null;
}

export class BalanceCorrectionPage {
  items: BalanceCorrectionDto[];
  nextCursor: string | null;
}

/** The correction as operators see it. */
export function toBalanceCorrectionDto({
  ownerId,
  amount,
  ...correction
}: BalanceCorrection): BalanceCorrectionDto {
  const adds = !amount.isNegative();
  return {
    ...correction,
    partnerId: ownerId,
    type: adds ? 'add' : 'subtract',
    amount: (adds ? amount : amount.negate()).toJSON(),
  };
}
