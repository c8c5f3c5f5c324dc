import { Injectable } from '@nestjs/common';
import { type ActingUser, type Actor, AuditLog, EventLog } from '../identity/index.js';
import type { Tx } from '../platform/index.js';
import type { Cashout } from './cashout-history.service.js';
import { CASHOUT_DECISIONS, type CashoutDecision } from './domain/cashout-state.js';

const LOGGED_AS = { cancel: 'cashout_cancelled', accept: 'cashout_accepted' } as const;

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

  /** A cash-out was decided; what operators decide is in the audit log too. */
  async decided(tx: Tx, cashout: Cashout, decision: CashoutDecision, actor: Actor): Promise<void> {
    const { from, to } = CASHOUT_DECISIONS[decision];
    const event = toEvent(cashout);
    if (decision === 'refund') {
      const data = { ...event.data, originalPayment: cashout.originalPayment };
      await this.eventLog.record(tx, actor, { ...event, type: 'refund_made', data });
    } else {
      await this.eventLog.record(tx, actor, { ...event, type: LOGGED_AS[decision] });
    }
    if (actor.realm !== 'operator') return;
    await this.auditLog.record(tx, actor, {
      action: `cashout.${decision}`,
      subject: { type: 'cashout', id: cashout.id },
      partnerId: cashout.ownerId,
      before: { state: from },
      after: { state: to, amount: cashout.amount.toJSON(), comment: cashout.comment },
    });
  }
}

function toEvent({ id, ownerId, amount, paymentMethod, comment }: Cashout) {
  const data = { amount: amount.toJSON(), paymentMethodId: paymentMethod.id, comment };
  return { partnerId: ownerId, subjectId: id, data };
}
