import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';
import { maskHeaders } from './domain/request-headers.js';
import type { Postback } from './postback.entity.js';

const TABLES: readonly HeldTable[] = [
  { table: 'postbacks', file: 'postbacks', onErasure: 'deleted' },
  {
    table: 'postback_deliveries',
    file: null,
    because: 'what waits to be sent or was just sent; the log has every attempt',
    onErasure: 'deleted',
  },
  {
    table: 'postback_queue',
    file: null,
    because: 'when what waits is sent; the deliveries say what it is',
    onErasure: 'deleted',
  },
  { table: 'webhook_endpoints', file: 'webhooks', onErasure: 'deleted' },
  { table: 'postback_log', file: 'postback-log', onErasure: 'deleted' },
];

const POSTBACKS = `
  SELECT id, scope, campaign_id AS "campaignId", promo_id AS "promoId", action, method, url, headers, body, state,
         disabled_reason AS "disabledReason", created_at AS "createdAt", updated_at AS "updatedAt"
    FROM postbacks WHERE partner_id = $1 ORDER BY id`;

const WEBHOOKS = `
  SELECT id, url, description, event_types AS "eventTypes", state, disabled_reason AS "disabledReason",
         disabled_comment AS "disabledComment", disabled_at AS "disabledAt", created_at AS "createdAt",
         updated_at AS "updatedAt"
    FROM webhook_endpoints WHERE partner_id = $1 ORDER BY id`;

const LOG = `
  SELECT id, postback_id AS "postbackId", webhook_id AS "webhookId", event_id AS "eventId", kind, action, attempt, campaign_id AS "campaignId",
         promo_id AS "promoId", method, url, response_code AS "responseCode", error, duration_ms AS "durationMs",
         sent_at AS "sentAt"
    FROM postback_log WHERE owner_id = $1 ORDER BY id`;

const LOG_ROWS_AT_ONCE = 10_000;

/** Where a partner's trackers are, and what was sent to them. */
@Injectable()
export class PostbacksPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'postbacks',
      tables: TABLES,
      files: {
        postbacks: (tx, partnerId) => postbacks(tx, partnerId),
        webhooks: (tx, partnerId) => readRows(tx, WEBHOOKS, [partnerId]),
        'postback-log': (tx, partnerId) => readRows(tx, LOG, [partnerId]),
      },
      erase,
    });
  }
}

/** The copy names the headers only. */
async function* postbacks(tx: Tx, partnerId: string): AsyncGenerator<object> {
  for await (const row of readRows<Postback>(tx, POSTBACKS, [partnerId])) {
    yield { ...row, headers: maskHeaders(row.headers) };
  }
}

async function erase(tx: Tx, partnerId: string): Promise<'done' | 'more'> {
  // With what waits for them, by cascade.
  await tx.query('DELETE FROM postbacks WHERE partner_id = $1', [partnerId]);
  await tx.query('DELETE FROM webhook_endpoints WHERE partner_id = $1', [partnerId]);
  const [, count] = await tx.query<[unknown[], number]>(
    `DELETE FROM postback_log WHERE (id, owner_id) IN
       (SELECT id, owner_id FROM postback_log WHERE owner_id = $1 LIMIT ${LOG_ROWS_AT_ONCE})`,
    [partnerId],
  );
  return count < LOG_ROWS_AT_ONCE ? 'done' : 'more';
}
