import { Injectable } from '@nestjs/common';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, Money, type Tx } from '../../platform/index.js';
import { Channels } from '../channels/channels.service.js';
import { Entitlements } from '../packages/entitlements.service.js';
import { PartnerRequests } from '../requests/partner-requests.service.js';
import { getBroadcast, requireMove } from './broadcast-rows.js';
import type { BroadcastDto } from './broadcasts.dto.js';
import { unfitBroadcast } from './broadcasts.errors.js';
import { broadcastMove } from './domain/broadcast-state.js';

/** Reaching beyond followers takes an approval, and costs nothing. */
const FREE = Money.of(0n, 'EUR');

/** What partners do with a broadcast once it is written (O04, rule 9.2). */
@Injectable()
export class BroadcastMoves {
  constructor(
    private readonly channels: Channels,
    private readonly requests: PartnerRequests,
    private readonly entitlements: Entitlements,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Submits a draft: one for followers is scheduled, one beyond them waits for an operator.
   * @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT, CHANNEL_ARCHIVED (409), LIMIT_REACHED,
   *   FEATURE_NOT_INCLUDED (422), VALIDATION_FAILED (422) for a start that has passed or is missing
   */
  async submit(tx: Tx, actor: PartnerActor, id: string): Promise<BroadcastDto> {
    const { partnerId } = actor;
    const now = this.clock.now();
    await getBroadcast(tx, partnerId, id);
    await this.entitlements.require(tx, partnerId, 'broadcastsPerMonth');
    await requireMove(tx, id, 'change', { at: now });
    // Nobody else changes it from here on.
    const draft = await getBroadcast(tx, partnerId, id);
    const beyond = draft.audience === 'end_users';
    if (beyond) await this.entitlements.requireFeature(tx, partnerId, 'broadcastsBeyondFollowers');
    await this.channels.hold(tx, partnerId, draft.channelId);
    const startAt = startOf(draft, now);
    const asked = {
      kind: 'broadcast',
      subjectId: id,
      title: draft.title,
      price: FREE,
      description: null,
    } as const;
    const requestId = beyond ? await this.requests.open(tx, actor, asked) : null;
    await tx.query(
      `UPDATE broadcasts
          SET state = $2, request_id = $3, submitted_at = $4, starts_at = $5,
              channel_name = (SELECT c.name FROM channels c WHERE c.id = channel_id)
        WHERE id = $1`,
      [id, broadcastMove(beyond ? 'ask' : 'schedule').to, requestId, now, startAt],
    );
    if (!beyond) {
      const data = { startsAt: startAt.toISOString() };
      await this.eventLog.record(tx, actor, { partnerId, type: 'broadcast_scheduled', subjectId: id, data });
    }
    return getBroadcast(tx, partnerId, id);
  }

  /** Stops the sending until it is resumed. @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) */
  pause(tx: Tx, actor: PartnerActor, id: string): Promise<BroadcastDto> {
    return this.move(tx, actor, id, 'pause');
  }

  /** Goes on where it was paused. @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) */
  resume(tx: Tx, actor: PartnerActor, id: string): Promise<BroadcastDto> {
    return this.move(tx, actor, id, 'resume');
  }

  /** Ends it for good; whoever has not got it will not. @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) */
  async cancel(tx: Tx, actor: PartnerActor, id: string): Promise<BroadcastDto> {
    const { partnerId } = actor;
    const { state, requestId } = await getBroadcast(tx, partnerId, id);
    if (state === 'pending' && requestId !== null) {
      // The request takes the broadcast with it.
      await this.requests.cancel(tx, actor, requestId);
    } else {
      await requireMove(tx, id, 'cancel', { at: this.clock.now() });
      const data = { reason: null };
      await this.eventLog.record(tx, actor, { partnerId, type: 'broadcast_cancelled', subjectId: id, data });
    }
    return getBroadcast(tx, partnerId, id);
  }

  private async move(
    tx: Tx,
    actor: PartnerActor,
    id: string,
    action: 'pause' | 'resume',
  ): Promise<BroadcastDto> {
    const { partnerId } = actor;
    await getBroadcast(tx, partnerId, id);
    await requireMove(tx, id, action, { at: this.clock.now() });
    const type = action === 'pause' ? 'broadcast_paused' : 'broadcast_resumed';
    await this.eventLog.record(tx, actor, { partnerId, type, subjectId: id, data: {} });
    return getBroadcast(tx, partnerId, id);
  }
}

/** When a submitted draft begins. @throws DomainError VALIDATION_FAILED (422) */
function startOf({ startAt, audience }: BroadcastDto, now: Date): Date {
  if (startAt === null && audience === 'followers') return now;
  if (startAt !== null && startAt > now) return startAt;
  throw unfitBroadcast([
    {
      path: 'startAt',
      message:
        startAt === null ? 'must be given, so that operators know their time' : 'must lie in the future',
    },
  ]);
}
