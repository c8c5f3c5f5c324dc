import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/index.js';
import { type AuditActor, AuditLog } from './audit-log.service.js';
import { PartnerMails } from './partner-mails.service.js';

/** An operator in the place of a partner's owner. */
export interface Impersonation {
  id: string;
  operatorUserId: string;
  partnerId: string;
  ownerUserId: string;
  reason: string;
  startedAt: Date;
  /** At the latest. */
  endsAt: Date;
}

/** One that is over: left by its operator, out of time, or out of force because something it needs was taken away. */
export interface EndedImpersonation extends Impersonation {
  endedAt: Date;
  endedBy: 'exit' | 'time' | 'revocation';
}

const ENDED = {
  exit: 'has left your account',
  time: 'has left your account, as the time was over',
  revocation: 'is out of your account, as the access was taken away',
};

/** Tells the audit log and the partner's owners when an impersonation starts and ends. */
@Injectable()
export class ImpersonationNews {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly mails: PartnerMails,
  ) {}

  /** An impersonation has started. */
  async started(tx: Tx, impersonation: Impersonation, requestId: string): Promise<void> {
    const { id, reason, startedAt, endsAt } = impersonation;
    await this.auditLog.record(tx, asActor(impersonation, requestId), {
      action: 'impersonation.start',
      subject: { type: 'impersonation', id },
      before: null,
      after: { reason, startedAt, endsAt },
    });
    await this.mailOwners(
      tx,
      impersonation,
      'An operator acts in your account',
      (operator) =>
        `${operator} of the program has begun to act in your account, as its owner.\n\nReason: ${reason}\n` +
        `From ${at(startedAt)} until ${at(endsAt)} at the latest.\n\n` +
        `Sign-in data, two-factor authentication, sessions, team and statistics token stay closed to them. ` +
        `Every change they make stands in your impersonation log.`,
    );
  }

  /** An impersonation has ended. @param requestId of the exit; null when nobody asked for it */
  async ended(tx: Tx, impersonation: EndedImpersonation, requestId: string | null): Promise<void> {
    const { id, endsAt, endedAt, endedBy } = impersonation;
    await this.auditLog.record(tx, asActor(impersonation, requestId), {
      action: 'impersonation.end',
      subject: { type: 'impersonation', id },
      before: { endsAt },
      after: { endedAt, endedBy },
    });
    const writes = await countWrites(tx, id);
    await this.mailOwners(
      tx,
      impersonation,
      'An operator has left your account',
      (operator) =>
        `${operator} of the program ${ENDED[endedBy]} at ${at(endedAt)}.\n\n` +
        `Changes made: ${writes}. They stand in your impersonation log.`,
    );
  }

  private async mailOwners(
    tx: Tx,
    { operatorUserId, partnerId }: Impersonation,
    subject: string,
    textBy: (operator: string) => string,
  ): Promise<void> {
    const [operator] = await tx.query<[{ name: string }]>('SELECT name FROM users WHERE id = $1', [
      operatorUserId,
    ]);
    await this.mails.sendToOwners(tx, partnerId, { subject, text: textBy(operator.name) });
  }
}

/** The operator in the owner's place: start, end and everything between carry both ids. */
function asActor(impersonation: Impersonation, requestId: string | null): AuditActor {
  const { ownerUserId: userId, operatorUserId: impersonatorId, partnerId } = impersonation;
  return { userId, impersonatorId, impersonation, partnerId, requestId };
}

async function countWrites(tx: Tx, impersonationId: string): Promise<number> {
  const [{ count }] = await tx.query<[{ count: number }]>(
    `SELECT count(*)::int AS count FROM audit_log WHERE impersonation_id = $1 AND action = 'impersonation.write'`,
    [impersonationId],
  );
  return count;
}

/** For example `2 November 2026, 09:00 UTC`. */
function at(time: Date): string {
  const text = time.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${text.replace(' at ', ', ')} UTC`;
}
