import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../../platform/index.js';
import { endpointOf } from '../domain/address-guard.js';
import type { PostbackAction, PostbackMethod } from '../postback.entity.js';
import type { DeliveryKind, Receiver } from './due-deliveries.js';
import { cancelDeliveries } from './receiver-health.js';
import { WakeAfterCommit } from './wake-after-commit.js';

/** A delivery to a webhook: an event as JSON, signed when it is sent. */
export interface NewWebhookDelivery {
  readonly webhookId: string;
  /** Whose the webhook is: a partner's or a brand's. */
  readonly ownerId: string;
  readonly eventId: string;
  readonly kind: DeliveryKind;
  /** Type of the event. */
  readonly action: string;
  readonly url: string;
  readonly body: string;
}

/** A delivery to a postback, its templates filled. */
export interface NewDelivery {
  readonly postbackId: string;
  readonly ownerId: string;
  readonly eventId: string;
  readonly kind: DeliveryKind;
  readonly action: PostbackAction;
  readonly campaignId: string | null;
  readonly promoId: string | null;
  readonly visitId: string | null;
  readonly playerId: string | null;
  readonly method: PostbackMethod;
  readonly url: string;
  readonly body: string | null;
}

type Row = Omit<NewDelivery, 'postbackId' | 'action'> & {
  readonly postbackId: string | null;
  readonly webhookId: string | null;
  readonly action: string;
};

const TO_POSTBACK = { webhookId: null } as const;
const TO_WEBHOOK = {
  postbackId: null,
  campaignId: null,
  promoId: null,
  visitId: null,
  playerId: null,
  method: 'POST',
} as const;

