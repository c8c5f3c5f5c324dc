import type { FieldError } from '../../platform/errors/domain-error.js';
import { AD_EVENTS } from './ad-events.js';
import { CAMPAIGN_EVENTS } from './campaign-events.js';
import { BROADCAST_EVENTS, CHANNEL_EVENTS } from './channel-events.js';
import { describe, ended, type EventDescription, inWords } from './event-description.js';
import { type DataOf, type Facts, isFact } from './event-facts.js';
import { PARTNERSHIP_EVENTS, REQUEST_EVENTS } from './partnership-events.js';
import { SOCIAL_ACCOUNT_EVENTS } from './social-account-events.js';
import { PUBLICATION_EVENTS } from './publication-events.js';
import { SUPPORT_EVENTS } from './support-events.js';
import { REFERRAL_EVENTS } from './referral-events.js';

const CASHOUT = { amount: 'money', paymentMethodId: 'id', comment: 'text' } as const;
const SCHEDULE = { currency: 'text', paymentMethodId: 'id' } as const;
const SCHEDULE_TIMES = { ...SCHEDULE, times: 'text' } as const;
const SCHEDULE_FAULT = { ...SCHEDULE, reason: 'text' } as const;
const ADDRESSES = { oldEmail: 'personal', newEmail: 'personal' } as const;
const NAMES = { from: 'personal', to: 'personal' } as const;
const ROLE = { role: 'text' } as const;
const DOCUMENT = { type: 'text', fileName: 'personal' } as const;
const DECLINED = { ...DOCUMENT, reason: 'text' } as const;
/** Whose server something is sent to tells who the partner is. */
const HOST = { host: 'personal' } as const;
const STOPPED = { ...HOST, reason: 'text' } as const;
const BRAND = { name: 'personal' } as const;
const PROVIDER = { provider: 'text', email: 'personal' } as const;

const MONEY_EVENTS = {
  bill_issued: describe(
    'Bill issued',
    'bill',
    { amount: 'money', firstDay: 'text', lastDay: 'text' },
    ({ amount, firstDay, lastDay }) =>
      `A bill of ${inWords(amount)} was made for ${firstDay} to ${lastDay}; it waits for approval.`,
  ),
  bill_corrected: describe(
    'Bill corrected',
    'bill',
    { amount: 'money', comment: 'text' },
    ({ amount, comment }) => ended(`A bill was corrected and comes to ${inWords(amount)}`, comment),
  ),
  bill_cancelled: describe(
    'Bill cancelled',
    'bill',
    { amount: 'money', reason: 'text' },
    ({ amount, reason }) => ended(`A bill of ${inWords(amount)} was cancelled`, reason),
  ),
  bill_approved: describe('Bill approved', 'bill', { amount: 'money' }, ({ amount }) => {
    return `A bill was approved: ${inWords(amount)} is in your available balance.`;
  }),
  cashout_requested: describe('Cash-out requested', 'cashout', CASHOUT, ({ amount }) => {
    return `A cash-out of ${inWords(amount)} was requested.`;
  }),
  cashout_cancelled: describe('Cash-out cancelled', 'cashout', CASHOUT, ({ amount, comment }) => {
    return ended(`A cash-out of ${inWords(amount)} was cancelled; the amount is available again`, comment);
  }),
  cashout_accepted: describe('Cash-out accepted', 'cashout', CASHOUT, ({ amount, comment }) => {
    return ended(`A cash-out of ${inWords(amount)} was accepted and paid`, comment);
  }),
  refund_made: describe(
    'Refund made',
    'cashout',
    { ...CASHOUT, originalPayment: 'payment' },
    ({ amount, comment }) =>
      ended(`A payment of ${inWords(amount)} came back; the amount is available again`, comment),
  ),
  balance_corrected: describe(
    'Balance correction made',
    'wallet',
    { amount: 'money', comment: 'text' },
    ({ amount, comment }) => ended(`Your balance was corrected by ${inWords(amount)}`, comment),
  ),
  payment_method_added: describe(
    'Payment method added',
    'payment_method',
    { paymentMethodId: 'id' },
    () => 'A payment method was added to your wallet.',
  ),
  payment_method_deleted: describe(
    'Payment method deleted',
    'payment_method',
    { paymentMethodId: 'id' },
    () => 'A payment method was deleted from your wallet.',
  ),
};

