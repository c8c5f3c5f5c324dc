import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventLog } from '../../identity/index.js';
import { Clock, DomainError, type Tx, UnitOfWork } from '../../platform/index.js';
import { PartnerRequests } from '../requests/partner-requests.service.js';
import { fixAudience } from './broadcast-audience.js';
import { getAnyBroadcast, moveBroadcast } from './broadcast-rows.js';

interface DueBroadcast {
  id: string;
  state: 'pending' | 'scheduled' | 'sending' | 'paused';
  requestId: string | null;
  partnerActive: boolean;
  channelActive: boolean;
}

const DUE = `
  SELECT b.id, b.state, b.request_id AS "requestId", p.state = 'active' AS "partnerActive",
         c.state = 'active' AS "channelActive"
    FROM broadcasts b JOIN partners p ON p.id = b.partner_id JOIN channels c ON c.id = b.channel_id
   WHERE b.state IN ('pending', 'scheduled', 'sending', 'paused')
     AND (p.state <> 'active' OR (b.state IN ('pending', 'scheduled') AND b.starts_at <= $1))
   ORDER BY b.id`;

const SUSPENDED = 'The partnership does not work with the program any more.';
const ARCHIVED = 'The channel was archived before the start.';

/** What time does to broadcasts: they start, expire undecided, and end with a suspended partner. */
@Injectable()
export class BroadcastStarts {
  private readonly logger = new Logger(BroadcastStarts.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly requests: PartnerRequests,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /** Does what is due, each broadcast in a transaction of its own; whoever was faster keeps it. */
  async runDue(): Promise<void> {
    for (const due of await this.dataSource.query<DueBroadcast[]>(DUE, [this.clock.now()])) {
      try {
        await this.unitOfWork.run((tx) => this.work(tx, due));
      } catch (error) {
        // The others shall not wait for it; the next round tries again.
        this.logger.error({ err: error, broadcastId: due.id }, 'A broadcast could not be worked off');
      }
    }
  }

  private async work(tx: Tx, due: DueBroadcast): Promise<void> {
    if (due.state === 'pending') return this.expire(tx, due.requestId!);
    if (!due.partnerActive) return this.cancel(tx, due.id, SUSPENDED);
    if (!due.channelActive) return this.cancel(tx, due.id, ARCHIVED);
    return this.start(tx, due.id);
  }

  /** The request takes the broadcast with it, unless somebody has decided meanwhile. */
  private async expire(tx: Tx, requestId: string): Promise<void> {
    try {
      await this.requests.expire(tx, requestId);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'REQUEST_ALREADY_DECIDED')) throw error;
    }
  }

  private async cancel(tx: Tx, id: string, reason: string): Promise<void> {
    if ((await moveBroadcast(tx, id, 'cancel', { at: this.clock.now(), endReason: reason })) === null) return;
    const { partnerId } = await getAnyBroadcast(tx, id);
    const event = { partnerId, subjectId: id, data: { reason } };
    await this.eventLog.record(tx, null, { ...event, type: 'broadcast_cancelled' });
  }

  private async start(tx: Tx, id: string): Promise<void> {
    if ((await moveBroadcast(tx, id, 'start', { at: this.clock.now() })) === null) return;
    const total = await fixAudience(tx, id);
    await tx.query('UPDATE broadcasts SET total = $2 WHERE id = $1', [id, total]);
    const { partnerId } = await getAnyBroadcast(tx, id);
    const event = { partnerId, subjectId: id, data: { recipients: String(total) } };
    await this.eventLog.record(tx, null, { ...event, type: 'broadcast_started' });
  }
}
