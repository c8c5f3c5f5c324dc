import { TOO_LONG, type TooLong } from './length-limits.js';
import { type DisabledReason, type LoggedAttempt, reason, type Reason } from './reasons.js';
import { lastAttemptAround } from './retry-schedule.js';

/** A delivery of one event by one postback, with its last attempt. */
export interface KnownDelivery {
  readonly state: 'pending' | 'delivered' | 'failed' | 'cancelled';
  readonly attempts: number;
  /** Null when it is over. */
  readonly nextAttemptAt: Date | null;
  readonly givenUpAt: Date | null;
  readonly last: LoggedAttempt | null;
}

/** A postback, as it is now. */
interface KnownPostback {
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null while it is active. */
  readonly disabledAt: Date | null;
  readonly disabledReason: DisabledReason | null;
}

/** What may not have happened; qualifications have reasons of their own. */
type AbsentAction =
  'registration' | 'first_deposit' | 'deposit' | 'order_created' | 'order_approved' | 'order_declined';

/** An event. When it happened, by the brand's word, says nothing of what was sent. */
export interface KnownEvent {
  /** When it was reported or decided; null for early ones, of which that was not kept. */
  readonly recordedAt: Date | null;
  /** Whether it was taken over from another program. */
  readonly imported: boolean;
  /** Whether it waits to be worked through: which postbacks hear of it is decided only then. */
  readonly waits: boolean;
}

/** What is known of a thing that has not happened. */
export interface Absence {
  readonly players: number;
  /** Of the orders, their states. */
  readonly orders: readonly string[];
  /** Refused reports, the latest first. */
  readonly refused: readonly {
    readonly kind: 'players' | 'activity' | 'orders';
    readonly receivedAt: Date;
    readonly code: string;
    readonly message: string;
  }[];
  readonly lastReports: ReadonlyMap<'players' | 'activity' | 'orders', Date>;
}

/** How it stands with a player's qualification, as billing says it. */
export interface QualificationStanding {
  readonly outcome: string;
  readonly summary: string;
  readonly nextDecisionAt: Date;
}

/** Days that attempts and deliveries are kept (rule 5.5). */
export const DAYS_KEPT = 90;
const DAY_MS = 24 * 60 * 60 * 1_000;
const GONE = 410;

/** What became of a delivery. */
export function verdictOfDelivery({ state, attempts, last, ...times }: KnownDelivery): Reason {
  const nextAt = state === 'pending' ? times.nextAttemptAt : null;
  if (state === 'delivered') return reason('sent', { attempts, last });
  if (last?.error && Object.hasOwn(TOO_LONG, last.error)) {
    return reason('too_long', { what: last.error as TooLong });
  }
  // The attempt that is answered so disables the postback, and cancels itself with all that waits.
  if (last?.responseCode === GONE && nextAt === null) return reason('gone', { last });
  if (state === 'cancelled') return reason('cancelled', { attempts, at: times.givenUpAt! });
  if (last?.error === 'address_refused') return reason('refused_at_connect', { last, nextAt });
  if (nextAt === null) return reason('failed', { attempts, last });
  if (attempts === 0) return reason('waiting', { dueAt: nextAt });
  return reason('retrying', { attempts, last, nextAt, until: lastAttemptAround(attempts, nextAt) });
}

/** Why an event that happened has no delivery. */
export function verdictWithoutDelivery(event: KnownEvent, postback: KnownPostback, now: Date): Reason {
  const { recordedAt: eventAt } = event;
  const { createdAt: madeAt, updatedAt: changedAt, disabledAt } = postback;
  if (event.imported) return reason('imported');
  if (event.waits) return reason('being_queued');
  if (eventAt === null) return reason('report_time_unknown', { madeAt, changedAt, days: DAYS_KEPT });
  if (madeAt > eventAt) return reason('made_after_event', { eventAt, madeAt });
  if (disabledAt !== null && disabledAt <= eventAt) return disabled(postback);
  if (eventAt.getTime() < now.getTime() - DAYS_KEPT * DAY_MS) {
    return reason('no_longer_kept', { eventAt, days: DAYS_KEPT });
  }
  if (changedAt > eventAt) return reason('changed_after_event', { changedAt });
  if (disabledAt !== null) return disabled(postback);
  return reason('not_queued', { eventAt });
}

/** That a postback is disabled, since when and why. */
export function disabled({ disabledAt, disabledReason }: KnownPostback): Reason {
  return reason('postback_disabled', { since: disabledAt!, reason: disabledReason! });
}

/** Why something has not happened: it was not reported, or the report was refused, or it was decided otherwise. */
export function verdictOfAbsence(action: AbsentAction, facts: Absence): Reason {
  if (action === 'order_approved' || action === 'order_declined') {
    const decided = facts.orders.find((status) => status !== 'pending');
    if (decided !== undefined) return reason('order_decided_otherwise', { status: decided });
    if (facts.orders.length > 0) return reason('order_pending');
  }
  const kind = reportOf(action, facts.players > 0);
  const refused = facts.refused.find((report) => report.kind === kind);
  if (refused) return reason('report_refused', refused);
  const lastReportAt = facts.lastReports.get(kind) ?? null;
  switch (kind) {
    case 'players':
      return reason('registration_not_reported', { lastReportAt });
    case 'activity':
      return reason('no_deposit_reported', { lastReportAt });
    case 'orders':
      return reason('order_not_reported', { lastReportAt });
  }
}

/** Why a player is not qualified yet (A11). */
export function verdictOfQualification({ outcome, summary, nextDecisionAt }: QualificationStanding): Reason {
  if (outcome === 'not_paid_for') return reason('qualification_not_paid_for', { summary });
  const awaitsRun = outcome === 'awaits_bill_run' || outcome === 'awaits_period_end';
  return reason(awaitsRun ? 'qualification_awaits_run' : 'not_qualified', { summary, at: nextDecisionAt });
}

/** The kind of batch that would tell of it. */
function reportOf(action: AbsentAction, hasPlayer: boolean): 'players' | 'activity' | 'orders' {
  if (action.startsWith('order_')) return 'orders';
  return hasPlayer && action !== 'registration' ? 'activity' : 'players';
}
