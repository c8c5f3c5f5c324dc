import { Injectable } from '@nestjs/common';
import { Mailer, type Tx } from '../platform/index.js';
import { MAIL_SUBSCRIPTIONS, type MailSubscription } from './domain/mail-subscriptions.js';
import { rolesOf } from './domain/permissions.js';

/** Mails to a partner's people. */
@Injectable()
export class PartnerMails {
  constructor(private readonly mailer: Mailer) {}

  /** Sends a mail of a kind that one may unsubscribe from to everybody whom it concerns by role and who did not (A22). */
  async send(
    tx: Tx,
    partnerId: string,
    kind: MailSubscription,
    mail: { subject: string; text: string },
  ): Promise<void> {
    const readers = await tx.query<{ email: string }[]>(
      `SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = $1 AND 'partner:' || m.role = ANY ($2) AND $3 <> ALL (u.mail_opt_outs)
          AND u.blocked_at IS NULL AND u.email_verified_at IS NOT NULL
        ORDER BY u.id`,
      [partnerId, rolesOf(MAIL_SUBSCRIPTIONS[kind]), kind],
    );
    for (const { email } of readers) await this.mailer.send(tx, { to: email, ...mail });
  }

  /**
   * Sends a mail to all owners who have joined, whoever of them caused it: for what touches the whole partner. Nobody
   * can unsubscribe from it; those who were erased have no address any more.
   */
  async sendToOwners(
    tx: Tx,
    partnerId: string,
    { subject, text }: { subject: string; text: string },
  ): Promise<void> {
    const owners = await tx.query<{ email: string; name: string }[]>(
      `SELECT u.email, u.name FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = $1 AND m.role = 'owner' AND u.password_hash IS NOT NULL ORDER BY m.id`,
      [partnerId],
    );
    for (const { email, name } of owners) {
      await this.mailer.send(tx, { to: email, subject, text: `Hello ${name},\n\n${text}` });
    }
  }
}
