import { Injectable } from '@nestjs/common';
import { type ActingUser, type Actor, type AuditActor, AuditLog, EventLog } from '../identity/index.js';
import type { Money, Tx } from '../platform/index.js';
import type { Cashout } from './cashout-history.service.js';
import { CASHOUT_DECISIONS } from './domain/cashout-state.js';

const LOGGED_AS = { cancel: 'cashout_cancelled', accept: 'cashout_accepted' } as const;

/** Who decides; background work does it for an operator. */
export type DecidingActor = AuditActor & Pick<Actor, 'realm'>;

/** Tells of cash-outs: to their owner's event log (A29) and to the audit log. */
@Injectable()
export class CashoutNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
  ) {}

  /** A cash-out was requested. */
  async requested(tx: Tx, cashout: Cashout, actor: ActingUser): Promise<void> {
    await this.eventLog.record(tx, actor, { type: 'cashout_requested', ...toEvent(cashout) });
  }

  /** A cash-out was accepted or cancelled; what operators decide is in the audit log too. */
  async decided(
    tx: Tx,
    cashout: Cashout,
    decision: keyof typeof LOGGED_AS,
    actor: DecidingActor,
  ): Promise<void> {
    const { from, to } = CASHOUT_DECISIONS[decision];
    await this.eventLog.record(tx, actor, { type: LOGGED_AS[decision], ...toEvent(cashout) });
    if (actor.realm !== 'operator') return;
    await this.auditLog.record(tx, actor, {
      action: `cashout.${decision}`,
      subject: { type: 'cashout', id: cashout.id },
      partnerId: cashout.ownerId,
      before: { state: from },
      after: { state: to, amount: cashout.amount.toJSON(), comment: cashout.comment },
    });
  }

  /** A payment came back, whole or in part: it is told with the refund's own comment, not with an earlier one. */
  async refunded(
    tx: Tx,
    { before, after, amount, comment }: RefundMade,
    actor: DecidingActor,
  ): Promise<void> {
    const event = toEvent(after);
    const { cashoutId, acceptedAt, amount: paid } = after.originalPayment!;
    const originalPayment = { cashoutId, acceptedAt, amount: paid.toJSON() };
    await this.eventLog.record(tx, actor, {
      ...event,
      type: 'refund_made',
      data: { ...event.data, amount: amount.toJSON(), comment, originalPayment },
    });
    await this.auditLog.record(tx, actor, {
      action: 'cashout.refund',
      subject: { type: 'cashout', id: after.id },
      partnerId: after.ownerId,
      before: { state: before.state, refunded: before.refunded.toJSON() },
      after: {
        state: after.state,
        refunded: after.refunded.toJSON(),
        amount: amount.toJSON(),
        comment,
      },
    });
  }
}

/** A refund with the cash-out before and after it. */
interface RefundMade {
  before: Cashout;
  after: Cashout;
  amount: Money;
  comment: string | null;
}

function toEvent({ id, ownerId, amount, paymentMethod, comment }: Cashout) {
  const data = { amount: amount.toJSON(), paymentMethodId: paymentMethod.id, comment };
  return { partnerId: ownerId, subjectId: id, data };
}
