import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PartnerAccess, PersonalData, type RoomPersonalData } from '../../identity/index.js';
import { Clock, type Tx, UnitOfWork } from '../../platform/index.js';
import { obstaclesLeft } from '../domain/erasure-obstacles.js';
import { ErasureNews } from './erasure-news.js';

const LOOK_AGAIN_DAYS = 1;

interface Erasure {
  id: string;
  partnerId: string;
  state: 'pending' | 'running' | 'done' | 'cancelled';
  acceptsLoss: boolean;
  askerBlocked: boolean;
  dueAt: Date;
  postponedAt: Date | null;
  roomsDone: string[];
}

/**
 * Carries erasures out, room by room. Each step is a transaction under the erasure's row lock: two workers take turns,
 * and whoever comes after a crash goes on behind what is done.
 */
@Injectable()
export class Eraser {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly personalData: PersonalData,
    private readonly access: PartnerAccess,
    private readonly news: ErasureNews,
    private readonly clock: Clock,
  ) {}

  /** Ids of the erasures that are due or were left in the middle. */
  async findDue(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM partner_erasures WHERE state = 'running' OR (state = 'pending' AND due_at <= $1) ORDER BY id`,
      [this.clock.now()],
    );
    return rows.map(({ id }) => id);
  }

  /** Erases, unless the partner has cancelled or something stands in the way; does nothing to what is done. */
  async carryOut(erasureId: string): Promise<void> {
    const partnerId = await this.unitOfWork.run((tx) => this.begin(tx, erasureId));
    if (partnerId === null) return;
    for (const room of this.personalData.rooms()) {
      while ((await this.unitOfWork.run((tx) => this.eraseRoom(tx, erasureId, room))) === 'more');
    }
    await this.unitOfWork.run((tx) => this.finish(tx, erasureId));
  }

  /**
   * From here on nobody signs in and nothing is cancelled. Gives the partner, or null when it must not begin, as while who
   * asked for it is blocked: that may have been done because somebody else had taken the account over. What stands
   * in the way is looked at under the erasure's lock: whoever moves the partner's money holds that row too, and is either
   * seen here or refused (`WalletOwners.refuseErased`).
   */
  private async begin(tx: Tx, erasureId: string): Promise<string | null> {
    const erasure = await lock(tx, erasureId);
    if (erasure?.state === 'running') return erasure.partnerId;
    const now = this.clock.now();
    if (erasure?.state !== 'pending' || erasure.dueAt > now) return null;
    const { partnerId } = erasure;
    const obstacles: { message: string }[] = obstaclesLeft(
      await this.personalData.obstacles(tx, partnerId),
      erasure.acceptsLoss,
    );
    if (erasure.askerBlocked) obstacles.push({ message: 'The owner who asked for it is blocked.' });
    if (obstacles.length > 0) {
      await tx.query('UPDATE partner_erasures SET due_at = $2, postponed_at = $3 WHERE id = $1', [
        erasureId,
        new Date(now.getTime() + LOOK_AGAIN_DAYS * 86_400_000),
        now,
      ]);
      if (!erasure.postponedAt) await this.news.postponed(tx, partnerId, obstacles);
      return null;
    }
    await this.news.begins(tx, partnerId);
    await this.access.shutOut(tx, partnerId);
    await tx.query(
      `UPDATE data_exports SET state = 'failed', finished_at = $2 WHERE partner_id = $1 AND state = 'pending'`,
      [partnerId, now],
    );
    await tx.query(`UPDATE partner_erasures SET state = 'running', started_at = $2 WHERE id = $1`, [
      erasureId,
      now,
    ]);
    return partnerId;
  }

  private async eraseRoom(tx: Tx, erasureId: string, part: RoomPersonalData): Promise<'done' | 'more'> {
    const erasure = await lock(tx, erasureId);
    if (erasure?.state !== 'running' || erasure.roomsDone.includes(part.room)) return 'done';
    const outcome = (await part.erase?.(tx, erasure.partnerId)) ?? 'done';
    if (outcome === 'more') return 'more';
    await tx.query('UPDATE partner_erasures SET rooms_done = array_append(rooms_done, $2) WHERE id = $1', [
      erasureId,
      part.room,
    ]);
    return 'done';
  }

  private async finish(tx: Tx, erasureId: string): Promise<void> {
    await tx.query(
      `UPDATE partner_erasures SET state = 'done', finished_at = $2 WHERE id = $1 AND state = 'running'`,
      [erasureId, this.clock.now()],
    );
  }
}

async function lock(tx: Tx, erasureId: string): Promise<Erasure | undefined> {
  const [erasure] = await tx.query<Erasure[]>(
    `SELECT id, partner_id AS "partnerId", state, accepts_loss AS "acceptsLoss", due_at AS "dueAt",
            postponed_at AS "postponedAt", rooms_done AS "roomsDone",
            (SELECT blocked_at IS NOT NULL FROM users WHERE users.id = requested_by) AS "askerBlocked"
       FROM partner_erasures WHERE id = $1 FOR UPDATE`,
    [erasureId],
  );
  return erasure;
}
