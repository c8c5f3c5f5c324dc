import { Injectable } from '@nestjs/common';
import { DomainError, LostRace, Money, type Tx } from '../../platform/index.js';
import { type Cashout } from '../cashout-history.service.js';
import { CashoutRequests } from '../cashout-requests.service.js';
import type { Occurrence } from '../domain/cashout-schedule.js';
import { SUSPENSIONS, type Suspension } from '../domain/schedule-state.js';
import { Wallets } from '../wallets.service.js';
import type { CashoutSchedule } from './cashout-schedule-book.js';
import { CashoutScheduleLog, type NewRun } from './cashout-schedule-log.js';
import { CashoutScheduleNews } from './cashout-schedule-news.js';
import { ScheduleTimer } from './schedule-timer.js';

/** Refusals that mean that something changed while the run looked: looking again gives the true reason. */
const CHANGED_MEANWHILE = ['INSUFFICIENT_FUNDS', 'NOT_FOUND'];

const RESTING = {
  code: 'PARTNER_NOT_ACTIVE',
  message: 'Your partnership is suspended; nothing can be withdrawn until it is open again.',
};
const GIVEN_UP = {
  code: 'INTERNAL_ERROR',
  message: 'Something went wrong in the program, several times; it tries again at the next date.',
};

/**
 * Carries out what schedules, whose rows the caller has locked, are due for (rule 4.4): the latest occurrence once, those
 * before it are missed. Cash-out, log and the next occurrence stand in one transaction.
 */
@Injectable()
export class ScheduleRunner {
  constructor(
    private readonly timer: ScheduleTimer,
    private readonly log: CashoutScheduleLog,
    private readonly wallets: Wallets,
    private readonly requests: CashoutRequests,
    private readonly news: CashoutScheduleNews,
  ) {}

  /** Works off what is due. @param givesUp when tries have failed and no other is to be made */
  async run(tx: Tx, schedule: CashoutSchedule, givesUp = false): Promise<void> {
    const due = this.timer.due(schedule);
    const latest = due.at(-1);
    await this.log.miss(tx, schedule, due.slice(0, -1));
    if (latest) await this.work(tx, schedule, latest, givesUp);
    if (schedule.suspendedBecause) {
      await this.timer.stop(tx, schedule.id, 'suspended', schedule.suspendedBecause);
    } else {
      await this.timer.aim(tx, schedule, latest?.date ?? null);
    }
  }

  private async work(
    tx: Tx,
    schedule: CashoutSchedule,
    occurrence: Occurrence,
    givesUp: boolean,
  ): Promise<void> {
    const { suspendedBecause } = schedule;
    if (suspendedBecause) {
      await this.log.add(tx, schedule, occurrence, refusal(suspension(suspendedBecause)));
      return this.news.suspended(tx, schedule, suspendedBecause);
    }
    const run = givesUp ? refusal(GIVEN_UP) : await this.ask(tx, schedule);
    await this.log.add(tx, schedule, occurrence, run);
    if (run.outcome === 'refused') await this.news.refused(tx, schedule, run.reason.message);
  }

  /** Asks for the money, or says why not. */
  private async ask(tx: Tx, schedule: CashoutSchedule): Promise<NewRun> {
    if (schedule.resting) return refusal(RESTING);
    const { ownerId, currency, minimum } = schedule;
    const balances = await this.wallets.balances(tx, ownerId);
    const available = balances.find((balance) => balance.currency === currency)?.available;
    if (!available || (minimum && available.compare(minimum) < 0))
      return { outcome: 'below_minimum', available: available ?? Money.zero(currency) };
    try {
      // A savepoint: what the database refuses leaves the rest of the transaction to tell why.
      const cashout = await tx.transaction((inner) => this.request(inner, schedule, available));
      if (!cashout) return { outcome: 'below_minimum', available };
      await this.news.requested(tx, schedule, cashout);
      return { outcome: 'requested', available, cashoutId: cashout.id };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, message } = error;
      if (CHANGED_MEANWHILE.includes(code)) throw new LostRace(code, message);
      return { outcome: 'refused', available, reason: { code, message } };
    }
  }

  /** Requests what is available within the schedule's bounds; null when that is below the minimum. */
  private async request(tx: Tx, schedule: CashoutSchedule, available: Money): Promise<Cashout | null> {
    const { ownerId, currency, mandate, paymentMethod } = schedule;
    const limits = await this.requests.limitsOf(tx, ownerId, paymentMethod.id, currency);
    const maximum = schedule.maximum ?? limits.maximum;
    if (available.compare(schedule.minimum ?? limits.minimum) < 0) return null;
    const amount = available.compare(maximum) < 0 ? available : maximum;
    const actor = { userId: mandate.userId, impersonatorId: null };
    return this.requests.request(
      tx,
      { ownerId, actor },
      { currency, amount: amount.toString(), paymentMethodId: paymentMethod.id },
    );
  }
}

function refusal(reason: { code: string; message: string }): NewRun {
  return { outcome: 'refused', available: null, reason };
}

function suspension(code: Suspension): { code: string; message: string } {
  return { code, message: SUSPENSIONS[code] };
}
