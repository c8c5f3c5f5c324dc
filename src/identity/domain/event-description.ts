import type { DataOf, FactKinds, Facts } from './event-facts.js';
import type { Permission } from './permissions.js';

/**
 * Things that events happen to, each with the permission that it takes to read of it in the event log. What happened to
 * somebody, that person reads too.
 */
export const EVENT_READERS = {
  ad: 'partner:events:read',
  ad_campaign: 'partner:events:read',
  bill: 'partner:bills:read',
  broadcast: 'partner:events:read',
  campaign_post: 'partner:events:read',
  brand_suggestion: 'partner:events:read',
  cashout: 'partner:wallet:read',
  cashout_schedule: 'partner:wallet:read',
  channel: 'partner:events:read',
  connected_account: 'partner:events:read',
  data_export: 'partner:events:read',
  document: 'partner:documents:read',
  erasure: 'partner:events:read',
  participation: 'partner:events:read',
  partner: 'partner:events:read',
  payment_method: 'partner:payment-methods:read',
  postback: 'partner:events:read',
  publication: 'partner:events:read',
  referral: 'partner:events:read',
  request: 'partner:events:read',
  social_account: 'partner:events:read',
  terms_version: 'partner:events:read',
  ticket: 'partner:events:read',
  user: 'partner:team:read',
  user_identity: 'partner:team-sessions:read',
  wallet: 'partner:wallet:read',
  webhook: 'partner:events:read',
} as const satisfies Record<string, Permission>;
type EventSubject = keyof typeof EVENT_READERS;

/** Names of the things that events happen to. */
export const EVENT_SUBJECTS = Object.keys(EVENT_READERS) as EventSubject[];

/** Things whose events are open to whoever holds the permissions. */
export function readableSubjects(permissions: ReadonlySet<Permission>): EventSubject[] {
  return EVENT_SUBJECTS.filter((subject) => permissions.has(EVENT_READERS[subject]));
}

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
