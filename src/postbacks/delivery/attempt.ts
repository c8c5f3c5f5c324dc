import { nextAttemptAt, retryAfterMs } from '../domain/retry-schedule.js';
import type { DueDelivery } from './due-deliveries.js';
import type { OutboundResult } from './outbound-call.js';
import type { OutboundError } from './outbound-error.js';

/** One attempt of a delivery and what came of it. */
export interface Attempt {
  /** Identifier of the log row: a UUIDv7 of the time of sending. */
  readonly id: string;
  readonly delivery: DueDelivery;
  readonly sentAt: Date;
  readonly endedAt: Date;
  readonly result: OutboundResult;
}

/** State of a delivery after an attempt. */
export interface Outcome {
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Null when there is none. */
  readonly nextAttemptAt: Date | null;
}

const GONE = 410;
const DELIVERED: Outcome = { state: 'delivered', nextAttemptAt: null };
const FAILED: Outcome = { state: 'failed', nextAttemptAt: null };

/** Whether the receiver took it: any 2xx (rule 5.3). */
export function succeeded({ result: { status } }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** Whether the receiver said that it wants no more, ever. */
export function isGone({ result: { status } }: Attempt): boolean {
  return status === GONE;
}

/** Failures that do not mean that nobody is there. */
const ANSWERING = new Set<OutboundError | null>([
  'connection_lost',
  'protocol_error',
  'secret_unreadable',
  'timeout',
]);

/** Whether the host was not found silent: it took the connection, or was not called at all. */
export function reachable({ result: { status, error } }: Attempt): boolean {
  return status !== null || ANSWERING.has(error);
}

/** Whether the receiver took the connection and gave no answer in time. */
export function isUnanswered({ result: { error } }: Attempt): boolean {
  return error === 'timeout';
}

/**
 * What becomes of a delivery after an attempt (rule 5.3); a test-fire is tried once.
 * @param random a number in [0, 1)
 */
export function outcomeOf(attempt: Attempt, random: number): Outcome {
  const { delivery, endedAt, result } = attempt;
  if (succeeded(attempt)) return DELIVERED;
  const askedMs = retryAfterMs(result.retryAfter, endedAt);
  const next = nextAttemptAt(delivery.attempts + 1, endedAt, random, askedMs);
  if (next === null || isGone(attempt) || delivery.kind === 'test') {
    return FAILED;
  }
  return { state: 'pending', nextAttemptAt: next };
}
