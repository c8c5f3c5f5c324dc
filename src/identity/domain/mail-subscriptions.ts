import type { Permission } from './permissions.js';

/**
 * Kinds of mail that a user may unsubscribe from, each with the permission that its readers hold. Mails about the
 * account itself (sign-in, password, two-factor authentication) and about decisions on a request belong to no kind:
 * they always go out.
 */
export const MAIL_SUBSCRIPTIONS = {
  news: 'account:own',
  bills: 'partner:bills:read',
  cashouts: 'partner:wallet:read',
  reports: 'partner:reports:read',
  postbacks: 'partner:postbacks:write',
  publications: 'partner:publications:read',
  campaigns: 'partner:jobs:read',
} as const satisfies Record<string, Permission>;

export type MailSubscription = keyof typeof MAIL_SUBSCRIPTIONS;

/** Every kind's name. */
export const MAIL_SUBSCRIPTION_NAMES = Object.keys(MAIL_SUBSCRIPTIONS) as MailSubscription[];

/** Which kinds of mail a user gets, from those it opted out of. */
export function subscriptionsOf(optOuts: readonly string[]): Record<MailSubscription, boolean> {
  return Object.fromEntries(MAIL_SUBSCRIPTION_NAMES.map((name) => [name, !optOuts.includes(name)])) as Record<
    MailSubscription,
    boolean
  >;
}

/** The opt-outs after a change that names some kinds; the others stay as they were. */
export function optOutsAfter(
  optOuts: readonly string[],
  changes: Partial<Record<MailSubscription, boolean>>,
): MailSubscription[] {
  const wanted = subscriptionsOf(optOuts);
  return MAIL_SUBSCRIPTION_NAMES.filter((name) => !(changes[name] ?? wanted[name]));
}
