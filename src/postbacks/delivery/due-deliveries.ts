import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { DataSource } from 'typeorm';
import { arrayLiteral } from '../../platform/index.js';
import type { PostbackMethod } from '../postback.entity.js';
import type { SealedSecrets } from './webhook-secrets.js';

export type DeliveryKind = 'event' | 'resend' | 'test';

/** What a delivery goes to. */
export interface Receiver {
  readonly kind: 'postback' | 'webhook';
  readonly id: string;
}

/** A delivery as it is sent: to a postback or to a webhook. */
export interface DueDelivery {
  readonly id: string;
  readonly postbackId: string | null;
  readonly webhookId: string | null;
  /** Whose it is: a partner, or the brand whose webhook it goes to. */
  readonly ownerId: string;
  readonly eventId: string;
  readonly kind: DeliveryKind;
  /** The postback's action, or the type of the webhook's event. */
  readonly action: string;
  readonly campaignId: string | null;
  readonly promoId: string | null;
  /** `host:port`. */
  readonly host: string;
  readonly method: PostbackMethod;
  readonly url: string;
  /** Of the postback as it is now; null for none. */
  readonly headers: Readonly<Record<string, string>> | null;
  /** Template of the URL that the headers are for; null without headers. */
  readonly headersUrl: string | null;
  /** Of a webhook. */
  readonly secrets: SealedSecrets | null;
  readonly body: string | null;
  /** Attempts made before. */
  readonly attempts: number;
  /** Whether the receiver failed of late. */
  readonly failing: boolean;
  /** Of the row in the queue: another one as soon as anybody has written it. */
  readonly version: string;
  /** When it was read, in ms of the process's own clock, see `performance.now`. */
  readonly readAt: number;
}

/** How many more deliveries of a host are wanted, besides those that are already known. */
export interface Demand {
  readonly host: string;
  readonly room: number;
  readonly known: readonly string[];
}

const RECEIVER = 'coalesce(postback_id, webhook_id)';

/** Whoever something is queued for at the host `wanted`, found by leaps through an index however long the queues are. */
const nextReceiver = (after: string): string => `
  (SELECT ${RECEIVER} FROM postback_queue WHERE host = wanted.host ${after} ORDER BY ${RECEIVER} LIMIT 1)`;
const RECEIVERS = `
  receivers (id) AS (
    SELECT ${nextReceiver('')}
    UNION ALL
    SELECT ${nextReceiver(`AND ${RECEIVER} > receivers.id`)} FROM receivers WHERE receivers.id IS NOT NULL
  )`;

/** A host and how it answered: calls in a row that reached nobody. */
export interface HostState {
  readonly host: string;
  readonly failures: number;
}

/** A host that is given back; `restMs` is how long it shall be left alone, whatever is due. */
export interface ReleasedHost extends HostState {
  readonly restMs: number | null;
}

const HEADERS = `nullif(p.headers, '{}') AS headers, CASE WHEN p.headers <> '{}' THEN p.url END AS "headersUrl"`;
const FAILING = 'coalesce(p.failures, w.failures) > 0';
const SECRETS = `
  CASE WHEN w.id IS NOT NULL THEN json_build_object('current', w.secret_sealed, 'previous', w.previous_secret_sealed,
                                                    'previousUntil', w.previous_secret_until) END`;

/** A lease that is not renewed for so long is free for other workers; longer than any call takes. */
const LEASE_MS = 60_000;

/** Where workers find what is due. Hosts are leased whole, and a lease outlives its worker by a minute at most. */
@Injectable()
export class DueDeliveries {
  constructor(private readonly dataSource: DataSource) {}

  /** Leases up to `limit` hosts that have something due, those that wait longest first. */
  async claimHosts(holder: string, now: Date, limit: number): Promise<HostState[]> {
    const [rows] = await this.dataSource.query<[HostState[], number]>(
      `UPDATE postback_hosts h SET lease_holder = $1, lease_until = $3
         FROM (SELECT host FROM postback_hosts
                WHERE due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
                ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) free
        WHERE h.host = free.host
      RETURNING h.host, h.failures`,
      [holder, now, leaseEnd(now), limit],
    );
    return rows;
  }

  /** Renews leases; returns the hosts that are still the holder's. */
  async renew(holder: string, hosts: readonly string[], now: Date): Promise<Set<string>> {
    const [rows] = await this.dataSource.query<[{ host: string }[], number]>(
      `UPDATE postback_hosts h SET lease_until = $2
         FROM (SELECT host FROM postback_hosts WHERE lease_holder = $1 AND host = ANY ($3)
                ORDER BY host FOR UPDATE) mine
        WHERE h.host = mine.host
      RETURNING h.host`,
      [holder, leaseEnd(now), hosts],
    );
    return new Set(rows.map(({ host }) => host));
  }

