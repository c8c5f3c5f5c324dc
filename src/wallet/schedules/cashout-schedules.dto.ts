import { ApiProperty } from '@nestjs/swagger';

import { IsId, MayBeAbsent, MoneyDto, PageQuery, wholeList } from '../../platform/index.js';
import { CashoutMethodDto } from '../cashouts.dto.js';
import { FREQUENCIES, timesInWords, WEEKDAYS } from '../domain/cashout-schedule.js';
import type { Frequency, Occurrence, Weekday } from '../domain/cashout-schedule.js';
import { RUN_OUTCOMES, SCHEDULE_STATES, SUSPENSIONS } from '../domain/schedule-state.js';
import type { RunOutcome, ScheduleState } from '../domain/schedule-state.js';
import type { CashoutSchedule } from './cashout-schedule-book.js';
import type { ScheduleRun } from './cashout-schedule-log.js';

/** Filters of the operators' list. */
export class OperatorCashoutSchedulesQuery extends PageQuery {
  /** Only schedules of this partner. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** Why something was not done. */
export class ScheduleReasonDto {
  /** @example "WALLET_FROZEN" */
  code: string;
  message: string;
}

/** A schedule of automatic cash-outs. */
export class CashoutScheduleDto {
  id: string;
  paymentMethod: CashoutMethodDto;
  /** @example "EUR" */
  currency: string;
  /** Null: the payment method's own. */
  minimum: MoneyDto | null;
  /** Null: the payment method's own. */
  maximum: MoneyDto | null;
  @ApiProperty({ enum: FREQUENCIES, enumName: 'ScheduleFrequency' })
  frequency: Frequency;
  @ApiProperty({ enum: WEEKDAYS, enumName: 'Weekday', isArray: true })
  weekdays: Weekday[];
  @ApiProperty({ type: [Number] })
  dates: number[];
  /** @example "09:00" */
  time: string;
  /** @example "Europe/Berlin" */
  timeZone: string;
  /**
   * The times in words.
   * @example "every Wednesday at 09:00 (Europe/Berlin)"
   */
  summary: string;
  @ApiProperty({ enum: SCHEDULE_STATES })
  state: ScheduleState;
  /** Why it is suspended, and what helps. */
  suspendedBecause: ScheduleReasonDto | null;
  /** The member of the team in whose name it runs: who added, changed or resumed it last. */
  runsInNameOf: string;
  /** Null unless it is active. */
  nextRunAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export class CashoutSchedulePage {
  items: CashoutScheduleDto[];
  nextCursor: string | null;
}

/** A schedule as operators see it. */
export class OperatorCashoutScheduleDto extends CashoutScheduleDto {
  partnerId: string;
}

export class OperatorCashoutSchedulePage {
  items: OperatorCashoutScheduleDto[];
  nextCursor: string | null;
}

/** A date of a schedule. */
export class ScheduledDateDto {
  /**
   * In the schedule's zone.
   * @example "2027-02-28"
   */
  date: string;
  at: Date;
}

/** The next ten dates. */
export class SchedulePreviewDto {
  items: ScheduledDateDto[];
  nextCursor: string | null;
}

/** A cash-out that a schedule requested. */
export class ScheduledCashoutDto {
  id: string;
  amount: MoneyDto;
}

/** What a schedule did on a date. */
export class ScheduleRunDto {
  id: string;
  /**
   * The date in the schedule's zone.
   * @example "2026-11-30"
   */
  date: string;
  /** When it was to run. */
  dueAt: Date;
  /** When it did. */
  ranAt: Date;
  @ApiProperty({
    enum: RUN_OUTCOMES,
    description:
      '`requested`: with the cash-out. `below_minimum`: too little was available. `missed`: the program was not running, ' +
      'or the schedule was changed, before its time was worked off; only the latest one is made up for. `refused`: with the reason.',
  })
  outcome: RunOutcome;
  cashout: ScheduledCashoutDto | null;
  /** What was available then; null when it was not looked at. */
  available: MoneyDto | null;
  /** Why it was refused. */
  reason: ScheduleReasonDto | null;
}

export class ScheduleRunPage {
  items: ScheduleRunDto[];
  nextCursor: string | null;
}

export function toScheduleDto(schedule: CashoutSchedule): CashoutScheduleDto {
  const { id, paymentMethod, currency, times, minimum, maximum, state, suspendedBecause } = schedule;
  return {
    id,
    paymentMethod,
    currency,
    minimum: minimum?.toJSON() ?? null,
    maximum: maximum?.toJSON() ?? null,
    ...times,
    weekdays: [...times.weekdays],
    dates: [...times.dates],
    summary: timesInWords(times),
    state,
    suspendedBecause: suspendedBecause && { code: suspendedBecause, message: SUSPENSIONS[suspendedBecause] },
    runsInNameOf: schedule.mandate.userId,
    nextRunAt: state === 'active' ? (schedule.next?.at ?? null) : null,
    createdAt: schedule.createdAt,
    updatedAt: schedule.updatedAt,
  };
}

export function toOperatorScheduleDto(schedule: CashoutSchedule): OperatorCashoutScheduleDto {
  return { ...toScheduleDto(schedule), partnerId: schedule.ownerId };
}

export function toRunDto({ cashout, available, ...run }: ScheduleRun): ScheduleRunDto {
  return {
    ...run,
    cashout: cashout && { id: cashout.id, amount: cashout.amount.toJSON() },
    available: available?.toJSON() ?? null,
  };
}

export function toPreviewDto(occurrences: readonly Occurrence[]): SchedulePreviewDto {
  return wholeList(occurrences.map(({ date, at }) => ({ date, at })));
}
