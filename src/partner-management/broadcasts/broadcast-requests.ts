import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventLog } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { RequestKinds } from '../requests/request-kinds.js';
import { BroadcastDesk } from './broadcast-desk.service.js';
import { getAnyBroadcast, requireMove } from './broadcast-rows.js';
import { broadcastStarted } from './broadcasts.errors.js';

/** What becomes of a broadcast beyond followers by what becomes of its request (O04, rule 9.2). */
@Injectable()
export class BroadcastRequests implements OnModuleInit {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly desk: BroadcastDesk,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register({
      kind: 'broadcast',
      onApproved: (tx, _actor, { subjectId }) => this.approve(tx, subjectId),
      onRejected: async (tx, _actor, { subjectId }) => {
        await requireMove(tx, subjectId, 'reject', { at: this.clock.now() });
      },
      onClosed: async (tx, actor, { subjectId }) => {
        await requireMove(tx, subjectId, actor === null ? 'expire' : 'cancel', { at: this.clock.now() });
      },
      preview: (db, subjectIds) => this.desk.previews(db, subjectIds),
    });
  }

  /** @throws DomainError BROADCAST_EXPIRED (409) once it should have started, even before the job has noticed */
  private async approve(tx: Tx, id: string): Promise<void> {
    const now = this.clock.now();
    await requireMove(tx, id, 'approve', { at: now });
    const { partnerId, startAt } = await getAnyBroadcast(tx, id);
    if (startAt! <= now) throw broadcastStarted();
    await this.eventLog.record(tx, null, {
      partnerId,
      type: 'broadcast_scheduled',
      subjectId: id,
      data: { startsAt: startAt!.toISOString() },
    });
  }
}
