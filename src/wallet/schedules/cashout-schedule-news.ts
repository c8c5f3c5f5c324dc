import { Injectable } from '@nestjs/common';
import { type ActingUser, EventLog, PartnerMails } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';
import type { Cashout } from '../cashout-history.service.js';
import { timesInWords } from '../domain/cashout-schedule.js';
import { SUSPENSIONS, type Suspension } from '../domain/schedule-state.js';
import type { CashoutSchedule } from './cashout-schedule-book.js';

type Change = 'added' | 'changed' | 'paused' | 'resumed' | 'deleted';

/** Tells of schedules and what they did, to the owner's event log and by mail. */
@Injectable()
export class CashoutScheduleNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
  ) {}

  /** Somebody changed a schedule. */
  async changed(tx: Tx, actor: ActingUser, schedule: CashoutSchedule, change: Change): Promise<void> {
    const data = { times: timesInWords(schedule.times), ...aboutMoney(schedule) };
    await this.eventLog.record(tx, actor, {
      type: `cashout_schedule_${change}`,
      ...subjectOf(schedule),
      data,
    });
  }

  /** A run asked for money; that it did is told like any other request, and mailed because nobody was there. */
  async requested(tx: Tx, schedule: CashoutSchedule, { amount }: Cashout): Promise<void> {
    await this.mails.send(tx, schedule.ownerId, 'cashouts', {
      subject: 'Automatic cash-out requested',
      text: `A cash-out of ${amount.toString()} ${amount.currency} was requested by your schedule (${timesInWords(schedule.times)}).`,
    });
  }

  /** A run was refused. */
  async refused(tx: Tx, schedule: CashoutSchedule, reason: string): Promise<void> {
    const data = { ...aboutMoney(schedule), reason };
    await this.eventLog.record(tx, null, { type: 'cashout_schedule_refused', ...subjectOf(schedule), data });
  }

  /** A run found that the schedule is suspended. */
  async suspended(tx: Tx, schedule: CashoutSchedule, because: Suspension): Promise<void> {
    const data = { ...aboutMoney(schedule), reason: SUSPENSIONS[because] };
    await this.eventLog.record(tx, null, {
      type: 'cashout_schedule_suspended',
      ...subjectOf(schedule),
      data,
    });
  }
}

function subjectOf({ id, ownerId }: CashoutSchedule) {
  return { partnerId: ownerId, subjectId: id };
}

function aboutMoney({ currency, paymentMethod }: CashoutSchedule) {
  return { currency, paymentMethodId: paymentMethod.id };
}
