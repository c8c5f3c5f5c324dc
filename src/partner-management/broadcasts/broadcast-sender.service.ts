import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { EventLog } from '../../identity/index.js';
import { Clock, Mailer, type Tx, UnitOfWork } from '../../platform/index.js';
import { UnsubscribeLinks } from '../channels/unsubscribe-links.js';
import { isStillWanted, noteRefusal, RECIPIENTS, WANTED } from './broadcast-delivery.js';
import { composeBroadcast } from './broadcast-mail.js';
import { getAnyBroadcast, moveBroadcast } from './broadcast-rows.js';
import type { OperatorBroadcastDto } from './broadcasts.dto.js';

/** What mails of broadcasts are called, should they be refused. */
const MAIL_KIND = 'broadcast';
/** Mails that are handed over in one transaction: so long does a pause or a cancellation wait at most. */
const BATCH = 200;
/** So many mails wait for the mail server at most before the next batch: what waits here can still be paused. */
const WAITING = 2 * BATCH;

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
  private readonly logger = new Logger(BroadcastSender.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: Mailer,
    private readonly links: UnsubscribeLinks,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.mailer.beforeDelivery(MAIL_KIND, (tx, [id, endUserId]) => isStillWanted(tx, id!, endUserId!));
    this.mailer.whenRefused(MAIL_KIND, (tx, [id, endUserId]) => noteRefusal(tx, id!, endUserId!));
  }

  /** Whether the mail server has enough to do for now. */
  isBusy(): Promise<boolean> {
    return this.mailer.hasBulkWaiting(WAITING);
  }

  /**
   * Sends the next batch of a broadcast that nobody else is at.
   * @param failed broadcasts that are left out; one whose batch fails comes to them
   * @returns false when there is none
   */
  async sendSome(failed: string[]): Promise<boolean> {
    let taken: string | null = null;
    try {
      await this.unitOfWork.run(async (tx) => {
        taken = await takeOne(tx, failed);
        if (taken !== null) await this.sendBatch(tx, taken);
      });
    } catch (error) {
      if (taken === null) throw error;
      failed.push(taken);
      this.logger.error({ err: error, broadcastId: taken }, 'A batch of a broadcast could not be sent');
    }
    return taken !== null;
  }

  private async sendBatch(tx: Tx, id: string): Promise<void> {
    const broadcast = await getAnyBroadcast(tx, id);
    const recipients = await waitingRecipients(tx, id);
    for (const recipient of recipients.filter(({ wanted }) => wanted)) {
      await this.send(tx, broadcast, recipient);
    }
    await this.note(tx, id, recipients);
    if (recipients.length < BATCH) await this.finish(tx, id);
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

/** Takes a broadcast of an active partner; the one that has come least far, so that a long one holds up no short one. */
async function takeOne(tx: Tx, leftOut: readonly string[]): Promise<string | null> {
  const [taken] = await tx.query<{ id: string }[]>(
    `SELECT b.id FROM broadcasts b JOIN partners p ON p.id = b.partner_id
      WHERE b.state = 'sending' AND p.state = 'active' AND b.id <> ALL ($1)
      ORDER BY b.sent + b.skipped + b.failed, b.id LIMIT 1 FOR NO KEY UPDATE OF b SKIP LOCKED`,
    [leftOut],
  );
  return taken?.id ?? null;
}

/** The next recipients; whoever unsubscribed, was removed or forgotten since the start is not wanted any more. */
function waitingRecipients(tx: Tx, id: string): Promise<Recipient[]> {
  return tx.query<Recipient[]>(
    `SELECT r.end_user_id AS "endUserId", u.email, u.mailbox_hash AS "mailboxHash",
            CASE WHEN b.audience = 'followers' THEN f.name ELSE coalesce(u.name, f.name) END AS name,
            ${WANTED} AS wanted
       FROM ${RECIPIENTS}
      WHERE r.broadcast_id = $1 AND r.state = 'waiting' ORDER BY r.end_user_id LIMIT ${BATCH}`,
    [id],
  );
}
