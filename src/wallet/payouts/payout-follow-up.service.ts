import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../identity/index.js';
import { Clock, Money, type Tx, UnitOfWork } from '../../platform/index.js';
import type { DecidingActor } from '../cashout-news.service.js';
import { nextAsk } from '../domain/next-ask.js';
import { lineStatesAllowing } from '../domain/payout-line-state.js';
import { idOfPayoutReference } from '../domain/payout-reference.js';
import { linesToPay, lockBatch, nextBatchState, type PayoutBatch } from './payout-batch.js';
import { PayoutProvider, type ProviderItem } from './payout-provider.js';
import { PayoutResults, type Result } from './payout-results.service.js';

const RESULTS_PER_TRANSACTION = 50;

/** What became of batches that a provider has confirmed (rule 4.6). */
@Injectable()
export class PayoutFollowUp {
  constructor(
    private readonly provider: PayoutProvider,
    private readonly results: PayoutResults,
    private readonly auditLog: AuditLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Asks what became of the batch's payments, and records what is new. */
  async ask(batch: PayoutBatch, providerBatchId: string): Promise<void> {
    const report = await this.provider.report(providerBatchId);
    if (report.status === 'unknown') {
      const { problem, retryAfterSeconds } = report;
      await this.unitOfWork.run((tx) => this.askLater(tx, batch.id, { problem, wish: retryAfterSeconds }));
      return;
    }
    const by = senderOf(batch);
    const { results, problems } = await this.unitOfWork.run((tx) => this.resultsIn(tx, batch, report.items));
    let news = false;
    for (let from = 0; from < results.length; from += RESULTS_PER_TRANSACTION) {
      const some = results.slice(from, from + RESULTS_PER_TRANSACTION);
      const recorded = await this.unitOfWork.run((tx) => this.results.record(tx, by, batch.id, some));
      news ||= recorded.some(({ done }) => done === 'recorded');
      for (const result of recorded) if (result.done === 'refused') problems.push(result.message);
    }
    await this.unitOfWork.run(async (tx) => {
      if (report.status === 'denied' && !(await this.deny(tx, by, batch.id, report.items)))
        problems.push('The provider denied the batch, but says that it has paid some of it.');
      await this.askLater(tx, batch.id, { problem: problems[0] ?? null, news });
    });
  }

  /** What the items say of this batch's lines; what does not fit is left alone and told. */
  private async resultsIn(
    tx: Tx,
    batch: PayoutBatch,
    items: readonly ProviderItem[],
  ): Promise<{ results: Result[]; problems: string[] }> {
    const lines = await linesToPay(tx, batch.id, ['sent', 'succeeded', 'failed']);
    const amounts = new Map(
      lines.map(({ id, amountMinor }) => [id, Money.of(BigInt(amountMinor), batch.currency)]),
    );
    const results: Result[] = [];
    const problems: string[] = [];
    for (const { reference, amount, outcome, reason } of items) {
      const lineId = idOfPayoutReference(reference);
      const expected = lineId === null ? undefined : amounts.get(lineId);
      if (!expected || lineId === null)
        problems.push(`The provider names a payment ${reference}, which is none of these.`);
      else if (amount?.currency !== expected.currency || amount.compare(expected) !== 0)
        problems.push(`The provider names another amount for the line ${lineId}.`);
      else if (outcome !== null) results.push({ lineId, outcome, reason });
      else await this.noteReason(tx, lineId, reason);
    }
    return { results, problems };
  }

  private async noteReason(tx: Tx, lineId: string, reason: string | null): Promise<void> {
    await tx.query(`UPDATE payout_lines SET reason = $2 WHERE id = $1 AND state = 'sent'`, [lineId, reason]);
  }

  /**
   * The provider pays nothing that it has not paid by now: the other cash-outs wait again. A batch of which something
   * was paid is settled with that, not cancelled. While a payment has left that could not be recorded, nothing is let go.
   * @returns false where that is so
   */
  private async deny(
    tx: Tx,
    by: DecidingActor,
    id: string,
    items: readonly ProviderItem[],
  ): Promise<boolean> {
    const batch = await lockBatch(tx, id);
    if (batch.state !== 'sent') return true;
    const left = items.flatMap((item) => (item.left ? (idOfPayoutReference(item.reference) ?? []) : []));
    const open = await linesToPay(tx, id, lineStatesAllowing('release'));
    if (open.some((line) => left.includes(line.id))) return false;
    const now = this.clock.now();
    await tx.query(
      `UPDATE payout_lines SET state = 'cancelled', reason = 'Denied by the provider', changed_at = $2
        WHERE batch_id = $1 AND state = ANY ($3)`,
      [id, now, lineStatesAllowing('release')],
    );
    const [{ paid }] = await tx.query<[{ paid: boolean }]>(
      `SELECT EXISTS (SELECT FROM payout_lines WHERE batch_id = $1 AND state = 'succeeded') AS paid`,
      [id],
    );
    const next = nextBatchState(batch, paid ? 'settle' : 'deny');
    await tx.query('UPDATE payout_batches SET state = $2, ended_at = $3, ask_at = NULL WHERE id = $1', [
      id,
      next,
      now,
    ]);
    await this.auditLog.record(tx, by, {
      action: 'payout_batch.deny',
      subject: { type: 'payout_batch', id },
      before: { state: batch.state },
      after: { state: next },
    });
    return true;
  }

  private async askLater(
    tx: Tx,
    id: string,
    { problem, news = false, wish }: { problem: string | null; news?: boolean; wish?: number },
  ): Promise<void> {
    const batch = await lockBatch(tx, id);
    const askAt = batch.askAt && nextAsk(this.clock.now(), news ? 0 : batch.asked, wish);
    await tx.query(
      'UPDATE payout_batches SET ask_at = $2, problem = $3, asked = CASE WHEN $4 THEN 0 ELSE asked END WHERE id = $1',
      [id, askAt, problem, news],
    );
  }
}

/** Results that a provider reports are those of who handed the batch over. */
function senderOf({ sentBy }: PayoutBatch): DecidingActor {
  return { userId: sentBy!, impersonatorId: null, partnerId: null, requestId: null, realm: 'operator' };
}
