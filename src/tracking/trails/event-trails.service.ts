import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { notFound, uuidV7Floor } from '../../platform/index.js';
import { actionId } from '../batch-log.js';
import type { OrderStatus } from '../domain/order-status.js';
import type {
  EventTrail,
  RefusedReport,
  TrailEvent,
  TrailKind,
  TrailOf,
  TrailOrder,
  TrailPlayer,
  TrailVisit,
} from './event-trail.js';

type Root = Pick<
  EventTrail,
  'id' | 'partnerId' | 'brandId' | 'campaignId' | 'promoId' | 'since' | 'broughtBy' | 'query'
> & {
  readonly visitId: string | null;
  /** Since when the brand may have reported on it: it may say that a thing happened later than it reports it. */
  readonly reportedSince: Date;
};

interface PlayerRow extends TrailPlayer {
  createdAt: Date;
  signedUpAt: Date;
  firstDepositAt: Date | null;
  firstDepositReportedAt: Date | null;
}

interface OrderRow extends TrailOrder {
  createdAt: Date;
  orderedAt: Date;
  decidedAt: Date | null;
}

/** What one visit brings in players and orders is few; a visit that brings more is a test of somebody's. */
const MOST_OF_A_VISIT = 10;
/** Of a trail's players together. */
const MOST_DEPOSITS = 20;
const MOST_REFUSALS = 5;
/** Batches in which refused items are looked for, the latest first. */
const BATCHES_WITH_REFUSALS = 200;
/** Batches among which the last one of each kind is looked for. */
const BATCHES = 1_000;

/** Who came with another program was brought by neither. */
const BROUGHT_BY = `
  CASE WHEN visit_id IS NOT NULL THEN 'link' WHEN promo_code_id IS NOT NULL THEN 'promo_code' ELSE 'import' END`;

const ROOTS: Readonly<Record<TrailKind, string>> = {
  visit: `
    SELECT id, partner_id AS "partnerId", brand_id AS "brandId", campaign_id AS "campaignId", promo_id AS "promoId",
           visited_at AS since, visited_at AS "reportedSince", 'link' AS "broughtBy", query, id AS "visitId"
      FROM visits WHERE id = $1`,
  player: `
    SELECT id, partner_id AS "partnerId", brand_id AS "brandId", campaign_id AS "campaignId", promo_id AS "promoId",
           signed_up_at AS since, LEAST(signed_up_at, created_at) AS "reportedSince", ${BROUGHT_BY} AS "broughtBy", query,
           visit_id AS "visitId"
      FROM players WHERE id = $1`,
  order: `
    SELECT id, partner_id AS "partnerId", brand_id AS "brandId", campaign_id AS "campaignId", promo_id AS "promoId",
           ordered_at AS since, LEAST(ordered_at, created_at) AS "reportedSince", ${BROUGHT_BY} AS "broughtBy", query,
           visit_id AS "visitId"
      FROM orders WHERE id = $1`,
};

const PLAYERS = `
  SELECT id, external_id AS "externalId", created_at AS "createdAt", signed_up_at AS "signedUpAt",
         first_deposit_at AS "firstDepositAt", first_deposit_reported_at AS "firstDepositReportedAt" FROM players`;

const ORDERS = `
  SELECT id, external_id AS "externalId", status, created_at AS "createdAt", ordered_at AS "orderedAt",
         decided_at AS "decidedAt" FROM orders`;

