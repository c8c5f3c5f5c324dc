import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, type Tx, uuidV7Floor, uuidV7Time } from '../platform/index.js';
import { DeliveryQueue, type NewDelivery } from './delivery/delivery-queue.js';
import { tooLong } from './domain/length-limits.js';
import { sameAddress } from './domain/url-parts.js';
import { FAILED, type LogFilterInput } from './log-filter.js';
import { type FoundConditions, PostbackLog } from './postback-log.service.js';

/** Which failures are sent again; those that were asked for before a time only, so that it comes to an end. */
export interface ResendOrder {
  readonly partnerId: string;
  readonly filter: LogFilterInput;
  readonly requestedAt: Date;
}

/** Something that failed and lies between the bounds of a step; the id is that of its time. */
interface Failure {
  readonly id: string;
  readonly deliveryId: string;
  readonly fits: boolean;
}

/** A resend with the template that its postback has now. */
type Resend = NewDelivery & { readonly presentUrl: string };

/** How many would be sent again. */
export interface CountedResends {
  readonly count: number;
  /** Those of them that go to an address that their postback has left. */
  readonly toFormerAddresses: number;
  /** Whether there are older failures that were not looked at. */
  readonly more: boolean;
}

/** A step through the failures: what is to be sent again, and where the next one begins; null when there is none. */
interface Step {
  readonly deliveries: readonly Resend[];
  readonly next: string | null;
}

/** Failures that are looked at in one transaction. */
const STEP = 1_000;
/** Steps of a dry run. */
const COUNTED_STEPS = 20;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** Deliveries that were cancelled with their postback, as rows of the log: without an answer, at the time they were made. */
const CANCELLED = `
  (SELECT *, id AS delivery_id, NULL::int AS response_code FROM postback_deliveries
    WHERE kind = 'event' AND given_up = 'cancelled' AND postback_id IS NOT NULL) AS cancelled`;

/**
 * Sends failed postbacks again (B04): each event once for each postback, unless it was delivered, waits, or was sent
 * again since; under the same event id, with the same URL and body, marked as a resend. What was cancelled before it
 * was first tried, and so is not in the log, failed too: at the time when it was made.
 */
@Injectable()
export class ResendFailed {
  constructor(
    private readonly log: PostbackLog,
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
  ) {}

  /** Where the steps of an order begin: behind everything that was tried until then. */
  beginning(): { requestedAt: Date; before: string } {
    const now = this.clock.now();
    return { requestedAt: now, before: uuidV7Floor(new Date(now.getTime() + DAY_MS)) };
  }

  /** How many would be sent again, counted among the latest failures. */
  async count(db: EntityManager, order: ResendOrder, before: string): Promise<CountedResends> {
    const stayed = new Map<string, boolean>();
    let place: string | null = before;
    for (let step = 0; step < COUNTED_STEPS && place !== null; step += 1) {
      const { deliveries, next }: Step = await this.look(db, order, place);
      for (const { postbackId, eventId, url, presentUrl } of deliveries)
        stayed.set(`${postbackId} ${eventId}`, sameAddress(url, presentUrl));
      place = next;
    }
    const left = [...stayed.values()].filter((stays) => !stays);
    return { count: stayed.size, toFormerAddresses: left.length, more: place !== null };
  }

  /** Queues those among the next failures; gives how many, and where to go on. Doing it again queues nothing more. */
  async resendSome(
    tx: Tx,
    order: ResendOrder,
    before: string,
  ): Promise<{ count: number; next: string | null }> {
    const { deliveries, next } = await this.look(tx, order, before);
    return { count: (await this.queue.add(tx, deliveries)).length, next };
  }

  private async look(
    db: EntityManager,
    { partnerId, filter, requestedAt }: ResendOrder,
    before: string,
  ): Promise<Step> {
    const found = await this.log.conditions(db, partnerId, filter, 4);
    if (!found) return { deliveries: [], next: null };
    const bounds = { ...found, highest: before < found.highest ? before : found.highest };
    const tried = await failuresIn(db, 'postback_log', bounds);
    // These have no answer that could have a code.
    const cancelled = filter.responseCode === undefined ? await failuresIn(db, CANCELLED, bounds) : [];
    const failures = [...tried, ...(await withoutTried(db, cancelled))]
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, STEP);
    const fitting = failures.filter(({ fits }) => fits).map(({ deliveryId }) => deliveryId);
    const next = failures.length === STEP ? failures.at(-1)!.id : null;
    return { deliveries: await undelivered(db, [...new Set(fitting)], requestedAt), next };
  }
}

/** The latest failures of a step. @param table the log, or what has its columns */
async function failuresIn(
  db: EntityManager,
  table: string,
  { lowest, highest, conditions }: FoundConditions,
): Promise<Failure[]> {
  return db.query<Failure[]>(
    `SELECT id, delivery_id AS "deliveryId", (${conditions.fits.join(' AND ')}) IS TRUE AS fits
       FROM ${table}
      WHERE id >= $1 AND id < $2 AND kind <> $3 AND ${FAILED} AND ${conditions.ledBy.join(' AND ')}
      ORDER BY id DESC LIMIT ${STEP}`,
    [lowest, highest, 'test', ...conditions.parameters],
  );
}

/** Cancelled deliveries, of which those that were tried do not fit: of these the log tells. */
async function withoutTried(db: EntityManager, cancelled: readonly Failure[]): Promise<Failure[]> {
  const first = cancelled.at(-1);
  if (!first) return [];
  // Days of the log before the first of them are left out; clocks may differ.
  const from = uuidV7Floor(new Date(uuidV7Time(first.id).getTime() - HOUR_MS));
  const rows = await db.query<{ id: string }[]>(
    'SELECT DISTINCT delivery_id AS id FROM postback_log WHERE delivery_id = ANY($1) AND id >= $2',
    [cancelled.map(({ id }) => id), from],
  );
  const tried = new Set(rows.map(({ id }) => id));
  return cancelled.map((failure) => ({ ...failure, fits: failure.fits && !tried.has(failure.id) }));
}

/** What is to be sent again for deliveries that failed: one for each event and postback, unless it is too long. */
async function undelivered(
  db: EntityManager,
  deliveryIds: readonly string[],
  requestedAt: Date,
): Promise<Resend[]> {
  if (deliveryIds.length === 0) return [];
  const failed = await db.query<Resend[]>(
    `SELECT DISTINCT ON (d.postback_id, d.event_id)
            d.postback_id AS "postbackId", d.owner_id AS "ownerId", d.event_id AS "eventId", 'resend' AS kind,
            d.action, d.campaign_id AS "campaignId", d.promo_id AS "promoId", d.visit_id AS "visitId",
            d.player_id AS "playerId", d.method, d.url, d.body, p.url AS "presentUrl"
       FROM postback_deliveries d JOIN postbacks p ON p.id = d.postback_id AND p.state = 'active'
      WHERE d.id = ANY($1) AND d.given_up IS NOT NULL
        AND NOT EXISTS (SELECT FROM postback_deliveries told
                         WHERE told.postback_id = d.postback_id AND told.event_id = d.event_id AND told.kind = 'event'
                           AND told.given_up IS NULL)
        AND NOT EXISTS (SELECT FROM postback_deliveries again
                         WHERE again.postback_id = d.postback_id AND again.event_id = d.event_id
                           AND again.kind = 'resend'
                           AND (again.given_up IS NULL OR again.created_at >= $2))
      ORDER BY d.postback_id, d.event_id, d.id`,
    [deliveryIds, requestedAt],
  );
  return failed.filter((delivery) => tooLong(delivery) === null);
}
