import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, notFound, type Tx } from '../../platform/index.js';
import { type FactChange, markChanges } from '../batch-log.js';
import { fraudSignalDecided } from '../tracking.errors.js';
import { FraudBook } from './fraud-book.js';
import type { SignalState } from './fraud-signals.service.js';

interface DecidedSignal {
  readonly partnerId: string;
  readonly playerId: string | null;
  readonly orderId: string | null;
}

/** What an operator makes of a signal. */
export interface FraudDecision {
  readonly state: 'released' | 'confirmed';
  readonly comment: string;
}

/** Operators' decisions on signals (B07): each once, for good. */
@Injectable()
export class FraudDecisions {
  constructor(
    private readonly book: FraudBook,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Decides an open signal. A player or order with a confirmed one earns its partner nothing any more, for past periods
   * neither: they are marked to be looked at by the next bill run. What is known of the player or order stays as it is.
   * @throws DomainError NOT_FOUND, FRAUD_SIGNAL_DECIDED (409)
   */
  async decide(tx: Tx, actor: Actor, id: string, { state, comment }: FraudDecision): Promise<void> {
    const [[decided]] = await tx.query<[DecidedSignal[], number]>(
      `UPDATE fraud_signals SET state = $2, comment = $3, decided_by = $4, decided_at = $5
        WHERE id = $1 AND state = 'open' RETURNING partner_id AS "partnerId", player_id AS "playerId",
                  order_id AS "orderId"`,
      [id, state, comment, actor.userId, this.clock.now()],
    );
    if (!decided) throw await refusal(tx, id);
    if (state === 'confirmed') await markFacts(tx, decided);
    await this.book.tell(tx, [decided.partnerId]);
    // Not under the partner, who reads what operators changed of its own: suspicions are not for its eyes.
    await this.auditLog.record(tx, actor, {
      action: state === 'confirmed' ? 'fraud_signal.confirm' : 'fraud_signal.release',
      subject: { type: 'fraud_signal', id },
      before: { state: 'open' },
      after: { state },
    });
  }
}

async function refusal(tx: Tx, id: string): Promise<Error> {
  const [signal] = await tx.query<{ state: SignalState }[]>('SELECT state FROM fraud_signals WHERE id = $1', [
    id,
  ]);
  return signal ? fraudSignalDecided(signal.state) : notFound('fraud signal');
}

/** Marks the order, or the player's first fact, as changed: bills look at all periods from there on. */
async function markFacts(tx: Tx, { playerId, orderId }: DecidedSignal): Promise<void> {
  const orders = await tx.query<FactChange[]>(
    `SELECT campaign_id AS "campaignId", partner_id AS "partnerId", ordered_at AS "occurredAt" FROM orders WHERE id = $1`,
    [orderId],
  );
  await markChanges(tx, orders);
  await tx.query(
    `INSERT INTO fact_changes (campaign_id, partner_id, occurred_at)
     SELECT p.campaign_id, p.partner_id, date_bin('15 minutes', least(p.signed_up_at,
              (SELECT min(interval_from) FROM player_activity WHERE player_id = p.id),
              (SELECT min(processed_at) FROM deposits WHERE player_id = p.id)), 'epoch')
       FROM players p WHERE p.id = $1`,
    [playerId],
  );
}
