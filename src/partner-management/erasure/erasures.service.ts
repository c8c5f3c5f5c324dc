import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventLog, type PartnerActor, PersonalData } from '../../identity/index.js';
import { Clock, idOfCursor, Ids, type Page, toPage, type Tx } from '../../platform/index.js';
import { obstaclesLeft } from '../domain/erasure-obstacles.js';
import { erasureBlocked, erasureRequested, noErasureToCancel } from '../partner-management.errors.js';
import { ErasureNews } from './erasure-news.js';
import type { ErasureDto, ErasureQuery, ErasureStatusDto, OperatorErasureDto } from './erasures.dto.js';

/** Days in which the partner may think better of it. */
const GRACE_DAYS = 7;

const COLUMNS = `e.id, e.state, e.accepts_loss AS "acceptsLoss", e.requested_at AS "requestedAt", e.due_at AS "dueAt",
  e.postponed_at AS "postponedAt", e.cancelled_at AS "cancelledAt", e.started_at AS "startedAt",
  e.finished_at AS "finishedAt"`;

/** Erasures of partners' data: asked for and cancelled by the owner, seen by operators (B12). */
@Injectable()
export class Erasures {
  constructor(
    private readonly dataSource: DataSource,
    private readonly personalData: PersonalData,
    private readonly eventLog: EventLog,
    private readonly news: ErasureNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The partner's last erasure, and what stands in the way of one. */
  async status(tx: Tx, partnerId: string): Promise<ErasureStatusDto> {
    const [erasure] = await tx.query<ErasureDto[]>(
      `SELECT ${COLUMNS} FROM partner_erasures e WHERE e.partner_id = $1 ORDER BY e.id DESC LIMIT 1`,
      [partnerId],
    );
    return { erasure: erasure ?? null, obstacles: await this.personalData.obstacles(tx, partnerId) };
  }

  /**
   * Asks for the erasure, which begins after the days of grace.
   * @throws DomainError ERASURE_BLOCKED (409) that names what stands in the way, ERASURE_REQUESTED (409)
   */
  async request(tx: Tx, actor: PartnerActor, acceptsLoss: boolean): Promise<ErasureDto> {
    const { partnerId, userId } = actor;
    const obstacles = obstaclesLeft(await this.personalData.obstacles(tx, partnerId), acceptsLoss);
    if (obstacles.length > 0) throw erasureBlocked(obstacles);
    const now = this.clock.now();
    const id = this.ids.next();
    const [made] = await tx.query<ErasureDto[]>(
      `INSERT INTO partner_erasures AS e (id, partner_id, requested_by, state, accepts_loss, requested_at, due_at)
       VALUES ($1, $2, $3, 'pending', $4, $5, $6)
       ON CONFLICT (partner_id) WHERE state <> 'cancelled' DO NOTHING RETURNING ${COLUMNS}`,
      [id, partnerId, userId, acceptsLoss, now, new Date(now.getTime() + GRACE_DAYS * 86_400_000)],
    );
    if (!made) throw erasureRequested();
    await this.record(tx, actor, id, 'erasure_requested');
    await this.news.requested(tx, partnerId, made.dueAt);
    return made;
  }

  /** Thinks better of it. @throws DomainError NO_ERASURE_TO_CANCEL (409), also once it has begun */
  async cancel(tx: Tx, actor: PartnerActor): Promise<ErasureDto> {
    const [[cancelled]] = await tx.query<[ErasureDto[], number]>(
      `UPDATE partner_erasures e SET state = 'cancelled', cancelled_at = $2
        WHERE e.partner_id = $1 AND e.state = 'pending' RETURNING ${COLUMNS}`,
      [actor.partnerId, this.clock.now()],
    );
    if (!cancelled) throw noErasureToCancel();
    await this.record(tx, actor, cancelled.id, 'erasure_cancelled');
    await this.news.cancelled(tx, actor.partnerId);
    return cancelled;
  }

  /** A page of all partners' erasures, newest first. */
  async list({ state, limit, cursor }: ErasureQuery): Promise<Page<OperatorErasureDto>> {
    const rows = await this.dataSource.query<OperatorErasureDto[]>(
      `SELECT ${COLUMNS}, p.id AS "partnerId", p.name AS "partnerName"
         FROM partner_erasures e JOIN partners p ON p.id = e.partner_id
        WHERE ($1::text IS NULL OR e.state = $1) AND ($2::uuid IS NULL OR e.id < $2) ORDER BY e.id DESC LIMIT $3`,
      [state ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  private async record(
    tx: Tx,
    actor: PartnerActor,
    subjectId: string,
    type: 'erasure_requested' | 'erasure_cancelled',
  ): Promise<void> {
    await this.eventLog.record(tx, actor, { partnerId: actor.partnerId, type, subjectId, data: {} });
  }
}
