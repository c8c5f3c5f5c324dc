import { TOO_LONG, type TooLong } from './length-limits.js';

/** Why a postback was or was not sent: a stable code and a sentence. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
}

/** One attempt, as the log has it. */
export interface LoggedAttempt {
  readonly sentAt: Date;
  readonly responseCode: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** Who or what disabled a postback. */
export type DisabledReason = 'partner' | 'gone' | 'failing';

const DISABLED_BECAUSE: Readonly<Record<DisabledReason, string>> = {
  partner: 'one of your people disabled it',
  gone: 'the tracker answered 410 Gone, which means that it wants no more',
  failing: 'it kept failing',
};

/** By the reason why an attempt had no answer. */
export const NO_ANSWER = {
  address_refused:
    'the host leads to an address that is not on the public internet, and these are never called',
  host_not_found: 'the host name could not be found',
  connection_refused: 'the tracker took no connection',
  connect_timeout: 'no connection to the tracker came about in time',
  connection_lost: 'the connection was lost before the answer came',
  timeout: 'the tracker did not answer in time',
  tls_error: "the tracker's certificate or encryption was not acceptable",
  protocol_error: 'what the tracker answered is not HTTP',
  secret_unreadable: 'the secret that signs it could not be read',
} as const;

/** Every answer to "why?", in words: the one place where they stand. */
const REASONS = {
  sent: ({ attempts, last }: { attempts: number; last: LoggedAttempt | null }) =>
    `Sent${last ? ` at ${instant(last.sentAt)}: the tracker answered ${last.responseCode}` : ''}.${
      attempts > 1 ? ` It took ${attempts} attempts.` : ''
    }`,
  waiting: ({ dueAt }: { dueAt: Date }) => `Waits for its first attempt, due at ${instant(dueAt)}.`,
  retrying: (f: { attempts: number; last: LoggedAttempt | null; nextAt: Date; until: Date }) =>
    `Not taken yet: at attempt ${f.attempts}, ${because(f.last)}. The next attempt is due at ${instant(f.nextAt)}; ` +
    `it is given up around ${instant(f.until)}.`,
  refused_at_connect: (f: { last: LoggedAttempt; nextAt: Date | null }) =>
    `Not sent at ${instant(f.last.sentAt)}: ${NO_ANSWER.address_refused}. Let the URL lead to a public address. ${
      f.nextAt ? `The next attempt is due at ${instant(f.nextAt)}.` : 'It was given up.'
    }`,
  too_long: ({ what }: { what: TooLong }) =>
    `Not sent: ${TOO_LONG[what]}, and such ones are not sent. Shorten the template, or what the tracking link carries.`,
  gone: ({ last }: { last: LoggedAttempt }) =>
    `Not taken: at ${instant(last.sentAt)} the tracker answered 410 Gone, which means that it wants no more.`,
  failed: ({ attempts, last }: { attempts: number; last: LoggedAttempt | null }) =>
    `Given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${because(last)}. It can be sent again from the log.`,
  cancelled: ({ attempts, at }: { attempts: number; at: Date }) =>
    `Not sent: the postback was disabled at ${instant(at)} while this waited${
      attempts > 0 ? `, after ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}` : ''
    }.`,
  postback_disabled: (f: { since: Date; reason: DisabledReason }) =>
    `The postback is disabled since ${instant(f.since)} because ${DISABLED_BECAUSE[f.reason]}. Nothing is sent until its ` +
    'state is set to active.',
  made_after_event: (f: { eventAt: Date; madeAt: Date }) =>
    `The postback was made at ${instant(f.madeAt)}, after this was reported (${instant(f.eventAt)}): it is told of ` +
    'what is reported later only.',
  changed_after_event: (f: { changedAt: Date }) =>
    'Nothing was sent: when this was to be queued, the postback was disabled or was for another action. It was last ' +
    `changed at ${instant(f.changedAt)}.`,
  being_queued: () => 'It was reported, and its postback is about to be queued.',
  not_queued: (f: { eventAt: Date }) =>
    `Nothing was sent, and it should have been: the postback was active when this was reported (${instant(f.eventAt)}). ` +
    'Queueing it must have failed; ask the program to look into it.',
  imported: () =>
    'The player came from another program, where this had happened: what is imported is told to no postback.',
  report_time_unknown: (f: { madeAt: Date; changedAt: Date; days: number }) =>
    'Nothing is known to have been sent, and why is not known either, for when this was reported was not kept then. The ' +
    `postback may be newer (it was made at ${instant(f.madeAt)} and last changed at ${instant(f.changedAt)}), or may have ` +
    `been disabled; and what was sent more than ${f.days} days ago is no longer known.`,
  no_longer_kept: (f: { eventAt: Date; days: number }) =>
    `This was reported at ${instant(f.eventAt)}; what was sent more than ${f.days} days ago is no longer known.`,

