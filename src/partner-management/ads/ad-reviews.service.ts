import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, AuditLog, EventLog } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { RequestKinds } from '../requests/request-kinds.js';
import { AdAddresses } from './ad-addresses.js';
import { moveAd } from './ad-moves.js';
import { type AdRow, getAdRow, SELECT_ADS, toAdDto } from './ad-rows.js';
import type { AdDto } from './ads.dto.js';
import type { AdAction } from './domain/ad-state.js';

/** What operators decide of ads: by their requests, and later by taking an approved one down (O06). */
@Injectable()
export class AdReviews implements OnModuleInit {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly addresses: AdAddresses,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register({
      kind: 'ad',
      onApproved: (tx, _actor, { subjectId }) => this.move(tx, subjectId, 'approve'),
      onRejected: async (tx, _actor, { id, subjectId }) =>
        this.move(tx, subjectId, 'reject', await reasonOf(tx, id)),
      onClosed: (tx, _actor, { subjectId }) => this.move(tx, subjectId, 'withdraw'),
      preview: (db, adIds) => this.previews(db, adIds),
    });
  }

  /**
   * Stops an approved ad at once: from the commit on nobody is shown it, and its links lead nowhere. The partner may
   * change it and ask again.
   * @throws DomainError NOT_FOUND, AD_STATE_CONFLICT (409)
   */
  async takeDown(tx: Tx, actor: Actor, adId: string, reason: string): Promise<void> {
    const { partnerId } = await getAdRow(tx, null, adId);
    await this.move(tx, adId, 'takeDown', reason);
    await this.auditLog.record(tx, actor, {
      action: 'ad.take_down',
      subject: { type: 'ad', id: adId },
      partnerId,
      before: { state: 'approved', reason: null },
      after: { state: 'rejected', reason },
    });
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'ad_taken_down',
      subjectId: adId,
      data: { reason },
    });
  }

  private move(tx: Tx, id: string, action: AdAction, reason?: string): Promise<void> {
    return moveAd(tx, { partnerId: null, id, action, reason, now: this.clock.now() });
  }

  private async previews(
    db: EntityManager | DataSource,
    adIds: readonly string[],
  ): Promise<ReadonlyMap<string, AdDto>> {
    const rows = await db.query<AdRow[]>(`${SELECT_ADS} WHERE a.id = ANY ($1)`, [adIds]);
    return new Map(rows.map((row) => [row.id, toAdDto(row, this.addresses.fileForOperators)]));
  }
}

async function reasonOf(tx: Tx, requestId: string): Promise<string> {
  const [request] = await tx.query<[{ reason: string }]>(
    'SELECT rejection_description AS reason FROM partner_requests WHERE id = $1',
    [requestId],
  );
  return request.reason;
}
