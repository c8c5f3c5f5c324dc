import { Injectable } from '@nestjs/common';
import { Mandates } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';
import { SCHEDULE_MOVES, type ScheduleMove, type ScheduleState } from '../domain/schedule-state.js';
import type { Owner } from '../payment-methods.service.js';
import { schedulePaymentMethodDeleted, scheduleStateConflict } from '../wallet.errors.js';
import { type CashoutSchedule, CashoutScheduleBook } from './cashout-schedule-book.js';
import { CashoutScheduleNews } from './cashout-schedule-news.js';
import { ScheduleTimer } from './schedule-timer.js';

/** Pausing, resuming and deleting schedules (A28). What was due when it happens is written off. */
@Injectable()
export class ScheduleMoves {
  constructor(
    private readonly book: CashoutScheduleBook,
    private readonly timer: ScheduleTimer,
    private readonly news: CashoutScheduleNews,
    private readonly mandates: Mandates,
  ) {}

  /** Stops a schedule until it is resumed. @throws DomainError NOT_FOUND, SCHEDULE_STATE_CONFLICT (409) */
  async pause(tx: Tx, owner: Owner, id: string): Promise<CashoutSchedule> {
    const before = await this.take(tx, owner, id, 'pause');
    await this.timer.writeOff(tx, before);
    await this.timer.stop(tx, id, 'paused');
    return this.told(tx, owner, id, 'paused');
  }

  /**
   * Has a paused or suspended schedule run again from its next occurrence on, in the name of who resumed it; what it
   * left out meanwhile is not made up for.
   * @throws DomainError NOT_FOUND, SCHEDULE_STATE_CONFLICT, PAYMENT_METHOD_DELETED (409), TWO_FACTOR_REQUIRED (403)
   *   for an operator in the place of an owner without it
   */
  async resume(tx: Tx, owner: Owner, id: string): Promise<CashoutSchedule> {
    const before = await this.take(tx, owner, id, 'resume');
    if (before.paymentMethodDeleted) throw schedulePaymentMethodDeleted();
    await this.timer.writeOff(tx, before);
    await this.timer.start(tx, before, await this.mandates.give(tx, owner.actor));
    return this.told(tx, owner, id, 'resumed');
  }

  /** Deletes a schedule; its log and its cash-outs stay. @throws DomainError NOT_FOUND */
  async delete(tx: Tx, owner: Owner, id: string): Promise<void> {
    const before = await this.book.lock(tx, id, owner.ownerId);
    await this.timer.writeOff(tx, before);
    await this.timer.stop(tx, id, 'deleted');
    await this.news.changed(tx, owner.actor, before, 'deleted');
  }

  private async take(tx: Tx, { ownerId }: Owner, id: string, move: ScheduleMove): Promise<CashoutSchedule> {
    const schedule = await this.book.lock(tx, id, ownerId);
    const from: readonly ScheduleState[] = SCHEDULE_MOVES[move].from;
    if (!from.includes(schedule.state)) throw scheduleStateConflict(move, schedule.state);
    return schedule;
  }

  private async told(
    tx: Tx,
    { ownerId, actor }: Owner,
    id: string,
    change: 'paused' | 'resumed',
  ): Promise<CashoutSchedule> {
    const schedule = await this.book.get(tx, id, ownerId);
    await this.news.changed(tx, actor, schedule, change);
    return schedule;
  }
}
