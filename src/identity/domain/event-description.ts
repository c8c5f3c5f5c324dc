import type { DataOf, FactKinds, Facts } from './event-facts.js';

/** Things that events happen to. */
export const EVENT_SUBJECTS = [
  'ad',
  'ad_campaign',
  'bill',
  'broadcast',
  'campaign_post',
  'brand_suggestion',
  'cashout',
  'cashout_schedule',
  'channel',
  'connected_account',
  'data_export',
  'document',
  'erasure',
  'participation',
  'partner',
  'payment_method',
  'postback',
  'publication',
  'referral',
  'request',
  'social_account',
  'terms_version',
  'ticket',
  'user',
  'user_identity',
  'wallet',
  'webhook',
] as const;
type EventSubject = (typeof EVENT_SUBJECTS)[number];

/** A type of event: what it is called, what it happened to, which facts it carries, and how it reads. */
export interface EventDescription<F extends Facts = Facts> {
  readonly title: string;
  readonly subject: EventSubject;
  readonly facts: F;
  /** One sentence for people. `name` is the user's that it happened to. */
  readonly sentence: (data: DataOf<F>, name: string) => string;
}

/** Describes a type of event; its facts are known to its sentence. */
export function describe<const F extends Facts>(
  title: string,
  subject: EventSubject,
  facts: F,
  sentence: EventDescription<F>['sentence'],
): EventDescription<F> {
  return { title, subject, facts, sentence };
}

/** An amount as sentences have it. */
export function inWords({ amount, currency }: FactKinds['money']): string {
  return `${amount} ${currency}`;
}

/** A sentence with what somebody said about it, if anything. */
export function ended(sentence: string, comment: string | null): string {
  return comment ? `${sentence}: ${comment}` : `${sentence}.`;
}
