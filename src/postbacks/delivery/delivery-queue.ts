import { Injectable } from '@nestjs/common';
import { arrayLiteral, Clock, Ids, type Tx } from '../../platform/index.js';
import { endpointOf } from '../domain/address-guard.js';
import { tooLong, type TooLong } from '../domain/length-limits.js';
import { LogPartitions } from '../log-partitions.js';
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
  /** `host:port` that the URL leads to; null when it is too long. */
  readonly host: string | null;
  readonly error: TooLong | null;
};

/** Of one statement, so that memory stays bounded however many deliveries there are. */
const BYTES_AT_ONCE = 4 * 1_024 * 1_024;
/** What a row takes besides its URL and body, at most. */
const ROW_BYTES = 512;

const TO_POSTBACK = { webhookId: null } as const;
const TO_WEBHOOK = {
  postbackId: null,
  campaignId: null,
  promoId: null,
  visitId: null,
  playerId: null,
  method: 'POST',
} as const;

/** In the order of the parameters of the statements below, behind the ids. */
const FIELDS = [
  'postbackId',
  'webhookId',
  'ownerId',
  'eventId',
  'kind',
  'action',
  'campaignId',
  'promoId',
  'visitId',
  'playerId',
  'method',
  'url',
  'body',
  'host',
  'error',
] as const satisfies readonly (keyof Row)[];

const MADE = `
  WITH made AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
                         $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[],
                         $15::text[], $16::text[])
      AS made (id, postback_id, webhook_id, owner_id, event_id, kind, action, campaign_id, promo_id, visit_id,
               player_id, method, url, body, host, error)
  )`;
const DELIVERY = `
  id, postback_id, webhook_id, owner_id, event_id, kind, action, campaign_id, promo_id, visit_id, player_id, method, url,
  body`;

/** What is there already is left out: an event in the deliveries, a resend that waits in the queue. */
const INSERT = `${MADE}, queued AS (
    INSERT INTO postback_queue (delivery_id, postback_id, webhook_id, resent_event_id, host, attempts,
                                next_attempt_at)
    SELECT id, postback_id, webhook_id, CASE WHEN kind = 'resend' THEN event_id END, host, 0, $17 FROM made
    ON CONFLICT DO NOTHING
    RETURNING delivery_id AS id
  )
  INSERT INTO postback_deliveries (${DELIVERY}, created_at)
  SELECT ${DELIVERY}, $17 FROM made JOIN queued USING (id)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/** The log has them under their own ids: they are over as they are made. */
const GIVE_UP = `${MADE}, kept AS (
    INSERT INTO postback_deliveries (${DELIVERY}, created_at, given_up, given_up_at)
    SELECT ${DELIVERY}, $17, 'failed', $17 FROM made
    ON CONFLICT DO NOTHING
    RETURNING id
  )
  INSERT INTO postback_log (id, owner_id, postback_id, delivery_id, event_id, kind, action, attempt, campaign_id, promo_id,
                            method, url, error, duration_ms, sent_at)
  SELECT id, owner_id, postback_id, id, event_id, kind, action, 0, campaign_id, promo_id, method, url, error, 0, $17
    FROM made JOIN kept USING (id)
  RETURNING id`;

/** Puts deliveries in the queue. */
@Injectable()
export class DeliveryQueue {
  constructor(
    private readonly wakeAfterCommit: WakeAfterCommit,
    private readonly partitions: LogPartitions,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Queues deliveries, due at once; one of kind `event` that was queued before for the same receiver and event is
   * left out (rule 5.1). Postbacks that are too long are given up at once, which the log tells (rule 5.2). Give
   * many by a generator, which makes them as they are taken. Returns the new ones' identifiers.
   */
  async add(tx: Tx, deliveries: Iterable<NewDelivery | NewWebhookDelivery>): Promise<string[]> {
    const now = this.clock.now();
    const added: string[] = [];
    const hosts = new Set<string>();
    let askedFor = false;
    for (const rows of piecesOf(deliveries)) {
      const fit = rows.filter(({ error }) => error === null);
      const long = rows.filter(({ error }) => error !== null);
      added.push(...(await this.insert(tx, fit, now)), ...(await this.giveUp(tx, long, now)));
      for (const { host, kind } of fit) {
        hosts.add(host!);
        askedFor ||= kind !== 'event';
      }
    }
    if (hosts.size > 0) {
      await markDue(tx, [...hosts].sort(), now, askedFor);
      this.wakeAfterCommit.mark(tx);
    }
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
  private async insert(tx: Tx, rows: readonly Row[], now: Date): Promise<string[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(() => this.ids.next());
    const added = await tx.query<{ id: string }[]>(INSERT, [arrayLiteral(ids), ...columnsOf(rows), now]);
    const known = new Set(added.map(({ id }) => id));
    const told = ids.filter((id) => !known.has(id));
    // An event that was told before was queued all the same.
    if (told.length > 0) await tx.query('DELETE FROM postback_queue WHERE delivery_id = ANY ($1)', [told]);
    return [...known];
  }

  /** Keeps what is never sent, with the reason; returns the ids of those that were not there already. */
  private async giveUp(tx: Tx, rows: readonly Row[], now: Date): Promise<string[]> {
    if (rows.length === 0) return [];
    await this.partitions.ensure([now]);
    const ids = rows.map(() => this.ids.next());
    const kept = await tx.query<{ id: string }[]>(GIVE_UP, [arrayLiteral(ids), ...columnsOf(rows), now]);
    return kept.map(({ id }) => id);
  }
}

/** The deliveries as rows, in pieces for one statement each. */
function* piecesOf(deliveries: Iterable<NewDelivery | NewWebhookDelivery>): Generator<Row[]> {
  let piece: Row[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const row = rowOf(delivery);
    const size = ROW_BYTES + Buffer.byteLength(row.url) + Buffer.byteLength(row.body ?? '');
    if (piece.length > 0 && bytes + size > BYTES_AT_ONCE) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(row);
    bytes += size;
  }
  if (piece.length > 0) yield piece;
}

/** Identifiers and names of ours need no quotes, which the driver would take its time to look for. */
function columnsOf(rows: readonly Row[]): unknown[] {
  return FIELDS.map((field) => {
    const column = rows.map((row) => row[field]);
    return field === 'url' || field === 'body' || field === 'host' ? column : arrayLiteral(column);
  });
}

/** Bodies of webhooks are ours: only those of postbacks may be too long. */
function rowOf(delivery: NewDelivery | NewWebhookDelivery): Row {
  if ('webhookId' in delivery) return { ...TO_WEBHOOK, ...delivery, host: hostOf(delivery.url), error: null };
  const error = tooLong(delivery);
  return { ...TO_POSTBACK, ...delivery, host: error === null ? hostOf(delivery.url) : null, error };
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
