import type { EntityManager } from 'typeorm';
import { uuidV7Floor } from '../../platform/index.js';
import type { LoggedAttempt } from '../domain/reasons.js';
import type { KnownDelivery } from '../domain/verdicts.js';

/** A delivery as an explanation shows it. */
export interface ExplainedDelivery extends KnownDelivery {
  readonly id: string;
  readonly postbackId: string;
  readonly eventId: string;
  readonly kind: 'event' | 'resend';
  readonly url: string;
}

type DeliveryRow = Omit<ExplainedDelivery, 'last'> & { createdAt: Date };

const HOUR_MS = 60 * 60 * 1_000;

/**
 * What was made of these events for these postbacks, with the last attempt of each: resends last, in the order in which
 * they were asked for. Two statements, however many there are.
 */
export async function deliveriesOf(
  db: EntityManager,
  postbackIds: readonly string[],
  eventIds: readonly string[],
): Promise<ExplainedDelivery[]> {
  if (postbackIds.length === 0 || eventIds.length === 0) return [];
  // Each half by an index of its own.
  const half = (kind: string): string => `
    SELECT id, postback_id AS "postbackId", event_id AS "eventId", kind, url, state, attempts,
           next_attempt_at AS "nextAttemptAt", finished_at AS "finishedAt", created_at AS "createdAt"
      FROM postback_deliveries WHERE kind = '${kind}' AND postback_id = ANY($1) AND event_id = ANY($2)`;
  const rows = await db.query<DeliveryRow[]>(
    `${half('event')} UNION ALL ${half('resend')} ORDER BY kind, id`,
    [postbackIds, eventIds],
  );
  const attempts = await lastAttempts(db, rows);
  return rows.map(({ createdAt: _, ...row }) => {
    const found = attempts.get(row.id);
    // An attempt that disables its postback is cancelled with the others, and counted in the log only.
    return { ...row, attempts: Math.max(row.attempts, found?.attempt ?? 0), last: found?.last ?? null };
  });
}

/** The last attempt of each delivery; the log's days that cannot hold one are left out. */
async function lastAttempts(
  db: EntityManager,
  deliveries: readonly DeliveryRow[],
): Promise<Map<string, { attempt: number; last: LoggedAttempt }>> {
  const tried = deliveries.filter(({ attempts, state }) => attempts > 0 || state !== 'pending');
  if (tried.length === 0) return new Map();
  const from = Math.min(...tried.map(({ createdAt }) => createdAt.getTime()));
  const to = Math.max(
    ...tried.map(({ finishedAt, nextAttemptAt }) => (finishedAt ?? nextAttemptAt).getTime()),
  );
  const rows = await db.query<(LoggedAttempt & { deliveryId: string; attempt: number })[]>(
    `SELECT DISTINCT ON (delivery_id) delivery_id AS "deliveryId", sent_at AS "sentAt",
            attempt, response_code AS "responseCode", error, duration_ms AS "durationMs"
       FROM postback_log WHERE delivery_id = ANY($1) AND id >= $2 AND id < $3
      ORDER BY delivery_id, id DESC`,
    [tried.map(({ id }) => id), uuidV7Floor(new Date(from - HOUR_MS)), uuidV7Floor(new Date(to + HOUR_MS))],
  );
  return new Map(rows.map(({ deliveryId, attempt, ...last }) => [deliveryId, { attempt, last }]));
}
