import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox } from '../platform/index.js';
import { EVENT_CATALOGUE, eventSentence, type EventType } from './domain/event-catalogue.js';
import type { MailSubscription } from './domain/mail-subscriptions.js';
import { EventLog, type LoggedEvent, type LoggedEvents, PARTNER_EVENTS } from './event-log.service.js';
import { PartnerMails } from './partner-mails.service.js';

/** Events that are mailed too, each with the kind of mail that it is. */
const MAILED: Readonly<Partial<Record<EventType, MailSubscription>>> = {
  bill_approved: 'bills',
  bill_cancelled: 'bills',
  cashout_cancelled: 'cashouts',
  cashout_accepted: 'cashouts',
  refund_made: 'cashouts',
  cashout_schedule_refused: 'cashouts',
  cashout_schedule_suspended: 'cashouts',
  publication_platform_approved: 'publications',
  publication_content_approved: 'publications',
  publication_content_declined: 'publications',
  publication_confirmed: 'publications',
  publication_rejected: 'publications',
  publication_overdue: 'publications',
  publication_reversed: 'publications',
  post_rejected: 'campaigns',
};

/** Mails the events that partners wait for to those of their people who subscribe to such mails (A22). */
@Injectable()
export class EventMails implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvents>('logged-event-mails', PARTNER_EVENTS, async (tx, { payload }) => {
      const events = await this.eventLog.read(tx, payload.eventIds);
      const byKind = Map.groupBy(events, ({ type }) => MAILED[type]);
      for (const [kind, some] of byKind) {
        if (kind) await this.mails.sendEach(tx, kind, some.map(mailAbout));
      }
    });
  }
}

function mailAbout({ type, partnerId, data }: LoggedEvent): {
  partnerId: string;
  subject: string;
  text: string;
} {
  return { partnerId, subject: EVENT_CATALOGUE[type].title, text: eventSentence(type, data, null) };
}
