import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { DomainError, invalidField, type Tx } from '../../platform/index.js';
import { PayoutOverview } from './payout-overview.service.js';
import { PayoutResults, type Result } from './payout-results.service.js';

/** Results of single lines, entered by operators (B09). */
@Injectable()
export class PayoutMarks {
  constructor(
    private readonly results: PayoutResults,
    private readonly overview: PayoutOverview,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * Records what became of one line; the same again changes nothing.
   * @throws DomainError NOT_FOUND, PAYOUT_LINE_STATE_CONFLICT, PAYOUT_PROVIDER_ASKED (409), VALIDATION_FAILED (422)
   */
  async mark(tx: Tx, actor: Actor, batchId: string, result: Result): Promise<void> {
    if (result.outcome === 'failed' && result.reason === null) {
      throw invalidField('reason', 'is needed where the payment failed');
    }
    const before = await this.overview.line(tx, batchId, result.lineId);
    const [recorded] = await this.results.recordByHand(tx, actor, batchId, [result]);
    if (recorded?.done === 'refused') throw new DomainError(recorded.code, 'conflict', recorded.message);
    if (recorded?.done === 'unchanged') return;
    await this.auditLog.record(tx, actor, {
      action: 'payout_line.mark',
      subject: { type: 'payout_line', id: result.lineId },
      partnerId: before.ownerId,
      before: { state: before.state, reason: before.reason },
      after: { state: result.outcome, reason: result.reason },
    });
  }
}
