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
  const rows = await db.query<DeliveryRow[]>(
    `SELECT d.id, d.postback_id AS "postbackId", d.event_id AS "eventId", d.kind, d.url,
            CASE WHEN q.delivery_id IS NULL THEN coalesce(d.given_up, 'delivered') ELSE 'pending' END AS state,
            coalesce(q.attempts, 0) AS attempts, q.next_attempt_at AS "nextAttemptAt", d.given_up_at AS "givenUpAt",
            d.created_at AS "createdAt"
       FROM postback_deliveries d LEFT JOIN postback_queue q ON q.delivery_id = d.id
      WHERE d.postback_id = ANY($1) AND d.event_id = ANY($2) AND d.kind IN ('event', 'resend')
      ORDER BY d.kind, d.id`,
    [postbackIds, eventIds],
  );
  const attempts = await lastAttempts(db, rows);
  return rows.map(({ createdAt: _, ...row }) => {
    const found = attempts.get(row.id);
    // An attempt that disables its postback is cancelled with the others, and counted in the log only.
    return { ...row, attempts: Math.max(row.attempts, found?.attempt ?? 0), last: found?.last ?? null };
  });
}

/** The last attempt of each delivery; the log's days before them are left out. */
async function lastAttempts(
  db: EntityManager,
  deliveries: readonly DeliveryRow[],
): Promise<Map<string, { attempt: number; last: LoggedAttempt }>> {
  const tried = deliveries.filter(({ attempts, state }) => attempts > 0 || state !== 'pending');
  if (tried.length === 0) return new Map();
  const from = Math.min(...tried.map(({ createdAt }) => createdAt.getTime()));
  const rows = await db.query<(LoggedAttempt & { deliveryId: string; attempt: number })[]>(
    `SELECT DISTINCT ON (delivery_id) delivery_id AS "deliveryId", sent_at AS "sentAt",
            attempt, response_code AS "responseCode", error, duration_ms AS "durationMs"
       FROM postback_log WHERE delivery_id = ANY($1) AND id >= $2
      ORDER BY delivery_id, id DESC`,
    [tried.map(({ id }) => id), uuidV7Floor(new Date(from - HOUR_MS))],
  );
  return new Map(rows.map(({ deliveryId, attempt, ...last }) => [deliveryId, { attempt, last }]));
}
