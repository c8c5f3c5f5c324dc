import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Config } from '../config/config.js';
import { type Tx, UnitOfWork } from '../database/unit-of-work.js';
import { DomainError } from '../errors/domain-error.js';
import { FileStore } from '../files/file-store.js';
import { Jobs } from '../jobs/jobs.js';
import { Clock } from '../time/clock.js';
import { Ids } from '../time/ids.js';

/** A stored file that goes with a mail. */
export interface MailAttachment {
  fileName: string;
  mediaType: string;
  /** Of the store of files. One that is gone when the mail is sent is left out. */
  key: string;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html?: string;
  attachments?: readonly MailAttachment[];
  /** Headers beyond the usual ones, by name. */
  headers?: Readonly<Record<string, string>>;
  /** One of very many: it waits behind nobody's single mails, and holds up none. */
  bulk?: boolean;
  /**
   * Shown to {@link Mailer.beforeDelivery} before the mail goes to the mail server, and to {@link Mailer.whenRefused}
   * when that one refuses it for good.
   */
  reference?: MailReference;
}

/** What a mail is, for whoever sent it. */
export interface MailReference {
  /** Of whoever sent it. */
  kind: string;
  ids: readonly string[];
}

type RefusalHandler = (tx: Tx, ids: readonly string[]) => Promise<void>;
type DeliveryCheck = (tx: Tx, ids: readonly string[]) => Promise<boolean>;

const QUEUE = 'mail.send';
const BULK_QUEUE = 'mail.send-bulk';

/** Mails carry tokens: the queue forgets them soon. */
const KEEP_MAILS_SECONDS = 3600;

/**
 * Sends mails after the transaction commits: by SMTP in a retried job, or, without a mail server, into the
 * development mailbox.
 */
@Injectable()
export class Mailer implements OnModuleInit {
  private readonly transport: Transporter | null;
  private readonly refusalHandlers = new Map<string, RefusalHandler>();
  private readonly deliveryChecks = new Map<string, DeliveryCheck>();

  constructor(
    private readonly config: Config,
    private readonly jobs: Jobs,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly files: FileStore,
    private readonly unitOfWork: UnitOfWork,
  ) {
    this.transport = config.smtpUrl ? createTransport(config.smtpUrl) : null;
  }

  onModuleInit(): void {
    for (const queue of [QUEUE, BULK_QUEUE]) {
      this.jobs.handle<Mail>(queue, (mail) => this.deliver(mail), {
        concurrency: 2,
        forgetAfterSeconds: KEEP_MAILS_SECONDS,
      });
    }
  }

  /** Sends a mail with the transaction: it goes out if and only if the transaction commits. */
  async send(tx: Tx, mail: Mail): Promise<void> {
    const { bulk = false, ...sent } = mail;
    if (this.transport) return this.jobs.send(tx, bulk ? BULK_QUEUE : QUEUE, sent);
    await tx.query(
      `INSERT INTO mailbox (id, recipient, subject, text_body, html_body, sent_at, attachments, headers)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        this.ids.next(),
        mail.to,
        mail.subject,
        mail.text,
        mail.html ?? null,
        this.clock.now(),
        JSON.stringify((mail.attachments ?? []).map(({ fileName, mediaType }) => ({ fileName, mediaType }))),
        JSON.stringify(mail.headers ?? {}),
      ],
    );
  }

  /** Has refused mails of that kind told, once each; call it in `onModuleInit`. */
  whenRefused(kind: string, handler: RefusalHandler): void {
    this.refusalHandlers.set(kind, handler);
  }

  /**
   * Has every mail of that kind asked about just before it goes to the mail server; one for which the answer is false
   * goes nowhere. Mails of the development mailbox have arrived by then. Call it in `onModuleInit`.
   */
  beforeDelivery(kind: string, check: DeliveryCheck): void {
    this.deliveryChecks.set(kind, check);
  }

  /** Whether at least so many mails of a bulk wait for the mail server still. */
  async hasBulkWaiting(count: number): Promise<boolean> {
    return this.transport !== null && (await this.jobs.hasWaiting(BULK_QUEUE, count));
  }

  private async deliver({ attachments = [], reference, ...mail }: Mail): Promise<void> {
    const check = reference && this.deliveryChecks.get(reference.kind);
    if (check && !(await this.unitOfWork.run((tx) => check(tx, reference.ids)))) return;
    const files = await this.open(attachments);
    try {
      await this.transport?.sendMail({ from: this.config.mailFrom, ...mail, attachments: files });
    } catch (error) {
      const handler = reference && this.refusalHandlers.get(reference.kind);
      if (!handler || !isRefusal(error)) throw error;
      await this.unitOfWork.run((tx) => handler(tx, reference.ids));
    }
  }

  /** The files as they are sent: read while they go out. */
  private async open(attachments: readonly MailAttachment[]): Promise<SendMailOptions['attachments']> {
    const opened = attachments.map(async ({ fileName, mediaType, key }) => {
      try {
        return [{ filename: fileName, contentType: mediaType, content: await this.files.open(key) }];
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'not_found') return [];
        throw error;
      }
    });
    return (await Promise.all(opened)).flat();
  }

  /** Forgets the copies that the development mailbox keeps of mails to these addresses. */
  async forget(tx: Tx, addresses: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM mailbox WHERE lower(recipient) = ANY ($1)', [
      addresses.map((address) => address.toLowerCase()),
    ]);
  }
}

/** Whether the server will not take the mail, however often it is tried (RFC 5321, 4.2.1): 5yz about mailbox or content. */
function isRefusal(error: unknown): boolean {
  const { responseCode = 0, code } = error as { responseCode?: number; code?: string };
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}
