import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { referenceIn } from './domain/ticket-reference.js';
import type { InboundMailDto, InboundMailResponse, MAIL_REFUSALS } from './inbound-mail.dto.js';
import { TicketMails } from './ticket-mails.service.js';
import { lockTicket } from './ticket-rows.js';
import { MAX_MESSAGES, TicketThread } from './ticket-thread.service.js';

const LONGEST_TEXT = 20_000;
/** The first half of a character that was cut in two. */
const HALF_AT_END = /[\ud800-\udbff]$/;
const ADDRESS = String.raw`([^<>\s\0",:;@()\\]+@[^<>\s\0",:;@()\\]+)`;
/** What may stand before an address: words, and quoted texts that hold anything. Commas part addresses. */
const NAME = String.raw`(?:[^<>",:;\\]|"(?:[^"\\]|\\.)*")*`;
/** One mailbox and nothing else (RFC 5322, 3.4). */
const FROM = new RegExp(String.raw`^(?:${NAME}<${ADDRESS}>|\s*${ADDRESS})\s*$`, 's');

/**
 * Mails that answer tickets (T12). The reference, which cannot be guessed, names the ticket; the sender must be one of
 * the people who asked. What is refused is answered as such, so that the gateway does not send it again.
 */
@Injectable()
export class InboundMails {
  constructor(
    private readonly thread: TicketThread,
    private readonly mails: TicketMails,
  ) {}

  /** Writes the mail into the ticket that it names. */
  async receive(tx: Tx, sent: InboundMailDto): Promise<InboundMailResponse> {
    const mail = { ...sent, messageId: storable(sent.messageId) };
    if (mail.autoSubmitted && !/^\s*no\b/i.test(mail.autoSubmitted)) return refused('AUTOMATIC');
    const reference = referenceIn([...mail.to, mail.subject]);
    const [found] = await tx.query<{ id: string }[]>('SELECT id FROM tickets WHERE reference = $1', [
      reference,
    ]);
    if (!found) return refused('UNKNOWN_TICKET');
    const ticket = await lockTicket(tx, null, found.id);
    const authorId = await findSender(tx, ticket.id, addressOf(mail.from));
    if (authorId === null) return refused('SENDER_NOT_ALLOWED');
    const body = textOf(mail);
    if (body === '') return refused('EMPTY');
    if (await isKnown(tx, ticket.id, mail.messageId)) return { outcome: 'duplicate', reason: null };
    if (await isFull(tx, ticket.id)) return refused('TICKET_FULL');
    await this.thread.move(tx, ticket, 'mail');
    const by = { authorId, byOperator: false, internal: false, attachmentIds: [] };
    await this.thread.write(tx, { ticketId: ticket.id, ...by, body, mailId: mail.messageId });
    await this.mails.asked(tx, ticket);
    return { outcome: 'appended', reason: null };
  }
}

function refused(reason: (typeof MAIL_REFUSALS)[number]): InboundMailResponse {
  return { outcome: 'refused', reason };
}

/** The address in a `From`, in lower case; null when there is not exactly one. */
function addressOf(from: string): string | null {
  const [, named, plain] = FROM.exec(from) ?? [];
  return (named ?? plain)?.toLowerCase() ?? null;
}

/** The person of that address who belongs to the partner or brand that asked, and may write. */
async function findSender(tx: Tx, ticketId: string, address: string | null): Promise<string | null> {
  const [sender] = await tx.query<{ id: string }[]>(
    `SELECT u.id FROM users u
       JOIN memberships m ON m.user_id = u.id
       JOIN tickets t ON t.id = $1 AND (m.partner_id = t.partner_id OR m.brand_id = t.brand_id)
      WHERE lower(u.email) = $2 AND u.blocked_at IS NULL AND u.email_verified_at IS NOT NULL`,
    [ticketId, address],
  );
  return sender?.id ?? null;
}

async function isKnown(tx: Tx, ticketId: string, mailId: string): Promise<boolean> {
  const known = await tx.query<unknown[]>(
    'SELECT FROM ticket_messages WHERE ticket_id = $1 AND mail_id = $2',
    [ticketId, mailId],
  );
  return known.length > 0;
}

async function isFull(tx: Tx, ticketId: string): Promise<boolean> {
  const [{ count }] = await tx.query<[{ count: number }]>(
    'SELECT count(*)::int AS count FROM ticket_messages WHERE ticket_id = $1',
    [ticketId],
  );
  return count >= MAX_MESSAGES;
}

/** The text without what the database cannot hold. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** What the thread shows of a mail: its text, and what is left out of it. */
function textOf({ text, attachmentsCount = 0 }: InboundMailDto): string {
  const plain = storable(text).trim();
  const notes = [
    ...(plain.length > LONGEST_TEXT ? ['The rest of this mail was left out.'] : []),
    ...(attachmentsCount > 0 ? [`${attachmentsCount} files of this mail were left out: upload them.`] : []),
  ];
  if (plain === '' && notes.length === 0) return '';
  return [plain.slice(0, LONGEST_TEXT).replace(HALF_AT_END, ''), ...notes.map((note) => `[${note}]`)]
    .join('\n\n')
    .trim();
}
