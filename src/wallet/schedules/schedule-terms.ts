import { invalidField, Money } from '../../platform/index.js';
import {
  daysFault,
  type Frequency,
  type ScheduleTimes,
  type Weekday,
  WEEKDAYS,
} from '../domain/cashout-schedule.js';
import { assertWithinLimits, type WithdrawalLimits } from '../domain/withdrawal-limits.js';

/** When a schedule is to ask for money, as clients say it. */
export interface TimesInput {
  frequency: Frequency;
  weekdays?: readonly Weekday[];
  dates?: readonly number[];
  time: string;
  timeZone: string;
}

/** How much a schedule is to ask for: decimal strings; absent or null, the payment method's own limits count. */
export interface BoundsInput {
  minimum?: string | null;
  maximum?: string | null;
}

/**
 * The times in their one form: days in their order.
 * @throws DomainError VALIDATION_FAILED (422) naming the days that are missing or too many
 */
export function readTimes({
  frequency,
  weekdays = [],
  dates = [],
  time,
  timeZone,
}: TimesInput): ScheduleTimes {
  const times = {
    frequency,
    weekdays: WEEKDAYS.filter((day) => weekdays.includes(day)),
    dates: [...dates].sort((one, other) => one - other),
    time,
    timeZone,
  };
  const fault = daysFault(times);
  if (fault) throw invalidField(fault.path, fault.message);
  return times;
}

/**
 * The bounds, within the limits of the payment method.
 * @throws DomainError INVALID_AMOUNT, AMOUNT_OUTSIDE_LIMITS (422) naming the field
 */
export function readBounds(
  input: BoundsInput,
  limits: WithdrawalLimits,
): { minimum: Money | null; maximum: Money | null } {
  const minimum = readBound('minimum', input.minimum, limits);
  const maximum = readBound('maximum', input.maximum, limits);
  if (minimum && maximum && maximum.compare(minimum) < 0)
    throw invalidField('maximum', 'must not be below the minimum', 'INVALID_LIMITS');
  return { minimum, maximum };
}

function readBound(
  path: 'minimum' | 'maximum',
  amount: string | null | undefined,
  limits: WithdrawalLimits,
): Money | null {
  if (amount === null || amount === undefined) return null;
  const money = Money.parse(amount, limits.minimum.currency, path);
  assertWithinLimits(money, limits, path);
  return money;
}