/** What was told of a visit, a player or an order, and what was not because it was refused (B03). */
@Injectable()
export class EventTrails {
  /**
   * The trail, by a few statements however much there is.
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async get(db: EntityManager, { kind, id, partnerId }: TrailOf): Promise<EventTrail> {
    const [root] = await db.query<Root[]>(`${ROOTS[kind]} AND ($2::uuid IS NULL OR partner_id = $2)`, [
      id,
      partnerId,
    ]);
    if (!root) throw notFound(kind);
    const { visitId, reportedSince: _, ...shown } = root;
    const players = await playersOf(db, kind, id);
    const orders = await ordersOf(db, kind, id);
    return {
      ...shown,
      kind,
      visit: visitId === null ? null : await findVisit(db, visitId),
      players: players.map(({ id, externalId }) => ({ id, externalId })),
      orders: orders.map(({ id, externalId, status }) => ({ id, externalId, status })),
      events: [
        ...orders.flatMap(eventsOfOrder),
        ...(await depositsOf(db, root.brandId, players)),
        ...players.flatMap((player) => eventsOfPlayer(player, root.broughtBy === 'import')),
      ],
      refused: await refusedReports(db, root, { players, orders }),
      lastReports: await lastReports(db, root.brandId),
    };
  }
}

async function findVisit(db: EntityManager, id: string): Promise<TrailVisit | null> {
  const [visit] = await db.query<TrailVisit[]>(
    'SELECT id, visited_at AS "visitedAt", bot, datacenter, duplicate FROM visits WHERE id = $1',
    [id],
  );
  return visit ?? null;
}

async function playersOf(db: EntityManager, kind: TrailKind, id: string): Promise<PlayerRow[]> {
  if (kind === 'order') return [];
  const condition = kind === 'player' ? 'id = $1' : 'visit_id = $1';
  return db.query(`${PLAYERS} WHERE ${condition} ORDER BY signed_up_at, id LIMIT ${MOST_OF_A_VISIT}`, [id]);
}

async function ordersOf(db: EntityManager, kind: TrailKind, id: string): Promise<OrderRow[]> {
  if (kind === 'player') return [];
  const condition = kind === 'order' ? 'id = $1' : 'visit_id = $1';
  return db.query(`${ORDERS} WHERE ${condition} ORDER BY ordered_at, id LIMIT ${MOST_OF_A_VISIT}`, [id]);
}

async function depositsOf(
  db: EntityManager,
  brandId: string,
  players: readonly PlayerRow[],
): Promise<TrailEvent[]> {
  if (players.length === 0) return [];
  const rows = await db.query<
    { playerId: string; toldAs: string; processedAt: Date; reportedAt: Date | null }[]
  >(
    `SELECT player_id AS "playerId", coalesce(told_as, external_id) AS "toldAs", processed_at AS "processedAt",
            reported_at AS "reportedAt"
       FROM deposits WHERE player_id = ANY($1) AND amount_minor > 0 ORDER BY processed_at DESC, external_id LIMIT ${MOST_DEPOSITS}`,
    [players.map(({ id }) => id)],
  );
  const told = rows.filter(({ toldAs }, place) => rows.findIndex((row) => row.toldAs === toldAs) === place);
  return told.map(({ playerId, toldAs, processedAt, reportedAt }) =>
    eventOf('deposit', playerId, processedAt, reportedAt, `${brandId}:${toldAs}`),
  );
}

/** @param imported whether the player was; deposits are always the brand's own reports */
function eventsOfPlayer(player: PlayerRow, imported: boolean): TrailEvent[] {
  const { id, createdAt, signedUpAt, firstDepositAt, firstDepositReportedAt } = player;
  const registration = { ...eventOf('registration', id, signedUpAt, createdAt), imported };
  if (firstDepositAt === null) return [registration];
  return [eventOf('first_deposit', id, firstDepositAt, firstDepositReportedAt), registration];
}

function eventsOfOrder({ id, status, createdAt, orderedAt, decidedAt }: OrderRow): TrailEvent[] {
  const decided = decidedAt && (`order_${status as Exclude<OrderStatus, 'pending'>}` as const);
  const created = eventOf('order_created', id, orderedAt, createdAt);
  return decided ? [eventOf(decided, id, decidedAt, decidedAt), created] : [created];
}

/**
 * What befell the player or order, as its brand reported it.
 * @param key what the event is named by, where the player has several of them
 */
function eventOf(
  action: TrailEvent['action'],
  subjectId: string,
  occurredAt: Date,
  recordedAt: Date | null,
  key = subjectId,
): TrailEvent {
  const eventId = actionId(action, key);
  return { eventId, action, subjectId, occurredAt, recordedAt, imported: false };
}

/**
 * Whether what an item of a batch was refused for is put right: its player or order is known; of activity, the same
 * interval was reported again and taken.
 */
const PUT_RIGHT = `
  CASE batch.kind
    WHEN 'players' THEN EXISTS (SELECT FROM players WHERE brand_id = $1 AND external_id = item->>'name')
    WHEN 'orders' THEN EXISTS (SELECT FROM orders WHERE brand_id = $1 AND external_id = item->>'name')
    ELSE EXISTS (SELECT FROM players p JOIN player_activity a ON a.player_id = p.id
                  WHERE p.brand_id = $1 AND p.external_id = item->>'name' AND a.interval_from = batch.interval_from
                    AND a.interval_to = batch.interval_to AND a.reported_at > batch.received_at) END`;

/**
 * Items about the trail that were refused since it began and are not put right, by its tag or by the brand's ids of what
 * came of it.
 */
async function refusedReports(
  db: EntityManager,
  { id, visitId, brandId, reportedSince }: Root,
  { players, orders }: { players: readonly PlayerRow[]; orders: readonly OrderRow[] },
): Promise<RefusedReport[]> {
  return db.query<RefusedReport[]>(
    `SELECT batch.kind, batch.received_at AS "receivedAt", item->>'code' AS code, item->>'message' AS message
       FROM (SELECT id, kind, received_at, interval_from, interval_to, refusals FROM sync_batches
              WHERE brand_id = $1 AND rejected > 0 AND id >= $2
              ORDER BY id DESC LIMIT ${BATCHES_WITH_REFUSALS}) batch
      CROSS JOIN LATERAL jsonb_array_elements(batch.refusals) AS item
      WHERE (item->>'tag' = $3
             OR item->>'name' = ANY(CASE batch.kind WHEN 'orders' THEN $5::text[] ELSE $4::text[] END))
        AND NOT ${PUT_RIGHT}
      ORDER BY batch.id DESC, (item->>'index')::int LIMIT ${MOST_REFUSALS}`,
    [
      brandId,
      uuidV7Floor(reportedSince),
      visitId ?? id,
      players.map(({ externalId }) => externalId),
      orders.map(({ externalId }) => externalId),
    ],
  );
}

async function lastReports(db: EntityManager, brandId: string): Promise<EventTrail['lastReports']> {
  const rows = await db.query<{ kind: RefusedReport['kind']; at: Date }[]>(
    `SELECT kind, max(received_at) AS at
       FROM (SELECT kind, received_at FROM sync_batches WHERE brand_id = $1 ORDER BY id DESC LIMIT ${BATCHES}) recent
      GROUP BY kind`,
    [brandId],
  );
  return new Map(rows.map(({ kind, at }) => [kind, at]));
}
