import { Injectable } from '@nestjs/common';
import { type Mandate, Mandates } from '../../identity/index.js';
import { Ids, invalidField, type Tx, uuidV7Time } from '../../platform/index.js';
import { CashoutRequests } from '../cashout-requests.service.js';
import type { ScheduleTimes } from '../domain/cashout-schedule.js';
import type { Owner } from '../payment-methods.service.js';
import { schedulePaymentMethodDeleted, tooManySchedules } from '../wallet.errors.js';
import { type CashoutSchedule, CashoutScheduleBook } from './cashout-schedule-book.js';
import { CashoutScheduleNews } from './cashout-schedule-news.js';
import { type BoundsInput, readBounds, readTimes, type TimesInput } from './schedule-terms.js';
import { ScheduleTimer } from './schedule-timer.js';

/** A schedule as clients ask for it. */
export interface ScheduleInput extends TimesInput, BoundsInput {
  paymentMethodId: string;
  currency: string;
}

/** What the columns of a schedule are to hold. */
interface ScheduleTerms extends ReturnType<typeof readBounds> {
  paymentMethodId: string;
  currency: string;
  times: ScheduleTimes;
}

/** More than anybody needs: it bounds what one owner can have the program do. */
const MOST_SCHEDULES = 20;

/**
 * Schedules that withdraw what is available (A28, rule 4.4). Each runs in the name of whoever set it going last: who
 * added, changed or resumed it.
 */
@Injectable()
export class CashoutSchedules {
  constructor(
    private readonly book: CashoutScheduleBook,
    private readonly timer: ScheduleTimer,
    private readonly requests: CashoutRequests,
    private readonly news: CashoutScheduleNews,
    private readonly mandates: Mandates,
    private readonly ids: Ids,
  ) {}

  /**
   * Adds a schedule, which runs from its next occurrence on.
   * @throws DomainError NOT_FOUND (payment method), PAYMENT_METHOD_TYPE_DISABLED, CURRENCY_NOT_SUPPORTED,
   *   INVALID_AMOUNT, AMOUNT_OUTSIDE_LIMITS, INVALID_LIMITS, VALIDATION_FAILED (422), TOO_MANY_SCHEDULES (409),
   *   TWO_FACTOR_REQUIRED (403) for an operator in the place of an owner without it
   */
  async add(tx: Tx, { ownerId, actor }: Owner, input: ScheduleInput): Promise<CashoutSchedule> {
    const mandate = await this.mandates.give(tx, actor);
    const terms = await this.read(tx, ownerId, input);
    const id = await this.insert(tx, ownerId, terms, mandate);
    await this.timer.start(tx, { id, times: terms.times }, mandate);
    const schedule = await this.book.get(tx, id, ownerId);
    await this.news.changed(tx, actor, schedule, 'added');
    return schedule;
  }

  /**
   * Changes a schedule; what is absent stays. An active one runs in the name of who changed it from then on; what was
   * due already is written off.
   * @throws DomainError NOT_FOUND, PAYMENT_METHOD_DELETED (409), and as `add` does
   */
  async change(
    tx: Tx,
    { ownerId, actor }: Owner,
    id: string,
    changes: Partial<ScheduleInput>,
  ): Promise<CashoutSchedule> {
    const before = await this.book.lock(tx, id, ownerId);
    if (before.paymentMethodDeleted && !changes.paymentMethodId) throw schedulePaymentMethodDeleted();
    assertBoundsInCurrency(before, changes);
    const terms = await this.read(tx, ownerId, { ...inputOf(before, changes), ...given(changes) });
    await this.timer.writeOff(tx, before);
    await update(tx, id, terms);
    if (before.state === 'active') {
      await this.timer.start(tx, { id, times: terms.times }, await this.mandates.give(tx, actor));
    } else {
      // Also where the reason is gone with the change: it is resumed by people.
      await this.timer.stop(tx, id, before.state, before.suspendedBecause);
    }
    const after = await this.book.get(tx, id, ownerId);
    await this.news.changed(tx, actor, after, 'changed');
    return after;
  }

  private async read(tx: Tx, ownerId: string, input: ScheduleInput): Promise<ScheduleTerms> {
    const { paymentMethodId, currency } = input;
    const times = readTimes(input);
    const limits = await this.requests.limitsOf(tx, ownerId, paymentMethodId, currency);
    return { paymentMethodId, currency, times, ...readBounds(input, limits) };
  }

  /** The new schedule is paused at first. */
  private async insert(tx: Tx, ownerId: string, terms: ScheduleTerms, mandate: Mandate): Promise<string> {
    // Counting waits for whoever is adding one to the same wallet.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`cashout-schedules:${ownerId}`]);
    const [{ count }] = await tx.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM cashout_schedules WHERE owner_id = $1 AND state <> 'deleted'`,
      [ownerId],
    );
    if (count >= MOST_SCHEDULES) throw tooManySchedules(MOST_SCHEDULES);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO cashout_schedules (payment_method_id, currency, minimum_minor, maximum_minor, frequency, weekdays,
                                      dates, time_of_day, time_zone, id, owner_id, state, authorised_by,
                                      two_factor_since, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'paused', $12, $13, $14, $14)`,
      [...columnsOf(terms), id, ownerId, mandate.userId, mandate.twoFactorSince, uuidV7Time(id)],
    );
    return id;
  }
}

/** The input that would make the schedule as it is; days of another frequency are left out. */
function inputOf(
  { paymentMethod, currency, times, minimum, maximum }: CashoutSchedule,
  { frequency = times.frequency }: Partial<ScheduleInput>,
): ScheduleInput {
  const sameDays = frequency === times.frequency;
  return {
    paymentMethodId: paymentMethod.id,
    currency,
    ...times,
    weekdays: sameDays ? times.weekdays : [],
    dates: sameDays ? times.dates : [],
    minimum: minimum?.toString(),
    maximum: maximum?.toString(),
  };
}

/** A bound is never taken over as so much of another currency. */
function assertBoundsInCurrency(before: CashoutSchedule, changes: Partial<ScheduleInput>): void {
  const { currency = before.currency } = changes;
  if (currency === before.currency) return;
  for (const bound of ['minimum', 'maximum'] as const) {
    if (before[bound] === null || changes[bound] !== undefined) continue;
    throw invalidField(
      bound,
      `is ${before[bound].toString()} ${before.currency}: give it in ${currency}, or null`,
    );
  }
}

/** Without the fields that a request left out, which its object holds as undefined. */
function given(changes: Partial<ScheduleInput>): Partial<ScheduleInput> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

async function update(tx: Tx, id: string, terms: ScheduleTerms): Promise<void> {
  await tx.query(
    `UPDATE cashout_schedules
        SET payment_method_id = $1, currency = $2, minimum_minor = $3, maximum_minor = $4, frequency = $5,
            weekdays = $6, dates = $7, time_of_day = $8, time_zone = $9
      WHERE id = $10`,
    [...columnsOf(terms), id],
  );
}

function columnsOf({ paymentMethodId, currency, times, minimum, maximum }: ScheduleTerms): unknown[] {
  const { frequency, weekdays, dates, time, timeZone } = times;
  const bounds = [minimum, maximum].map((bound) => bound?.minor.toString() ?? null);
  return [paymentMethodId, currency, ...bounds, frequency, weekdays, dates, time, timeZone];
}
