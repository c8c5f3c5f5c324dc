import { ApiProperty } from '@nestjs/swagger';
import { MoneyDto } from '../../platform/index.js';
import { BillPlanDto } from '../bills.dto.js';
import { BILL_STATES } from '../domain/bill-state.js';
import type { BillState } from '../domain/bill-state.js';

/** How it stands with a player's qualification. */
export const PLAYER_OUTCOMES = [
  'qualified',
  'to_be_revoked',
  'revoked',
  'awaits_bill_run',
  'awaits_period_end',
  'not_qualified',
  'not_paid_for',
] as const;
export type PlayerOutcome = (typeof PLAYER_OUTCOMES)[number];

const CRITERIA = [
  'good_standing',
  'country',
  'first_deposit',
  'deposits_sum',
  'deposits_count',
  'wager',
] as const;

/** A player as partners may know it. */
export class ExplainedPlayerDto {
  id: string;
  /**
   * The brand's own id of the player.
   * @example "p-1001"
   */
  externalId: string;
  /** @example "DE" */
  @ApiProperty({ type: String, nullable: true })
  country: string | null;
  signedUpAt: Date;
  /**
   * Why the player is never paid for; empty for a player in good standing.
   * @example ["duplicate"]
   */
  flags: string[];
}

/** One criterion: what is asked for, and how far the player has come. */
export class ExplainedCriterionDto {
  @ApiProperty({ enum: CRITERIA })
  criterion: (typeof CRITERIA)[number];
  /**
   * In words.
   * @example "First deposit"
   */
  title: string;
  /**
   * What must be reached: an amount in the plan's currency, a number or countries; null where nothing is counted.
   * @example "20.00"
   */
  @ApiProperty({ type: String, nullable: true })
  required: string | null;
  /**
   * What was reached by everything that counts; for `good_standing` the flags against the player.
   * @example "25.00"
   */
  @ApiProperty({ type: String, nullable: true })
  reached: string | null;
  met: boolean;
  /** When it was met first. */
  @ApiProperty({ type: Date, nullable: true })
  metAt: Date | null;
}

/** How the player stands with one strategy that pays per qualified player. */
export class ExplainedStrategyDto {
  /**
   * Place of the strategy in the plan, from zero.
   * @example 0
   */
  strategyIndex: number;
  /** What a qualified player is paid. */
  amount: MoneyDto;
  /** When all criteria were met. */
  @ApiProperty({ type: Date, nullable: true })
  qualifiedAt: Date | null;
  /** What the player does from here on does not count; null without such a limit. */
  @ApiProperty({ type: Date, nullable: true })
  countsUntil: Date | null;
  criteria: ExplainedCriterionDto[];
}

/** The bill in whose run a qualification was decided. */
export class PayingBillDto {
  id: string;
  @ApiProperty({ enum: BILL_STATES })
  state: BillState;
  /** @example "2026-10-01" */
  firstDay: string;
  /** @example "2026-10-31" */
  lastDay: string;
}

/** What bill runs have decided of the player. */
export class RecordedQualificationDto {
  qualifiedAt: Date;
  /** Start of the period that pays for the player. */
  periodStart: Date;
  /** The bill on which it was paid first; null when a cap left nothing to pay. */
  @ApiProperty({ type: PayingBillDto, nullable: true })
  bill: PayingBillDto | null;
  /** When a bill run decided it for the first time; null for early ones, of which it was not kept. */
  @ApiProperty({ type: Date, nullable: true })
  decidedAt: Date | null;
  /** Since when it is taken back. */
  @ApiProperty({ type: Date, nullable: true })
  revokedAt: Date | null;
}

/** The registration commission that the plan has for the player. */
export class ExplainedRegistrationDto {
  /** @example 0 */
  strategyIndex: number;
  amount: MoneyDto;
}

/** What the facts of today come to. */
export class CurrentQualificationDto {
  /** @example 0 */
  strategyIndex: number;
  qualifiedAt: Date;
  /** The period that pays for the player. */
  periodStart: Date;
  periodEnd: Date;
}

/** Why a player is or is not qualified. */
export class PlayerExplanationDto {
  player: ExplainedPlayerDto;
  /** The plan of the player's campaign, at the version that the criteria below are of. */
  plan: BillPlanDto;
  /**
   * `qualified`: paid for; `to_be_revoked`: paid for, and the next bill run takes it back; `revoked`: taken back;
   * `awaits_bill_run`: will be paid by the next bill run; `awaits_period_end`: by the run after the period;
   * `not_qualified`: the criteria are not met; `not_paid_for`: the plan pays nothing per qualified player.
   */
  @ApiProperty({ enum: PLAYER_OUTCOMES })
  outcome: PlayerOutcome;
  /**
   * The outcome in a sentence.
   * @example "Not qualified: first deposit is 10.00 of 20.00 EUR."
   */
  summary: string;
  /** What bill runs have decided so far; null while they have not. */
  @ApiProperty({ type: RecordedQualificationDto, nullable: true })
  recorded: RecordedQualificationDto | null;
  /** What the facts of today come to; null when the player does not qualify by them. */
  @ApiProperty({ type: CurrentQualificationDto, nullable: true })
  now: CurrentQualificationDto | null;
  /** When the bill run begins that decides next: after the period that would pay, or that runs now. */
  nextDecisionAt: Date;
  /** Whether the plan pays for the registration; null when it does not. */
  @ApiProperty({ type: ExplainedRegistrationDto, nullable: true })
  registration: ExplainedRegistrationDto | null;
  strategies: ExplainedStrategyDto[];
}
