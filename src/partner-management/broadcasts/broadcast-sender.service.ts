import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventLog } from '../../identity/index.js';
import { Clock, Mailer, type Tx, UnitOfWork } from '../../platform/index.js';
import { optedOutSql } from '../channels/opt-outs.service.js';
import { UnsubscribeLinks } from '../channels/unsubscribe-links.js';
import { composeBroadcast } from './broadcast-mail.js';
import { getAnyBroadcast, moveBroadcast } from './broadcast-rows.js';
import type { OperatorBroadcastDto } from './broadcasts.dto.js';

/** What mails of broadcasts are called, should they be refused. */
const MAIL_KIND = 'broadcast';
/** Mails that are handed over in one transaction: so long does a pause or a cancellation wait at most. */
const BATCH = 200;

interface Recipient {
  endUserId: string;
  email: string;
  mailboxHash: string;
  name: string | null;
  /** Whether it is to get the mail still. */
  wanted: boolean;
}

/**
 * Sends broadcasts, batch by batch. A batch is one transaction that holds the broadcast's row: mails go into the queue
 * with the marks of their recipients and the counts, so each goes out once, whenever a worker dies and however many
 * there are.
 */
@Injectable()
export class BroadcastSender implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: Mailer,
    private readonly links: UnsubscribeLinks,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.mailer.whenRefused(MAIL_KIND, (tx, [id, endUserId]) => noteRefusal(tx, id!, endUserId!));
  }

  /** Sends the next batch of a broadcast that nobody else is at. @returns false when there is none */
  sendSome(): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      const id = await takeOne(tx);
      if (id === null) return false;
      const broadcast = await getAnyBroadcast(tx, id);
      const recipients = await waitingRecipients(tx, broadcast);
      for (const recipient of recipients.filter(({ wanted }) => wanted)) {
        await this.send(tx, broadcast, recipient);
      }
      await this.note(tx, id, recipients);
      if (recipients.length < BATCH) await this.finish(tx, id);
      return true;
    });
  }

  private async send(tx: Tx, broadcast: OperatorBroadcastDto, recipient: Recipient): Promise<void> {
    const { email, name, mailboxHash, endUserId } = recipient;
    const unsubscribeUrl = this.links.make({ mailboxHash, channelId: broadcast.channelId });
    const content = composeBroadcast(broadcast, { name, unsubscribeUrl });
    const reference = { kind: MAIL_KIND, ids: [broadcast.id, endUserId] };
    await this.mailer.send(tx, { to: email, ...content, bulk: true, reference });
  }

  private async note(tx: Tx, id: string, recipients: readonly Recipient[]): Promise<void> {
    const sent = recipients.filter(({ wanted }) => wanted).map(({ endUserId }) => endUserId);
    await tx.query(
      `UPDATE broadcast_recipients
          SET state = CASE WHEN end_user_id = ANY ($3) THEN 'sent' ELSE 'skipped' END, done_at = $4
        WHERE broadcast_id = $1 AND end_user_id = ANY ($2)`,
      [id, recipients.map(({ endUserId }) => endUserId), sent, this.clock.now()],
    );
    await tx.query('UPDATE broadcasts SET sent = sent + $2, skipped = skipped + $3 WHERE id = $1', [
      id,
      sent.length,
      recipients.length - sent.length,
    ]);
  }

  private async finish(tx: Tx, id: string): Promise<void> {
    await moveBroadcast(tx, id, 'finish', { at: this.clock.now() });
    const { partnerId, progress } = await getAnyBroadcast(tx, id);
    const data = { sent: String(progress.sent), skipped: String(progress.skipped) };
    await this.eventLog.record(tx, null, { partnerId, type: 'broadcast_sent', subjectId: id, data });
  }
}

/** The mail server of one recipient refused the mail for good. */
async function noteRefusal(tx: Tx, id: string, endUserId: string): Promise<void> {
  await tx.query('SELECT FROM broadcasts WHERE id = $1 FOR NO KEY UPDATE', [id]);
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE broadcast_recipients SET state = 'failed' WHERE broadcast_id = $1 AND end_user_id = $2 AND state = 'sent'`,
    [id, endUserId],
  );
  await tx.query('UPDATE broadcasts SET sent = sent - $2, failed = failed + $2 WHERE id = $1', [id, count]);
}

/** Takes a broadcast of an active partner; the one that has come least far, so that a long one holds up no short one. */
async function takeOne(tx: Tx): Promise<string | null> {
  const [taken] = await tx.query<{ id: string }[]>(
    `SELECT b.id FROM broadcasts b JOIN partners p ON p.id = b.partner_id
      WHERE b.state = 'sending' AND p.state = 'active'
      ORDER BY b.sent + b.skipped + b.failed, b.id LIMIT 1 FOR NO KEY UPDATE OF b SKIP LOCKED`,
  );
  return taken?.id ?? null;
}

/** The next recipients; whoever unsubscribed, was removed or forgotten since the start is not wanted any more. */
function waitingRecipients(tx: Tx, { id, channelId, audience }: OperatorBroadcastDto): Promise<Recipient[]> {
  return tx.query<Recipient[]>(
    `SELECT r.end_user_id AS "endUserId", u.email, u.mailbox_hash AS "mailboxHash",
            CASE WHEN $3 = 'followers' THEN f.name ELSE coalesce(u.name, f.name) END AS name,
            u.email IS NOT NULL AND NOT ${optedOutSql('u.mailbox_hash', '$2')}
              AND (f.id IS NOT NULL OR ($3 = 'end_users' AND u.registered_at IS NOT NULL)) AS wanted
       FROM broadcast_recipients r
       JOIN end_users u ON u.id = r.end_user_id
       LEFT JOIN channel_followers f ON f.end_user_id = u.id AND f.channel_id = $2
      WHERE r.broadcast_id = $1 AND r.state = 'waiting' ORDER BY r.end_user_id LIMIT ${BATCH}`,
    [id, channelId, audience],
  );
}