/** What is there already is left out: an event in the deliveries, a resend that waits in the queue. */
const INSERT = `
  WITH made AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
                         $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[],
                         $15::text[])
      AS made (id, postback_id, webhook_id, owner_id, event_id, kind, action, campaign_id, promo_id, visit_id,
               player_id, method, url, body, host)
  ), queued AS (
    INSERT INTO postback_queue (delivery_id, postback_id, webhook_id, resent_event_id, host, attempts,
                                next_attempt_at)
    SELECT id, postback_id, webhook_id, CASE WHEN kind = 'resend' THEN event_id END, host, 0, $16 FROM made
    ON CONFLICT DO NOTHING
    RETURNING delivery_id AS id
  )
  INSERT INTO postback_deliveries (id, postback_id, webhook_id, owner_id, event_id, kind, action, campaign_id,
                                   promo_id, visit_id, player_id, method, url, body, created_at)
  SELECT id, postback_id, webhook_id, owner_id, event_id, kind, action, campaign_id, promo_id, visit_id, player_id,
         method, url, body, $16
    FROM made JOIN queued USING (id)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/** Puts deliveries in the queue. */
@Injectable()
export class DeliveryQueue {
  constructor(
    private readonly wakeAfterCommit: WakeAfterCommit,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Queues deliveries, due at once; one of kind `event` that was queued before for the same receiver and event is
   * left out (rule 5.1). Returns the new ones' identifiers.
   */
  async add(tx: Tx, deliveries: readonly (NewDelivery | NewWebhookDelivery)[]): Promise<string[]> {
    if (deliveries.length === 0) return [];
    const now = this.clock.now();
    const hosts = deliveries.map(({ url }) => hostOf(url));
    const added = await this.insert(tx, deliveries.map(rowOf), hosts, now);
    const askedFor = deliveries.some(({ kind }) => kind !== 'event');
    await markDue(tx, [...new Set(hosts)].sort(), now, askedFor);
    this.wakeAfterCommit.mark(tx);
    return added;
  }

  /** Cancels what waits for a receiver that is disabled or deleted: only calls that run already go on. */
  async cancel(tx: Tx, receiver: Receiver): Promise<void> {
    await cancelDeliveries(tx, receiver, this.clock.now());
    this.changed(tx, receiver.id);
  }

  /** Has what waits for a receiver sent as the receiver is from this transaction on, what a worker holds included. */
  changed(tx: Tx, receiverId: string): void {
    this.wakeAfterCommit.markChanged(tx, receiverId);
  }

  /** Sends what waits for a webhook to another address, from now on. */
  async readdress(tx: Tx, webhookId: string, url: string): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `WITH moved AS (
         UPDATE postback_queue SET host = $3, next_attempt_at = $4 WHERE webhook_id = $1 RETURNING delivery_id
       )
       UPDATE postback_deliveries d SET url = $2 FROM moved WHERE d.id = moved.delivery_id`,
      [webhookId, url, hostOf(url), now],
    );
    await markDue(tx, [hostOf(url)], now, true);
    this.changed(tx, webhookId);
  }

  /** Queues deliveries of a webhook again, marked as resends, due at once: same event ids and bodies. */
  async again(tx: Tx, webhookId: string, url: string, deliveryIds: readonly string[]): Promise<void> {
    if (deliveryIds.length === 0) return;
    const now = this.clock.now();
    await tx.query(
      `WITH added AS (
         INSERT INTO postback_deliveries (id, webhook_id, owner_id, event_id, kind, action, method, url, body, created_at)
         SELECT made.id, d.webhook_id, d.owner_id, d.event_id, 'resend', d.action, d.method, $5, d.body, $6
           FROM unnest($2::uuid[], $3::uuid[]) AS made (id, original)
           JOIN postback_deliveries d ON d.id = made.original
          WHERE d.webhook_id = $1
         RETURNING id, webhook_id
       )
       INSERT INTO postback_queue (delivery_id, webhook_id, host, attempts, next_attempt_at)
       SELECT id, webhook_id, $4, 0, $6 FROM added`,
      [webhookId, deliveryIds.map(() => this.ids.next()), deliveryIds, hostOf(url), url, now],
    );
    await markDue(tx, [hostOf(url)], now, true);
    this.wakeAfterCommit.mark(tx);
  }

  /** Returns the ids of those that were not there already. */
  private async insert(tx: Tx, rows: readonly Row[], hosts: readonly string[], now: Date): Promise<string[]> {
    const column = <K extends keyof Row>(name: K) => rows.map((row) => row[name]);
    const ids = rows.map(() => this.ids.next());
    const added = await tx.query<{ id: string }[]>(INSERT, [
      ids,
      column('postbackId'),
      column('webhookId'),
      column('ownerId'),
      column('eventId'),
      column('kind'),
      column('action'),
      column('campaignId'),
      column('promoId'),
      column('visitId'),
      column('playerId'),
      column('method'),
      column('url'),
      column('body'),
      hosts,
      now,
    ]);
    const known = new Set(added.map(({ id }) => id));
    const told = ids.filter((id) => !known.has(id));
    // An event that was told before was queued all the same.
    if (told.length > 0) await tx.query('DELETE FROM postback_queue WHERE delivery_id = ANY ($1)', [told]);
    return [...known];
  }
}

function rowOf(delivery: NewDelivery | NewWebhookDelivery): Row {
  return 'webhookId' in delivery ? { ...TO_WEBHOOK, ...delivery } : { ...TO_POSTBACK, ...delivery };
}

function hostOf(url: string): string {
  const { host, port } = endpointOf(new URL(url));
  return `${host}:${port}`;
}

/**
 * Tells the workers that hosts have something due; in the order of names, so that two of us cannot deadlock. A host that
 * rests goes on resting, unless somebody asked by hand for a call (`wakes`): then it is tried once at once.
 */
async function markDue(tx: Tx, hosts: readonly string[], now: Date, wakes: boolean): Promise<void> {
  await tx.query(
    `INSERT INTO postback_hosts AS known (host, due_at) SELECT host, $2 FROM unnest($1::text[]) AS due (host)
     ON CONFLICT (host) DO UPDATE
        SET due_at = CASE WHEN $3 THEN excluded.due_at
                     ELSE greatest(least(known.due_at, excluded.due_at), known.rests_until) END`,
    [hosts, now, wakes],
  );
}
