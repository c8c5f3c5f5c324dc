import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import {
  Conditions,
  idOfCursor,
  type Page,
  toPage,
  toTimeRange,
  type Tx,
  uuidV7Floor,
  uuidV7Time,
} from '../../platform/index.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import type { ReplayWebhookDto, WebhookAttempt, WebhookAttemptsQuery } from './webhook-attempts.dto.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { webhookDisabled } from './webhooks.errors.js';

/** Events that one replay sends at most. */
const REPLAYED_AT_ONCE = 10_000;
const OUTCOME = {
  delivered: 'response_code BETWEEN 200 AND 299',
  failed: '(response_code IS NULL OR response_code NOT BETWEEN 200 AND 299)',
} as const;

const WAITS = (d: string): string => `EXISTS (SELECT FROM postback_queue WHERE delivery_id = ${d}.id)`;
const ARRIVED_OR_WAITS = (d: string): string => `(${d}.given_up IS NULL)`;

interface Replay {
  queued: number;
  /** Where the next replay goes on; null when this was all. */
  nextSince: Date | null;
}

/** What was sent to a webhook, and what is sent again. */
@Injectable()
export class WebhookAttempts {
  constructor(private readonly queue: DeliveryQueue) {}

  /** The webhook's attempts of the last 90 days, newest first. */
  async list(
    db: EntityManager | DataSource,
    webhookId: string,
    query: WebhookAttemptsQuery,
  ): Promise<Page<WebhookAttempt>> {
    const { from, before } = toTimeRange(query);
    const filter = new Conditions();
    filter.add('webhook_id = ?', webhookId);
    filter.add('id >= ?', from && uuidV7Floor(from));
    filter.add('id < ?', before && uuidV7Floor(before));
    filter.add('id < ?', idOfCursor(query.cursor));
    filter.add('action = ?', query.type);
    filter.add('event_id = ?', query.eventId);
    filter.add('response_code = ?', query.responseCode);
    if (query.outcome) filter.add(OUTCOME[query.outcome]);
    const rows = await db.query<(Omit<WebhookAttempt, 'sentAt'> & { sentAt: Date })[]>(
      `SELECT id, sent_at AS "sentAt", event_id AS "eventId", action AS type, kind, attempt,
              response_code AS "responseCode", error, duration_ms AS "durationMs", delivery_id AS "deliveryId", url
         FROM postback_log WHERE ${filter.sql} ORDER BY id DESC LIMIT ${query.limit + 1}`,
      filter.parameters,
    );
    const shown = rows.map((row) => ({ ...row, sentAt: row.sentAt.toISOString() }));
    return toPage(shown, query.limit, ({ id }) => [id]);
  }

  /**
   * Sends events of a time again, under their ids, oldest first; what is on its way anyway is left out, and so is what
   * has arrived, unless all are asked for.
   * @throws DomainError WEBHOOK_DISABLED
   */
  async replay(tx: Tx, endpoint: WebhookEndpoint, wanted: ReplayWebhookDto): Promise<Replay> {
    if (endpoint.state === 'disabled') throw webhookDisabled();
    const { since, until } = wanted;
    const { from, before } = toTimeRange({ from: since, to: until }, { from: 'since', to: 'until' });
    const settled = wanted.failedOnly ? ARRIVED_OR_WAITS : WAITS;
    const chosen = await tx.query<{ id: string }[]>(
      `SELECT d.id FROM postback_deliveries d
        WHERE d.webhook_id = $1 AND d.kind = 'event' AND d.id >= $2 AND ($3::uuid IS NULL OR d.id < $3) AND NOT ${settled('d')}
          AND NOT EXISTS (SELECT FROM postback_deliveries again
                           WHERE again.webhook_id = d.webhook_id AND again.event_id = d.event_id
                             AND again.kind <> 'event' AND ${settled('again')})
        ORDER BY d.id LIMIT ${REPLAYED_AT_ONCE + 1}`,
      [endpoint.id, uuidV7Floor(from!), before ? uuidV7Floor(before) : null],
    );
    const next = chosen[REPLAYED_AT_ONCE];
    const ids = chosen.slice(0, REPLAYED_AT_ONCE).map(({ id }) => id);
    await this.queue.again(tx, endpoint.id, endpoint.url, ids);
    return { queued: ids.length, nextSince: next ? uuidV7Time(next.id) : null };
  }
}
