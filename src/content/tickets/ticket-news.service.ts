import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';
import type { OperatorTicketDto } from './tickets.dto.js';

type Told = 'ticket_opened' | 'ticket_answered' | 'ticket_closed' | 'ticket_reopened';

type Ticket = Pick<OperatorTicketDto, 'id' | 'reference' | 'partnerId'>;

/** What the logs tell of tickets: the partner's own, and that of what operators did. */
@Injectable()
export class TicketNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
  ) {}

  /** Tells the partner; brands have no log. */
  async tell(
    tx: Tx,
    actor: Pick<Actor, 'userId' | 'impersonatorId'>,
    { id, reference, partnerId }: Ticket,
    type: Told,
  ): Promise<void> {
    if (partnerId === null) return;
    await this.eventLog.record(tx, actor, { partnerId, type, subjectId: id, data: { reference } });
  }

  /** Notes what an operator did; never what was written. */
  async audit(
    tx: Tx,
    actor: Actor,
    { id, partnerId }: Ticket,
    change: { action: string; before: object | null; after: object },
  ): Promise<void> {
    const { action, before, after } = change;
    const subject = { type: 'ticket', id };
    await this.auditLog.record(tx, actor, { action: `ticket.${action}`, subject, partnerId, before, after });
  }
}
