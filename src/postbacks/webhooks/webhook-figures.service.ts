import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock, uuidV7Floor } from '../../platform/index.js';
import type { WebhookHealth } from './webhooks.dto.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const WEEK_MS = 7 * DAY_MS;

interface FiguresRow {
  dayAttempts: number;
  dayDelivered: number;
  weekAttempts: number;
  weekDelivered: number;
  durations: [number, number] | null;
}

interface StandRow {
  lastSuccessAt: Date | null;
  failedAt: Date | null;
  failedCode: number | null;
  failedError: string | null;
  waiting: number;
  nextAttemptAt: Date | null;
}

/** How well a webhook does. Test-fires do not count. */
@Injectable()
export class WebhookFigures {
  constructor(private readonly clock: Clock) {}

  /** The figures of one webhook, from its attempts and from what waits. */
  async of(db: EntityManager | DataSource, webhookId: string): Promise<WebhookHealth> {
    const now = this.clock.now().getTime();
    const [figures] = await db.query<[FiguresRow]>(FIGURES, [
      webhookId,
      uuidV7Floor(new Date(now - WEEK_MS)),
      uuidV7Floor(new Date(now - DAY_MS)),
    ]);
    const [stand] = await db.query<[StandRow]>(STAND, [webhookId]);
    const [p50, p95] = figures.durations ?? [null, null];
    return {
      last24Hours: windowOf(figures.dayAttempts, figures.dayDelivered),
      last7Days: windowOf(figures.weekAttempts, figures.weekDelivered),
      durationMs: { p50, p95 },
      lastSuccessAt: stand.lastSuccessAt?.toISOString() ?? null,
      lastFailure: stand.failedAt && {
        at: stand.failedAt.toISOString(),
        responseCode: stand.failedCode,
        error: stand.failedError,
      },
      waiting: stand.waiting,
      nextAttemptAt: stand.nextAttemptAt?.toISOString() ?? null,
    };
  }
}

/** Attempts of a week and of a day; durations of the day. */
const FIGURES = `
  SELECT count(*)::int AS "weekAttempts", count(*) FILTER (WHERE delivered)::int AS "weekDelivered",
         count(*) FILTER (WHERE today)::int AS "dayAttempts",
         count(*) FILTER (WHERE today AND delivered)::int AS "dayDelivered",
         percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE today) AS durations
    FROM (SELECT id >= $3 AS today, response_code BETWEEN 200 AND 299 AS delivered, duration_ms
            FROM postback_log WHERE webhook_id = $1 AND id >= $2 AND kind <> 'test') attempt`;

/** The last of both outcomes, each by its index, and what waits. */
const STAND = `
  SELECT (SELECT sent_at FROM postback_log
           WHERE webhook_id = $1 AND kind <> 'test' AND response_code BETWEEN 200 AND 299
           ORDER BY id DESC LIMIT 1) AS "lastSuccessAt",
         failed.sent_at AS "failedAt", failed.response_code AS "failedCode", failed.error AS "failedError",
         waiting.number AS waiting, waiting.next_attempt_at AS "nextAttemptAt"
    FROM (SELECT count(*)::int AS number, min(q.next_attempt_at) AS next_attempt_at
            FROM postback_queue q JOIN postback_deliveries d ON d.id = q.delivery_id
           WHERE q.webhook_id = $1 AND d.kind <> 'test') waiting
    LEFT JOIN LATERAL (
         SELECT sent_at, response_code, error FROM postback_log
          WHERE webhook_id = $1 AND kind <> 'test'
            AND (response_code IS NULL OR response_code NOT BETWEEN 200 AND 299)
          ORDER BY id DESC LIMIT 1) failed ON true`;

function windowOf(attempts: number, delivered: number): WebhookHealth['last24Hours'] {
  const successRate = attempts === 0 ? null : Math.round((delivered / attempts) * 10_000) / 10_000;
  return { attempts, delivered, successRate };
}