const SCHEDULE_EVENTS = {
  cashout_schedule_added: describeSchedule('added', 'was added'),
  cashout_schedule_changed: describeSchedule('changed', 'was changed'),
  cashout_schedule_paused: describeSchedule('paused', 'was paused'),
  cashout_schedule_resumed: describeSchedule('resumed', 'was resumed'),
  cashout_schedule_deleted: describeSchedule('deleted', 'was deleted'),
  cashout_schedule_refused: describe(
    'Automatic cash-out not requested',
    'cashout_schedule',
    SCHEDULE_FAULT,
    ({ currency, reason }) => ended(`An automatic cash-out in ${currency} could not be requested`, reason),
  ),
  cashout_schedule_suspended: describe(
    'Automatic cash-out suspended',
    'cashout_schedule',
    SCHEDULE_FAULT,
    ({ currency, reason }) => ended(`A schedule of automatic cash-outs in ${currency} is suspended`, reason),
  ),
};

const SIGN_IN_EVENTS = {
  two_factor_enabled: describe('Two-factor authentication enabled', 'user', {}, (_, name) => {
    return `Two-factor authentication was enabled for ${name}.`;
  }),
  two_factor_disabled: describe('Two-factor authentication disabled', 'user', {}, (_, name) => {
    return `Two-factor authentication was disabled for ${name}.`;
  }),
  password_changed: describe('Password changed', 'user', {}, (_, name) => {
    return `The password of ${name} was changed.`;
  }),
  email_change_requested: describe('E-mail change requested', 'user', ADDRESSES, (_, name) => {
    return `${name} asked for another e-mail address; it changes once it is confirmed.`;
  }),
  email_change_cancelled: describe('E-mail change cancelled', 'user', ADDRESSES, (_, name) => {
    return `The e-mail address of ${name} stays as it is.`;
  }),
  email_changed: describe('E-mail changed', 'user', ADDRESSES, (_, name) => {
    return `The e-mail address of ${name} was changed.`;
  }),
  identity_linked: describe('Sign-in linked', 'user_identity', PROVIDER, ({ provider }) => {
    return `An account at ${provider} was linked for signing in.`;
  }),
  identity_unlinked: describe('Sign-in unlinked', 'user_identity', PROVIDER, ({ provider }) => {
    return `An account at ${provider} was unlinked and no longer signs in.`;
  }),
};

const TEAM_EVENTS = {
  member_invited: describe('Team member invited', 'user', ROLE, ({ role }, name) => {
    return `${name} was invited to the team as ${role}.`;
  }),
  member_invitation_withdrawn: describe('Invitation withdrawn', 'user', ROLE, (_, name) => {
    return `The invitation of ${name} was withdrawn.`;
  }),
  member_role_changed: describe(
    'Role changed',
    'user',
    { from: 'text', to: 'text' },
    ({ from, to }, name) => `${name}, who was ${from}, is ${to} now.`,
  ),
  member_renamed: describe('Team member renamed', 'user', NAMES, (_, name) => {
    return `The name of ${name} was changed.`;
  }),
  member_blocked: describe('Team member blocked', 'user', ROLE, (_, name) => `${name} was blocked.`),
  member_unblocked: describe('Team member unblocked', 'user', ROLE, (_, name) => `${name} was unblocked.`),
  member_unlocked: describe('Team member unlocked', 'user', ROLE, (_, name) => `${name} was unlocked.`),
  member_two_factor_reset: describe('Two-factor authentication reset', 'user', ROLE, (_, name) => {
    return `The two-factor authentication of ${name} was reset by the program.`;
  }),
  member_session_ended: describe('Session ended', 'user', ROLE, (_, name) => {
    return `A session of ${name} was ended.`;
  }),
  member_statistic_token_expired: describe('Statistics token expired', 'user', ROLE, (_, name) => {
    return `The statistics token of ${name} was expired; links to its feeds are out.`;
  }),
};

const PROFILE_EVENTS = {
  profile_changed: describe('Profile changed', 'partner', { changed: 'names' }, ({ changed }) => {
    return `The profile was changed: ${changed.join(', ')}.`;
  }),
  document_uploaded: describe('Document uploaded', 'document', DOCUMENT, () => 'A document was uploaded.'),
  document_deleted: describe('Document deleted', 'document', DOCUMENT, () => 'A document was deleted.'),
  document_approved: describe('Document approved', 'document', DOCUMENT, () => 'A document was approved.'),
  document_declined: describe('Document declined', 'document', DECLINED, ({ reason }) => {
    return ended('A document was declined', reason);
  }),
  data_export_requested: describe('Copy of your data requested', 'data_export', {}, () => {
    return 'A copy of all your data was requested.';
  }),
  erasure_requested: describe('Erasure requested', 'erasure', {}, () => {
    return 'The erasure of your data was requested.';
  }),
  erasure_cancelled: describe('Erasure cancelled', 'erasure', {}, () => {
    return 'Your data stays: its erasure was cancelled.';
  }),
};

