import { Injectable } from '@nestjs/common';
import { Mailer, type Tx } from '../platform/index.js';
import { MAIL_SUBSCRIPTIONS, type MailSubscription } from './domain/mail-subscriptions.js';
import { rolesOf } from './domain/permissions.js';

/** Mails to a partner's people about its work, of the kinds that they may unsubscribe from (A22). */
@Injectable()
export class PartnerMails {
  constructor(private readonly mailer: Mailer) {}

  /** Sends a mail to everybody of the partner whom it concerns by role and who did not opt out. */
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
}
