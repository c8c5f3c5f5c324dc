import { Injectable } from '@nestjs/common';
import { type Mail, Mailer, type Tx } from '../platform/index.js';
import { MAIL_SUBSCRIPTIONS, type MailSubscription } from './domain/mail-subscriptions.js';
import { type Permission, rolesOf } from './domain/permissions.js';

/** People of one team who may read something. */
interface Readers {
  readonly partnerId?: string;
  readonly brandId?: string;
  readonly permission: Permission;
  readonly kind: MailSubscription;
}

/** Mails to a partner's people, and to a brand's. */
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
    await sendTo(this.mailer, tx, { partnerId, permission: MAIL_SUBSCRIPTIONS[kind], kind }, mail);
  }

  /** The same for the people of a brand: to those who hold the permission and did not unsubscribe from the kind. */
  async sendToBrand(
    tx: Tx,
    brandId: string,
    { permission, kind }: { permission: Permission; kind: MailSubscription },
    mail: { subject: string; text: string },
  ): Promise<void> {
    await sendTo(this.mailer, tx, { brandId, permission, kind }, mail);
  }

  /**
   * Sends one person what it asked for, unless it unsubscribed from that kind of mail or was blocked since.
   * @param mail its text follows a greeting
   */
  async sendTo(
    tx: Tx,
    userId: string,
    kind: MailSubscription,
    { text, ...mail }: Omit<Mail, 'to' | 'html'>,
  ): Promise<void> {
    const [reader] = await tx.query<{ email: string; name: string }[]>(
      `SELECT email, name FROM users
        WHERE id = $1 AND $2 <> ALL (mail_opt_outs) AND blocked_at IS NULL AND email_verified_at IS NOT NULL`,
      [userId, kind],
    );
    if (reader)
      await this.mailer.send(tx, { ...mail, to: reader.email, text: `Hello ${reader.name},\n\n${text}` });
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

async function sendTo(
  mailer: Mailer,
  tx: Tx,
  { partnerId, brandId, permission, kind }: Readers,
  mail: { subject: string; text: string },
): Promise<void> {
  const team = partnerId === undefined ? 'brand' : 'partner';
  const readers = await tx.query<{ email: string }[]>(
    `SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.${team}_id = $1 AND '${team}:' || m.role = ANY ($2) AND $3 <> ALL (u.mail_opt_outs)
        AND u.blocked_at IS NULL AND u.email_verified_at IS NOT NULL
      ORDER BY u.id`,
    [partnerId ?? brandId, rolesOf(permission), kind],
  );
  for (const { email } of readers) await mailer.send(tx, { to: email, ...mail });
}