const RECEIVER_EVENTS = {
  postback_disabled: describe('Postback disabled', 'postback', STOPPED, ({ reason }) => {
    return ended('A postback was disabled', reason);
  }),
  webhook_added: describe('Webhook added', 'webhook', HOST, () => 'A webhook was added.'),
  webhook_changed: describe('Webhook changed', 'webhook', { ...HOST, changed: 'names' }, ({ changed }) => {
    return `A webhook was changed: ${changed.join(', ')}.`;
  }),
  webhook_secret_rotated: describe('Webhook secret rotated', 'webhook', HOST, () => {
    return 'A webhook has a new secret.';
  }),
  webhook_enabled: describe('Webhook enabled', 'webhook', HOST, () => 'A webhook was enabled.'),
  webhook_disabled: describe('Webhook disabled', 'webhook', STOPPED, ({ reason }) => {
    return ended('A webhook was disabled', reason);
  }),
  webhook_deleted: describe('Webhook deleted', 'webhook', HOST, () => 'A webhook was deleted.'),
};

/** What a suggested brand is called is the partner's own text, and goes with its other data. */
const SUGGESTION_EVENTS = {
  brand_suggested: describe('Brand suggested', 'brand_suggestion', BRAND, () => {
    return 'A brand was suggested to the program.';
  }),
  brand_suggestion_accepted: describe('Brand suggestion accepted', 'brand_suggestion', BRAND, () => {
    return 'A brand that you suggested was accepted.';
  }),
  brand_suggestion_declined: describe(
    'Brand suggestion declined',
    'brand_suggestion',
    { ...BRAND, reason: 'text' },
    ({ reason }) => ended('A brand that you suggested was declined', reason),
  ),
};

const SUB_AFFILIATE_EVENTS = {
  sub_affiliate_registered: describe(
    'Sub-affiliate registered',
    'partner',
    { subAffiliateId: 'id', campaignId: 'id', promoId: 'id' },
    () => 'A partner signed up through one of your links: a sub-affiliate of yours.',
  ),
};

/**
 * Every type of event that partners see (A29): the one table behind what may be recorded, how it is shown, and the
 * documentation.
 */
export const EVENT_CATALOGUE = {
  ...MONEY_EVENTS,
  ...SCHEDULE_EVENTS,
  ...SIGN_IN_EVENTS,
  ...TEAM_EVENTS,
  ...PROFILE_EVENTS,
  ...PARTNERSHIP_EVENTS,
  ...REQUEST_EVENTS,
  ...AD_EVENTS,
  ...RECEIVER_EVENTS,
  ...PUBLICATION_EVENTS,
  ...CHANNEL_EVENTS,
  ...SOCIAL_ACCOUNT_EVENTS,
  ...BROADCAST_EVENTS,
  ...CAMPAIGN_EVENTS,
  ...SUGGESTION_EVENTS,
  ...REFERRAL_EVENTS,
  ...SUB_AFFILIATE_EVENTS,
  ...SUPPORT_EVENTS,
};

export type EventType = keyof typeof EVENT_CATALOGUE;

/** The facts that an event of the type carries. */
export type EventData<T extends EventType> = DataOf<(typeof EVENT_CATALOGUE)[T]['facts']>;

/** Names of the types, for filters and documentation. */
export const EVENT_TYPES = Object.keys(EVENT_CATALOGUE) as EventType[];

/** Which facts each type carries, in a sentence for the API's documentation. */
export const EVENT_FACTS_IN_WORDS = EVENT_TYPES.map((type) => {
  const facts = Object.keys(EVENT_CATALOGUE[type].facts).join(', ');
  return `\`${type}\`: ${facts || 'nothing more'}`;
}).join('; ');

/** What is wrong with an event's facts: missing ones, unknown ones, and ones of another kind than the catalogue's. */
export function eventFaults(type: EventType, data: Readonly<Record<string, unknown>>): FieldError[] {
  const facts: Facts = EVENT_CATALOGUE[type].facts;
  const unknown = Object.keys(data).filter((name) => !Object.hasOwn(facts, name));
  const wrong = Object.entries(facts).filter(([name, kind]) => !isFact(kind, data[name]));
  return [
    ...unknown.map((path) => ({ path, message: `is not a fact of ${type}` })),
    ...wrong.map(([path, kind]) => ({ path, message: `must be of the kind '${kind}'` })),
  ];
}

/** The sentence that tells people of an event. @param subjectName name of the user that it happened to, if one */
export function eventSentence(type: EventType, data: object, subjectName: string | null): string {
  const { sentence } = EVENT_CATALOGUE[type] as unknown as EventDescription;
  return sentence(data as DataOf<Facts>, subjectName ?? 'A former user');
}

function describeSchedule(done: string, sentence: string): EventDescription<typeof SCHEDULE_TIMES> {
  return describe(`Cash-out schedule ${done}`, 'cashout_schedule', SCHEDULE_TIMES, ({ currency, times }) => {
    return `A schedule of automatic cash-outs in ${currency} ${sentence}: ${times}.`;
  });
}