  registration_not_reported: (f: { lastReportAt: Date | null }) =>
    `The brand has not reported a player yet. ${syncing('players', f.lastReportAt)}`,
  no_deposit_reported: (f: { lastReportAt: Date | null }) =>
    `The brand has reported the player, but no deposit yet. ${syncing('activity', f.lastReportAt)}`,
  order_not_reported: (f: { lastReportAt: Date | null }) =>
    `The brand has not reported an order yet. ${syncing('orders', f.lastReportAt)}`,
  report_refused: (f: { receivedAt: Date; code: string; message: string }) =>
    `The brand reported it at ${instant(f.receivedAt)}, and the report was refused (${f.code}: ${f.message}). It ` +
    'counts once the brand reports it rightly.',
  order_pending: () => 'The brand has not decided on the order yet.',
  order_decided_otherwise: (f: { status: string }) => `The order was ${f.status}, for good.`,
  qualification_awaits_run: (f: { summary: string; at: Date }) =>
    `${f.summary} Qualification is decided when commission is calculated, next at ${instant(f.at)}.`,
  not_qualified: (f: { summary: string; at: Date }) =>
    `${f.summary} Qualification is decided when commission is calculated, next at ${instant(f.at)}.`,
  qualification_not_paid_for: (f: { summary: string }) =>
    `${f.summary} So this postback is never sent for the campaign's players.`,

  parameter_missing: (f: { parameter: string; carried: readonly string[] }) =>
    `The link carried no parameter ${f.parameter}${
      f.carried.length > 0 ? `, only ${list(f.carried)}` : ''
    }: \${${f.parameter}} is sent as it stands. Add ${f.parameter}=… to the tracking link.`,
  parameter_named_differently: (f: { parameter: string; carriedAs: string }) =>
    `The postback asks for ${f.parameter}, and the link carried ${f.carriedAs}: \${${f.parameter}} is sent as it stands. Name ` +
    `the parameter ${f.parameter} in the tracking link, or write \${${f.carriedAs}} in the postback; how the key before = ` +
    'is named does not matter.',
  parameter_empty: (f: { parameter: string }) =>
    `The link carried ${f.parameter} without a value, and so it is sent.`,
  parameter_not_replaced: (f: { parameter: string; value: string }) =>
    `The link carried ${f.parameter}=${short(f.value)}, which looks like a variable of your tracker that was not replaced ` +
    'by its value.',
  parameter_corrupted: (f: { parameter: string; value: string; damage: string }) =>
    `The link carried ${f.parameter}=${short(f.value)}, and that value looks corrupted: ${f.damage}. It is stored and sent ` +
    'as it came; look at the link in your tracker.',
  came_by_promo_code: () =>
    'It came by a promo code, not by a link: custom parameters have no value and are sent as they stand.',
  came_by_import: () =>
    'The player came from another program, not by a link: custom parameters have no value and are sent as they stand.',
  template_wrong: (f: { problems: string }) => `The template is wrong: ${f.problems}`,
  postback_failing: (f: { failures: number; since: Date }) =>
    `The postback has failed ${f.failures} times in a row since ${instant(f.since)}.`,

  campaign_archived: () =>
    'The campaign is archived. Its links and postbacks go on working; they cannot be edited.',
  visit_by_bot: () => 'The visit was made by a program, or by a browser that does not name itself.',
  visit_from_datacenter: () => 'The visit came from a data centre.',
  visit_repeated: () => 'The visit repeats an earlier one of the same visitor.',
  no_postbacks: () =>
    'No postback is configured that hears of it: make one for your account, this campaign or this promo.',
} as const;

export type ReasonCode = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS) as ReasonCode[];

/** A reason in words. */
export function reason<Code extends ReasonCode>(
  code: Code,
  ...facts: Parameters<(typeof REASONS)[Code]>
): Reason {
  const words = REASONS[code] as (...given: unknown[]) => string;
  return { code, message: words(...facts) };
}

/** Why an attempt failed. */
function because(last: LoggedAttempt | null): string {
  if (!last) return 'the reason is no longer kept';
  const { responseCode, error } = last;
  if (responseCode === null)
    return (NO_ANSWER as Readonly<Record<string, string>>)[error ?? ''] ?? `it failed (${error})`;
  if (responseCode < 400) return `the tracker answered ${responseCode}, which is not followed and no success`;
  return `the tracker answered ${responseCode}`;
}

/** How long to wait for a report. */
function syncing(what: 'players' | 'activity' | 'orders', lastAt: Date | null): string {
  const last = lastAt
    ? `its last batch of ${what} came at ${instant(lastAt)}`
    : `no batch of ${what} came of late`;
  return `Brands report every few minutes to once a day; ${last}.`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(short).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function instant(at: Date): string {
  return at.toISOString();
}
