import { EVENT_CATALOGUE, eventSentence, type EventType } from '../../identity/index.js';

/** Who is told of events. */
export type WebhookAudience = 'partner' | 'brand';

/** A type of event as receivers read of it. */
export interface WebhookEventDescription {
  readonly description: string;
  /** What `data` holds, for example. */
  readonly example: Readonly<Record<string, unknown>>;
}

const ID = '01900000-0000-7000-8000-000000000b01';
const MONEY = { amount: '125.50', currency: 'EUR' };
/** By name, and by kind for those that have no example of their own. */
const FACT_EXAMPLES: Readonly<Record<string, unknown>> = {
  currency: 'EUR',
  firstDay: '2026-10-01',
  lastDay: '2026-10-31',
  reference: 'TKT-7F3K9Q2M4A',
  offer: 'Show our autumn shoes',
  platform: 'youtube',
  startsAt: '2026-12-01T09:00:00.000Z',
  recipients: '1200',
  sent: '1197',
  skipped: '3',
  requestType: 'add_on',
  packageName: 'Gold',
  shown: '8500',
  returned: '1500',
  campaign: 'Autumn with Lucky Fox',
  reason: 'Looked into by the program',
  type: 'identity',
  money: MONEY,
  id: ID,
  text: null,
  names: [],
  payment: { cashoutId: ID, acceptedAt: '2026-10-30T09:00:00.000Z', amount: MONEY },
};

/**
 * The events of the partner's event log that its webhooks hear of, by the types that receivers see. Facts, description
 * and example follow from the event log's catalogue: a line here is all that a new one takes.
 */
const FROM_EVENT_LOG = {
  'bill.issued': 'bill_issued',
  'bill.corrected': 'bill_corrected',
  'bill.approved': 'bill_approved',
  'bill.cancelled': 'bill_cancelled',
  'cashout.requested': 'cashout_requested',
  'cashout.accepted': 'cashout_accepted',
  'cashout.cancelled': 'cashout_cancelled',
  'cashout.refunded': 'refund_made',
  'cashout_schedule.refused': 'cashout_schedule_refused',
  'cashout_schedule.suspended': 'cashout_schedule_suspended',
  'balance.corrected': 'balance_corrected',
  'payment_method.added': 'payment_method_added',
  'payment_method.deleted': 'payment_method_deleted',
  'partnership.suspended': 'partner_suspended',
  'partnership.reactivated': 'partner_reactivated',
  'request.approved': 'request_approved',
  'request.rejected': 'request_rejected',
  'request.expired': 'request_expired',
  'package.changed': 'package_changed',
  'ad.taken_down': 'ad_taken_down',
  'ad_campaign.paused': 'ad_campaign_paused',
  'ad_campaign.ended': 'ad_campaign_ended',
  'package.terms_changed': 'package_terms_changed',
  'sub_affiliate.registered': 'sub_affiliate_registered',
  'publication.platform_approved': 'publication_platform_approved',
  'publication.content_approved': 'publication_content_approved',
  'publication.content_declined': 'publication_content_declined',
  'publication.confirmed': 'publication_confirmed',
  'publication.rejected': 'publication_rejected',
  'publication.overdue': 'publication_overdue',
  'publication.reversed': 'publication_reversed',
  'broadcast.scheduled': 'broadcast_scheduled',
  'broadcast.started': 'broadcast_started',
  'broadcast.sent': 'broadcast_sent',
  'broadcast.cancelled': 'broadcast_cancelled',
  'campaign.joined': 'campaign_joined',
  'post.approved': 'post_approved',
  'post.rejected': 'post_rejected',
  'post.paid': 'post_paid',
  'postback.disabled': 'postback_disabled',
  'webhook.disabled': 'webhook_disabled',
  'ticket.answered': 'ticket_answered',
  'ticket.closed': 'ticket_closed',
  'document.approved': 'document_approved',
  'document.declined': 'document_declined',
  'social_account.verified': 'social_account_verified',
  'social_account.rejected': 'social_account_rejected',
  'social_account.reconnect_needed': 'social_account_reconnect_needed',
} as const satisfies Record<string, EventType>;

