import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, AuditLog, EventLog, MemberBlocks } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { ErasureNews } from './erasure-news.js';

/**
 * Cancels the erasure that somebody asked for whom an operator blocks: whoever took over an owner's account must not
 * outlast the block (B12).
 */
@Injectable()
export class ErasureWithdrawals implements OnModuleInit {
  constructor(
    private readonly blocks: MemberBlocks,
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly news: ErasureNews,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.blocks.withdrawBy((tx, operator, userId) => this.withdraw(tx, operator, userId));
  }

  private async withdraw(tx: Tx, operator: Actor, userId: string): Promise<void> {
    const [[cancelled]] = await tx.query<[{ id: string; partnerId: string }[], number]>(
      `UPDATE partner_erasures SET state = 'cancelled', cancelled_at = $2
        WHERE requested_by = $1 AND state = 'pending' RETURNING id, partner_id AS "partnerId"`,
      [userId, this.clock.now()],
    );
    if (!cancelled) return;
    const { id, partnerId } = cancelled;
    await this.eventLog.record(tx, operator, {
      partnerId,
      type: 'erasure_cancelled',
      subjectId: id,
      data: {},
    });
    await this.auditLog.record(tx, operator, {
      action: 'erasure.cancel',
      subject: { type: 'erasure', id },
      partnerId,
      before: { state: 'pending' },
      after: { state: 'cancelled', reason: 'Who asked for it was blocked.' },
    });
    await this.news.withdrawn(tx, partnerId);
  }
}
