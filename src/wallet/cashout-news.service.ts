import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Outbox, type Tx } from '../platform/index.js';
import type { Cashout } from './cashout-history.service.js';
import { CASHOUT_DECISIONS, type CashoutDecision } from './domain/cashout-state.js';
import { CASHOUT_DECIDED, CASHOUT_REQUESTED, type CashoutEvent } from './wallet.events.js';

const LOGGED_AS = {
  cancel: 'cashout_cancelled',
  accept: 'cashout_accepted',
  refund: 'refund_made',
} as const satisfies Record<CashoutDecision, string>;

/** Tells of cash-outs: to their owner's event log (A29), to the rooms right of here, and to the audit log. */
@Injectable()
export class CashoutNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /** A cash-out was requested. */
  async requested(tx: Tx, cashout: Cashout, userId: string): Promise<void> {
    await this.log(tx, cashout, 'cashout_requested', userId);
    await this.outbox.publish(tx, CASHOUT_REQUESTED, toEvent(cashout));
  }

  /** A cash-out was decided; what operators decide is in the audit log too. */
  async decided(tx: Tx, cashout: Cashout, decision: CashoutDecision, actor: Actor): Promise<void> {
    const { from, to } = CASHOUT_DECISIONS[decision];
    await this.log(tx, cashout, LOGGED_AS[decision], actor.userId);
    await this.outbox.publish(tx, CASHOUT_DECIDED[decision], toEvent(cashout));
    if (actor.realm !== 'operator') return;
    await this.auditLog.record(tx, actor, {
      action: `cashout.${decision}`,
      subject: { type: 'cashout', id: cashout.id },
      partnerId: cashout.ownerId,
      before: { state: from },
      after: { state: to, amount: cashout.amount.toJSON(), comment: cashout.comment },
    });
  }

  private async log(tx: Tx, cashout: Cashout, type: string, actorUserId: string): Promise<void> {
    const { amount, paymentMethod, comment, originalPayment } = cashout;
    await this.eventLog.record(tx, {
      partnerId: cashout.ownerId,
      type,
      actorUserId,
      subject: { type: 'cashout', id: cashout.id },
      data: {
        amount: amount.toJSON(),
        paymentMethod,
        ...(comment !== null && { comment }),
        ...(originalPayment && { originalPayment }),
      },
    });
  }
}

function toEvent({ id, ownerId, amount, paymentMethod, comment }: Cashout): CashoutEvent {
  return { cashoutId: id, ownerId, amount: amount.toJSON(), paymentMethodId: paymentMethod.id, comment };
}