const ORDER_EXAMPLE = {
  orderId: 'o-1001',
  amount: MONEY,
  promoCode: 'AUTUMN10',
  tag: ID,
  country: 'DE',
};

/** What brands hear of their own players, orders and batches. */
const OF_BRANDS = {
  'player.attributed': {
    description: 'A player that the brand reported belongs to a partner’s promo.',
    example: { userId: 'p-1001', tag: ID, country: 'DE' },
  },
  'player.qualified': {
    description: 'A player met what a commission plan pays for once; `amount` is what the plan pays.',
    example: { userId: 'p-1001', tag: ID, country: 'DE', amount: MONEY },
  },
  'order.created': { description: 'An order was reported and belongs to a partner.', example: ORDER_EXAMPLE },
  'order.approved': { description: 'An order was approved, by hand or by sync.', example: ORDER_EXAMPLE },
  'order.declined': { description: 'An order was declined, by hand or by sync.', example: ORDER_EXAMPLE },
  'sync_batch.refused': {
    description: 'Items of a batch that the brand’s server sent were refused; the batch tells which and why.',
    example: { batchId: ID, kind: 'activity', accepted: 998, duplicate: 0, corrected: 0, rejected: 2 },
  },
} as const satisfies Record<string, WebhookEventDescription>;

export type BrandEventType = keyof typeof OF_BRANDS;

const TYPE_OF_EVENT = new Map<EventType, string>(
  Object.entries(FROM_EVENT_LOG).map(([type, event]) => [event, type]),
);

/** Every type of event that webhooks hear of, with what is to be known of it (B05): the one table for API and checks. */
export const WEBHOOK_EVENTS: Readonly<
  Record<WebhookAudience, Readonly<Record<string, WebhookEventDescription>>>
> = {
  partner: Object.fromEntries(Object.entries(FROM_EVENT_LOG).map(([type, event]) => [type, describe(event)])),
  brand: OF_BRANDS,
};

/** The type under which webhooks hear of an event of the event log; undefined when they do not. */
export function webhookTypeOf(event: EventType): string | undefined {
  return TYPE_OF_EVENT.get(event);
}

/**
 * What receivers are told of an event: the id of what it happened to, and its facts without those that tell who a
 * person is.
 */
export function partnerEventData(
  event: EventType,
  subjectId: string | null,
  facts: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { subject, facts: kinds } = EVENT_CATALOGUE[event];
  const told = Object.entries(kinds).filter(([, kind]) => kind !== 'personal');
  return { [idOf(subject)]: subjectId, ...Object.fromEntries(told.map(([name]) => [name, facts[name]])) };
}

/** A whole message of a type, for example. */
export function exampleOf(type: string, data: object): Record<string, unknown> {
  return { type, timestamp: '2026-10-31T10:00:00.000Z', data };
}

/** The body that is sent: the same bytes at every attempt. @param at RFC 3339, when it happened */
export function webhookBody(type: string, at: string, data: object): string {
  return JSON.stringify({ type, timestamp: at, data });
}

function describe(event: EventType): WebhookEventDescription {
  const facts = Object.entries(EVENT_CATALOGUE[event].facts).map(([name, kind]) => [
    name,
    FACT_EXAMPLES[name] ?? FACT_EXAMPLES[kind],
  ]);
  const data = Object.fromEntries(facts) as Record<string, unknown>;
  return { description: eventSentence(event, data, null), example: partnerEventData(event, ID, data) };
}

/** `bill` → `billId`; a wallet is its partner's. */
function idOf(subject: string): string {
  if (subject === 'wallet') return 'partnerId';
  return `${subject.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`;
}
