import { Injectable } from '@nestjs/common';
import { EventLog, PartnerMails } from '../identity/index.js';
import type { Tx } from '../platform/index.js';
import { MAX_FAILURES } from './domain/failure-streak.js';

/** What the mails say about a postback or webhook that fails, and whose it is. */
export interface FailingReceiver {
  kind: 'postback' | 'webhook';
  id: string;
  partnerId: string | null;
  /** Set exactly when there is no partner. */
  brandId: string | null;
  url: string;
  label: string | null;
  failures: number;
  since: Date | null;
}

interface MailText {
  subject: string;
  text: string;
}

const REASONS = { gone: 'its server answered 410 Gone', failing: 'it kept failing' } as const;

const BRAND_READERS = { permission: 'brand:webhooks:write', kind: 'postbacks' } as const;

const WHERE_ATTEMPTS_ARE = {
  postback: 'The postback log shows',
  webhook: "The webhook's deliveries show",
} as const;

const WAY_BACK = {
  postback: "set the postback's state to active; single postbacks can be sent again from the log.",
  webhook: 'enable it again; a replay then sends what it missed.',
} as const;

/** Tells those who look after a postback or webhook that it fails (rule 5.3): by mail, and partners in their event log. */
@Injectable()
export class ReceiverNews {
  constructor(
    private readonly mails: PartnerMails,
    private readonly eventLog: EventLog,
  ) {}

  /** The mail at half of the way to being disabled. */
  warn(tx: Tx, receiver: FailingReceiver): Promise<void> {
    return this.send(tx, receiver, {
      subject: `Your ${receiver.kind} is failing`,
      text:
        `${describe(receiver)}\n\nWe keep trying. It is disabled after ${MAX_FAILURES} failures in a row or after ` +
        `five days without a success. ${WHERE_ATTEMPTS_ARE[receiver.kind]} every attempt with the answer that we got.`,
    });
  }

  /** It was disabled. */
  async disabled(tx: Tx, receiver: FailingReceiver, reason: 'gone' | 'failing'): Promise<void> {
    const { kind, id: subjectId, partnerId } = receiver;
    if (partnerId !== null) {
      const data = { host: new URL(receiver.url).host, reason: REASONS[reason] };
      await this.eventLog.record(tx, null, { type: `${kind}_disabled`, partnerId, subjectId, data });
    }
    const why =
      reason === 'gone'
        ? `Your server answered 410 Gone, which means that it wants no more ${kind}s.`
        : 'It kept failing.';
    await this.send(tx, receiver, {
      subject: `Your ${kind} was disabled`,
      text:
        `${describe(receiver)}\n\n${why} Nothing more is sent to it. When your server is ready again, ` +
        WAY_BACK[kind],
    });
  }

  private async send(tx: Tx, { partnerId, brandId }: FailingReceiver, mail: MailText): Promise<void> {
    if (partnerId !== null) await this.mails.send(tx, partnerId, 'postbacks', mail);
    if (brandId !== null) await this.mails.sendToBrand(tx, brandId, BRAND_READERS, mail);
  }
}

function describe({ kind, id, url, label, failures, since }: FailingReceiver): string {
  const lasting = since ? `, since ${since.toISOString()}` : '';
  const named = kind === 'postback' ? `Postback ${id}` : `Webhook ${id}`;
  return `${named} ${label ?? ''}`.trimEnd() + `\n${url}\nFailures in a row: ${failures}${lasting}.`;
}
