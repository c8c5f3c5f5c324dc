import type { DataSource, EntityManager } from 'typeorm';
import { notFound, type Tx } from '../../platform/index.js';
import type { BroadcastDto, OperatorBroadcastDto } from './broadcasts.dto.js';
import { broadcastStateConflict } from './broadcasts.errors.js';
import { type BroadcastAction, broadcastMove, type BroadcastState } from './domain/broadcast-state.js';

export type Db = EntityManager | DataSource;

const COLUMNS = `
  b.id, b.channel_id AS "channelId", coalesce(b.channel_name, c.name) AS "channelName", b.title, b.engagement_type AS "engagementType",
  b.subject, b.body, b.question, b.options, b.link_url AS "linkUrl", b.link_label AS "linkLabel", b.audience,
  b.countries, b.languages, b.starts_at AS "startAt", b.state, b.request_id AS "requestId",
  b.end_reason AS "endReason",
  json_build_object('total', b.total, 'sent', b.sent, 'skipped', b.skipped, 'failed', b.failed) AS progress,
  b.created_at AS "createdAt", b.submitted_at AS "submittedAt", b.started_at AS "startedAt",
  b.finished_at AS "finishedAt"`;

/** For the partner whose it is. */
export const BROADCASTS = `SELECT ${COLUMNS} FROM broadcasts b JOIN channels c ON c.id = b.channel_id`;

/** For operators. */
export const BROADCASTS_OF_ALL = `
  SELECT ${COLUMNS}, b.partner_id AS "partnerId", p.name AS "partnerName"
    FROM broadcasts b JOIN channels c ON c.id = b.channel_id JOIN partners p ON p.id = b.partner_id`;

/** @throws DomainError NOT_FOUND, also for another partner's */
export async function getBroadcast(db: Db, partnerId: string, id: string): Promise<BroadcastDto> {
  const [broadcast] = await db.query<BroadcastDto[]>(`${BROADCASTS} WHERE b.id = $1 AND b.partner_id = $2`, [
    id,
    partnerId,
  ]);
  if (!broadcast) throw notFound('broadcast');
  return broadcast;
}

/** A broadcast, whoever's it is. @throws DomainError NOT_FOUND */
export async function getAnyBroadcast(db: Db, id: string): Promise<OperatorBroadcastDto> {
  const [broadcast] = await db.query<OperatorBroadcastDto[]>(`${BROADCASTS_OF_ALL} WHERE b.id = $1`, [id]);
  if (!broadcast) throw notFound('broadcast');
  return broadcast;
}

/** What changes with a move, besides the state. */
interface MoveColumns {
  at: Date;
  endReason?: string;
}

/** When a broadcast has come into a state. */
const SINCE: Partial<Record<BroadcastState, string>> = {
  sending: ', started_at = coalesce(started_at, $4)',
  sent: ', finished_at = $4',
  rejected: ', finished_at = $4',
  expired: ', finished_at = $4',
  cancelled: ', finished_at = $4',
};

/** Moves a broadcast to where the action leads. @returns the state it was in; null when the action is refused there */
export async function moveBroadcast(
  tx: Tx,
  id: string,
  action: BroadcastAction,
  { at, endReason }: MoveColumns,
): Promise<BroadcastState | null> {
  const { from, to } = broadcastMove(action);
  const [[moved]] = await tx.query<[{ was: BroadcastState }[], number]>(
    `UPDATE broadcasts b SET state = $3, updated_at = $4, end_reason = $5${SINCE[to] ?? ''}
       FROM (SELECT id, state FROM broadcasts WHERE id = $1 FOR NO KEY UPDATE) AS before
      WHERE b.id = before.id AND before.state = ANY ($2) RETURNING before.state AS was`,
    [id, from, to, at, endReason ?? null],
  );
  return moved?.was ?? null;
}

/** As {@link moveBroadcast}. @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) */
export async function requireMove(
  tx: Tx,
  id: string,
  action: BroadcastAction,
  columns: MoveColumns,
): Promise<BroadcastState> {
  const was = await moveBroadcast(tx, id, action, columns);
  if (was !== null) return was;
  throw broadcastStateConflict(action, (await getAnyBroadcast(tx, id)).state);
}
