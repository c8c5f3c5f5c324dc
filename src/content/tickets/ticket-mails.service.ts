import { Injectable } from '@nestjs/common';
import { contactOf, greeted, type Reader } from '../../identity/index.js';
import { Config, Mailer, type Tx } from '../../platform/index.js';
import type { OperatorTicketDto } from './tickets.dto.js';

/** Whoever of the asker's people wrote in the ticket and may be written to; `$1` is the ticket's id. */
const WRITERS = `
  SELECT DISTINCT u.id, u.email, u.name, true AS "emailConfirmed"
    FROM ticket_messages w JOIN users u ON u.id = w.author_id
    JOIN memberships m ON m.user_id = u.id
    JOIN tickets t ON t.id = w.ticket_id AND (m.partner_id = t.partner_id OR m.brand_id = t.brand_id)
   WHERE w.ticket_id = $1 AND NOT w.by_operator AND u.blocked_at IS NULL AND u.email_verified_at IS NOT NULL
   ORDER BY u.id`;

/** Machines do not answer what says that no person wrote it (RFC 3834). */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' };

type Ticket = Pick<
  OperatorTicketDto,
  'id' | 'reference' | 'subject' | 'partnerId' | 'brandId' | 'assigneeId'
>;

/**
 * Mails about tickets, to both sides. They carry the ticket's reference in the subject and in the address that answers
 * go to, and a link in place of what was written: that is read by those who sign in.
 */
@Injectable()
export class TicketMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly config: Config,
  ) {}

  /** Tells whoever asked of an answer. */
  async answered(tx: Tx, ticket: Ticket): Promise<void> {
    await this.tellAskers(tx, ticket, 'the program answered your ticket', 'Read and answer it, signed in');
  }

  /** Tells whoever asked that an operator closed the ticket. */
  async closed(tx: Tx, ticket: Ticket): Promise<void> {
    await this.tellAskers(
      tx,
      ticket,
      'the program closed your ticket',
      'Read it, or open it again, signed in',
    );
  }

  /** Tells the support’s address, and the operator who looks after the ticket, that there is something to answer. */
  async asked(tx: Tx, ticket: Ticket): Promise<void> {
    const [assignee] = await tx.query<{ email: string }[]>(
      'SELECT email FROM users WHERE id = $1 AND blocked_at IS NULL',
      [ticket.assigneeId],
    );
    const readers = new Set([this.config.supportEmail, assignee?.email ?? null]);
    for (const to of readers) {
      if (to === null) continue;
      await this.mailer.send(tx, {
        to,
        subject: `[${ticket.reference}] A new message`,
        text: `There is a new message in ticket ${ticket.reference}: ${this.linkTo('operator', ticket)}`,
        headers: AUTOMATIC,
      });
    }
  }

  private async tellAskers(tx: Tx, ticket: Ticket, what: string, how: string): Promise<void> {
    const realm = ticket.partnerId === null ? 'brand' : 'partner';
    const replyTo = this.replyTo(ticket);
    const byMail = replyTo === null ? '' : '\n\nYou may also answer this mail.';
    for (const { email, ...asker } of await this.askersOf(tx, ticket)) {
      await this.mailer.send(tx, {
        to: email,
        subject: `[${ticket.reference}] ${ticket.subject.replaceAll(/\s+/g, ' ')}`,
        text: greeted(asker, `${what} ${ticket.reference}. ${how}: ${this.linkTo(realm, ticket)}${byMail}`),
        headers: { ...AUTOMATIC, ...(replyTo !== null && { 'Reply-To': replyTo }) },
      });
    }
  }

  /** Those who wrote; when none of them can be written to any more, the partner's contact. */
  private async askersOf(tx: Tx, { id, partnerId }: Ticket): Promise<(Reader & { email: string })[]> {
    const writers = await tx.query<(Reader & { email: string })[]>(WRITERS, [id]);
    if (writers.length > 0 || partnerId === null) return writers;
    return tx.query(contactOf('$1'), [partnerId]);
  }

  /** The support's address with the reference in it (RFC 5233); null where mails cannot be answered. */
  private replyTo({ reference }: Ticket): string | null {
    const { supportEmail, inboundMailSecret } = this.config;
    if (supportEmail === null || inboundMailSecret === null) return null;
    const at = supportEmail.lastIndexOf('@');
    return `${supportEmail.slice(0, at)}+${reference}${supportEmail.slice(at)}`;
  }

  private linkTo(realm: string, { id }: Ticket): string {
    return `${this.config.publicUrl}/api/v1/${realm}/tickets/${id}`;
  }
}