  /**
   * Due deliveries of leased hosts. The receivers at a host take turns, in each turn those that work before those that
   * fail, so that neither a long queue nor a path that hangs keeps the others waiting; each has its oldest first. (The
   * last LIMIT has the planner find each by its id, whatever it takes the lengths of the tables to be. Whole rows are
   * put in order here: the server would copy each once more.)
   */
  async load(demands: readonly Demand[], now: Date): Promise<DueDelivery[]> {
    const found = await this.dataSource.query<(Omit<DueDelivery, 'readAt'> & { place: number })[]>(
      `SELECT d.id, d.postback_id AS "postbackId", d.webhook_id AS "webhookId", d.owner_id AS "ownerId",
              d.event_id AS "eventId", d.kind, d.action, d.campaign_id AS "campaignId", d.promo_id AS "promoId",
              q.host, d.method, d.url, q.headers, q."headersUrl", q.secrets, d.body, q.attempts,
              q.failing, q.version, q.place
         FROM unnest($1::text[], $2::int[]) AS wanted (host, room)
        CROSS JOIN LATERAL (
              WITH RECURSIVE ${RECEIVERS}
              SELECT queued.*, ${HEADERS}, ${SECRETS} AS secrets, ${FAILING} AS failing,
                     row_number() OVER (ORDER BY turn, ${FAILING}, next_attempt_at, delivery_id)::int AS place
                FROM receivers
                LEFT JOIN postbacks p ON p.id = receivers.id
                LEFT JOIN webhook_endpoints w ON w.id = receivers.id
               CROSS JOIN LATERAL (
                     SELECT *, xmin AS version, row_number() OVER (ORDER BY next_attempt_at, delivery_id) AS turn FROM postback_queue
                      WHERE host = wanted.host AND ${RECEIVER} = receivers.id AND next_attempt_at <= $3
                        AND delivery_id <> ALL ($4::uuid[])
                      ORDER BY next_attempt_at, delivery_id LIMIT wanted.room) queued
               ORDER BY place LIMIT wanted.room) q
        CROSS JOIN LATERAL (SELECT * FROM postback_deliveries WHERE id = q.delivery_id LIMIT 1) d`,
      [
        demands.map(({ host }) => host),
        demands.map(({ room }) => room),
        now,
        arrayLiteral(demands.flatMap(({ known }) => known)),
      ],
    );
    const readAt = performance.now();
    return found.sort((a, b) => a.place - b.place).map((delivery) => Object.assign(delivery, { readAt }));
  }

  /**
   * Gives leased hosts back with the time of their next delivery, or of the end of their rest when that is later; a host
   * with none is forgotten. The rows are locked first and read in a statement of their own, so that a delivery that is
   * committed meanwhile is not overlooked.
   */
  async release(holder: string, hosts: readonly ReleasedHost[], now: Date): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `SELECT FROM postback_hosts WHERE lease_holder = $1 AND host = ANY ($2) ORDER BY host FOR UPDATE`,
        [holder, hosts.map(({ host }) => host)],
      );
      await tx.query(
        `WITH next AS (
           SELECT host, failures, rests_until,
                  (WITH RECURSIVE ${RECEIVERS}
                   SELECT min(first.next_attempt_at) FROM receivers CROSS JOIN LATERAL (
                     SELECT next_attempt_at FROM postback_queue
                      WHERE host = wanted.host AND ${RECEIVER} = receivers.id
                      ORDER BY next_attempt_at LIMIT 1) first) AS due_at
             FROM unnest($2::text[], $3::int[], $4::timestamptz[]) AS wanted (host, failures, rests_until)
         ), forgotten AS (
           DELETE FROM postback_hosts h USING next
            WHERE h.host = next.host AND h.lease_holder = $1 AND next.due_at IS NULL
         )
         UPDATE postback_hosts h
            SET due_at = greatest(next.due_at, next.rests_until), failures = next.failures,
                rests_until = next.rests_until, lease_holder = NULL, lease_until = NULL
           FROM next WHERE h.host = next.host AND h.lease_holder = $1 AND next.due_at IS NOT NULL`,
        [
          holder,
          hosts.map(({ host }) => host),
          hosts.map(({ failures }) => failures),
          hosts.map(({ restMs }) => (restMs === null ? null : new Date(now.getTime() + restMs))),
        ],
      );
    });
  }
}

/** What a delivery goes to. */
export function receiverOf(delivery: DueDelivery): Receiver {
  return { kind: delivery.webhookId === null ? 'postback' : 'webhook', id: receiverIdOf(delivery) };
}

/** The id of the postback or webhook that a delivery goes to. */
export function receiverIdOf({ postbackId, webhookId }: DueDelivery): string {
  return webhookId ?? postbackId!;
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}
