import { Injectable } from '@nestjs/common';
import { type Mail, Mailer, type Tx } from '../platform/index.js';
import { greeted, type Reader } from './domain/greeting.js';
import { MAIL_SUBSCRIPTIONS, type MailSubscription } from './domain/mail-subscriptions.js';
import { type Permission, rolesOf } from './domain/permissions.js';
import { contactOf } from './partner-contact.js';

/** Whoever may be written to, and did not unsubscribe from the kind of mail that is the third parameter, if it is one. */
const WANTED = `($3::text IS NULL OR $3 <> ALL (u.mail_opt_outs)) AND u.blocked_at IS NULL AND u.email_verified_at IS NOT NULL`;

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
    await this.sendEach(tx, kind, [{ partnerId, ...mail }]);
  }

  /** Sends mails as {@link send} does, to many partners, whose people are looked up together. */
  async sendEach(
    tx: Tx,
    kind: MailSubscription,
    mails: readonly { partnerId: string; subject: string; text: string }[],
  ): Promise<void> {
    const readers = await tx.query<{ partnerId: string; email: string }[]>(
      `SELECT m.partner_id AS "partnerId", u.email FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = ANY ($1) AND 'partner:' || m.role = ANY ($2) AND ${WANTED} ORDER BY u.id`,
      [[...new Set(mails.map(({ partnerId }) => partnerId))], rolesOf(MAIL_SUBSCRIPTIONS[kind]), kind],
    );
    const byPartner = Map.groupBy(readers, ({ partnerId }) => partnerId);
    for (const { partnerId, ...mail } of mails) {
      for (const { email } of byPartner.get(partnerId) ?? [])
        await this.mailer.send(tx, { to: email, ...mail });
    }
  }

  /**
   * As {@link send}, for the people of a brand: to those who hold the permission and did not unsubscribe from the kind.
   * @param audience its kind is null for decisions, which always go out
   */
  async sendToBrand(
    tx: Tx,
    brandId: string,
    { permission, kind }: { permission: Permission; kind: MailSubscription | null },
    mail: { subject: string; text: string },
  ): Promise<void> {
    const readers = await tx.query<{ email: string }[]>(
      `SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.brand_id = $1 AND 'brand:' || m.role = ANY ($2) AND ${WANTED} ORDER BY u.id`,
      [brandId, rolesOf(permission), kind],
    );
    for (const { email } of readers) await this.mailer.send(tx, { to: email, ...mail });
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
    const [reader] = await tx.query<(Reader & { email: string })[]>(
      `SELECT email, name, true AS "emailConfirmed" FROM users
        WHERE id = $1 AND $2 <> ALL (mail_opt_outs) AND blocked_at IS NULL AND email_verified_at IS NOT NULL`,
      [userId, kind],
    );
    if (reader) await this.mailer.send(tx, { ...mail, to: reader.email, text: greeted(reader, text) });
  }

  /**
   * Sends a mail to all owners who have joined and are not blocked, whoever of them caused it: for what touches the
   * whole partner. Where all are blocked the first one gets it, as somebody of the partner has to know. Nobody can
   * unsubscribe from it; those who were erased have no address any more.
   */
  async sendToOwners(
    tx: Tx,
    partnerId: string,
    { subject, text }: { subject: string; text: string },
  ): Promise<void> {
    const owners = await tx.query<(Reader & { email: string; blocked: boolean })[]>(
      `SELECT u.email, u.name, u.email_verified_at IS NOT NULL AS "emailConfirmed", u.blocked_at IS NOT NULL AS blocked
         FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = $1 AND m.role = 'owner' AND u.password_hash IS NOT NULL ORDER BY m.id`,
      [partnerId],
    );
    const unblocked = owners.filter(({ blocked }) => !blocked);
    for (const { email, ...reader } of unblocked.length > 0 ? unblocked : owners.slice(0, 1)) {
      await this.mailer.send(tx, { to: email, subject, text: greeted(reader, text) });
    }
  }

  /**
   * Sends a mail to the one owner whom the program writes to: for decisions on what the partner asked for. Nobody can
   * unsubscribe from it.
   * @param mail its text follows a greeting
   */
  async sendToContact(
    tx: Tx,
    partnerId: string,
    { subject, text }: { subject: string; text: string },
  ): Promise<void> {
    const [contact] = await tx.query<(Reader & { email: string })[]>(contactOf('$1::uuid'), [partnerId]);
    if (contact) await this.mailer.send(tx, { to: contact.email, subject, text: greeted(contact, text) });
  }
}
