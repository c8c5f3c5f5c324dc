import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../identity/index.js';
import { Clock, DomainError, type Tx } from '../../platform/index.js';
import { CashoutDecisions } from '../cashout-decisions.service.js';
import type { DecidingActor } from '../cashout-news.service.js';
import {
  ACTION_OF_OUTCOME,
  findNextLineState,
  LIVE_LINE_STATES,
  type PayoutLineState,
  type PayoutOutcome,
} from '../domain/payout-line-state.js';
import { lockBatch } from './payout-batch.js';
import { providerIsAsked } from './payouts.errors.js';

/** What became of one line. */
export interface Result {
  readonly lineId: string;
  readonly outcome: PayoutOutcome;
  /** Shown to the partner where the payment failed. */
  readonly reason: string | null;
}

/** What recording a result came to: it was new, it was known, or it was refused. */
export type Recorded =
  | { readonly lineId: string; readonly done: 'recorded' | 'unchanged' }
  | { readonly lineId: string; readonly done: 'refused'; readonly code: string; readonly message: string };

interface LineRow {
  state: PayoutLineState;
  cashout_id: string;
}

const FAILED = 'The payment could not be made.';

/**
 * What became of payments (rule 4.6): a cash-out whose payment arrived is accepted, one whose payment failed is
 * cancelled, so that the money is available again. Each once, in any order; the same again changes nothing.
 */
@Injectable()
export class PayoutResults {
  constructor(
    private readonly decisions: CashoutDecisions,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Records results that operators bring; those of a provider are refused as long as it is asked itself.
   * @throws DomainError NOT_FOUND, PAYOUT_PROVIDER_ASKED (409)
   */
  async recordByHand(
    tx: Tx,
    by: DecidingActor,
    batchId: string,
    results: readonly Result[],
  ): Promise<Recorded[]> {
    const { askAt } = await lockBatch(tx, batchId);
    if (askAt !== null) throw providerIsAsked();
    return this.record(tx, by, batchId, results);
  }

  /** Records results; the batch is settled when none of its lines waits any more. @throws DomainError NOT_FOUND */
  async record(tx: Tx, by: DecidingActor, batchId: string, results: readonly Result[]): Promise<Recorded[]> {
    await lockBatch(tx, batchId);
    const recorded: Recorded[] = [];
    for (const result of results) recorded.push(await this.recordOne(tx, by, batchId, result));
    if (recorded.some(({ done }) => done === 'recorded')) await this.settle(tx, by, batchId);
    return recorded;
  }

  private async recordOne(tx: Tx, by: DecidingActor, batchId: string, result: Result): Promise<Recorded> {
    const { lineId, outcome } = result;
    const [line] = await tx.query<LineRow[]>(
      'SELECT state, cashout_id FROM payout_lines WHERE batch_id = $1 AND id = $2 FOR UPDATE',
      [batchId, lineId],
    );
    if (!line) return refused(lineId, 'UNKNOWN_LINE', 'The batch has no such line.');
    if (line.state === outcome) return { lineId, done: 'unchanged' };
    const next = findNextLineState(line.state, ACTION_OF_OUTCOME[outcome]);
    if (!next) {
      return refused(lineId, 'PAYOUT_LINE_STATE_CONFLICT', `The line's state is ${line.state} already.`);
    }
    try {
      // A line that is refused is as it was: it has a savepoint of its own.
      await tx.transaction((savepoint) => this.conclude(savepoint, by, line, { ...result, next }));
      return { lineId, done: 'recorded' };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return refused(lineId, error.code, error.message);
    }
  }

  private async conclude(
    tx: Tx,
    actor: DecidingActor,
    line: LineRow,
    { lineId, outcome, reason, next }: Result & { next: PayoutLineState },
  ): Promise<void> {
    await tx.query('UPDATE payout_lines SET state = $2, reason = $3, changed_at = $4 WHERE id = $1', [
      lineId,
      next,
      reason,
      this.clock.now(),
    ]);
    // The line has let go of the cash-out by now: it may be decided about.
    if (outcome === 'succeeded') await this.decisions.accept(tx, line.cashout_id, { actor });
    else await this.decisions.cancel(tx, line.cashout_id, { actor, comment: reason ?? FAILED });
  }

  private async settle(tx: Tx, actor: DecidingActor, batchId: string): Promise<void> {
    const rows = await tx.query<[{ before: string }[], number]>(
      `UPDATE payout_batches AS b SET state = 'settled', ended_at = $2, ask_at = NULL
         FROM payout_batches AS was
        WHERE b.id = $1 AND was.id = b.id AND b.state IN ('sent', 'unknown')
          AND NOT EXISTS (SELECT FROM payout_lines WHERE batch_id = $1 AND state = ANY ($3))
        RETURNING was.state AS before`,
      [batchId, this.clock.now(), LIVE_LINE_STATES],
    );
    const before = rows[0][0]?.before;
    if (before === undefined) return;
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.settle',
      subject: { type: 'payout_batch', id: batchId },
      before: { state: before },
      after: { state: 'settled' },
    });
  }
}

function refused(lineId: string, code: string, message: string): Recorded {
  return { lineId, done: 'refused', code, message };
}
