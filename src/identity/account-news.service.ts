import { Injectable } from '@nestjs/common';
import { Mailer, type Tx } from '../platform/index.js';
import type { ActingUser } from './actor.js';
import type { EventData, EventType } from './domain/event-catalogue.js';
import { EventLog } from './event-log.service.js';

/** Whose sign-in data changed, which only they themselves do; without a partner there is no event log. */
export type AccountOwner = ActingUser & { partnerId: string | null };

/** A change of someone's sign-in data. */
export interface AccountChange<T extends EventType> {
  type: T;
  data: EventData<T>;
  mails: { to: string; subject: string; text: string }[];
}

/** Tells of changes of sign-in data: an event in the partner's log, and mails that nobody can unsubscribe from. */
@Injectable()
export class AccountNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly mailer: Mailer,
  ) {}

  /** Tells of a new password, however it was set. */
  passwordChanged(tx: Tx, owner: AccountOwner & { email: string }): Promise<void> {
    const subject = 'Your password was changed';
    const text = 'The password of your account was changed. If it was not you, reset it and write to us.';
    const mails = [{ to: owner.email, subject, text }];
    return this.tell(tx, owner, { type: 'password_changed', data: {}, mails });
  }

  /** Stands or falls with the change it tells of. */
  async tell<T extends EventType>(
    tx: Tx,
    owner: AccountOwner,
    { type, data, mails }: AccountChange<T>,
  ): Promise<void> {
    const { partnerId, userId } = owner;
    if (partnerId) await this.eventLog.record(tx, owner, { partnerId, type, subjectId: userId, data });
    for (const mail of mails) await this.mailer.send(tx, mail);
  }
}
