import { Injectable } from '@nestjs/common';
import { Clock, Money, type Tx, UnitOfWork } from '../../platform/index.js';
import { mayAskAgain, nextAsk } from '../domain/next-ask.js';
import { lineStatesAllowing } from '../domain/payout-line-state.js';
import { payoutReference } from '../domain/payout-reference.js';
import { PaymentMethods } from '../payment-methods.service.js';
import { BATCH_COLUMNS, linesToPay, lockBatch, nextBatchState, type PayoutBatch } from './payout-batch.js';
import { PayoutFollowUp } from './payout-follow-up.service.js';
import { type HandOver, PayoutProvider, type ProviderOrder } from './payout-provider.js';

/** Longer than the calls of one step take together; who has not noted an outcome by then is taken for dead. */
const LEASE_SECONDS = 300;
const GIVEN_UP = 'The provider is not asked any more: look into its books and mark the lines.';

/**
 * Pays batches by a provider (rule 4.6). Each step is noted before the network is touched: an attempt makes the batch
 * `unknown`, and only an answer makes it anything else. So whoever dies in between leaves a batch that is asked about
 * again under the same id, which the provider pays once.
 */
@Injectable()
export class PayoutDelivery {
  constructor(
    private readonly provider: PayoutProvider,
    private readonly followUp: PayoutFollowUp,
    private readonly methods: PaymentMethods,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Asks the provider about every batch that is due. */
  async work(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const batch = await this.unitOfWork.run((tx) => this.claim(tx));
      if (!batch) return;
      if (batch.providerBatchId === null) await this.handOver(batch);
      else await this.followUp.ask(batch, batch.providerBatchId);
    }
  }

  /** Takes the next batch that is due, for a while; notes the attempt where it is to be handed over. */
  private async claim(tx: Tx): Promise<PayoutBatch | null> {
    const now = this.clock.now();
    const [due] = await tx.query<PayoutBatch[]>(
      `SELECT ${BATCH_COLUMNS} FROM payout_batches b
        WHERE b.ask_at <= $1 ORDER BY b.ask_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [now],
    );
    if (!due) return null;
    const confirmed = due.providerBatchId !== null;
    if (due.firstAttemptAt && !mayAskAgain(due.firstAttemptAt, now, confirmed)) {
      await tx.query('UPDATE payout_batches SET ask_at = NULL, problem = $2 WHERE id = $1', [
        due.id,
        GIVEN_UP,
      ]);
      return this.claim(tx);
    }
    await tx.query(
      `UPDATE payout_batches SET state = $2, ask_at = $3, asked = asked + 1,
              first_attempt_at = coalesce(first_attempt_at, $4), open_attempts = open_attempts + $5
        WHERE id = $1`,
      [
        due.id,
        confirmed ? due.state : nextBatchState(due, 'attempt'),
        new Date(now.getTime() + LEASE_SECONDS * 1_000),
        now,
        confirmed ? 0 : 1,
      ],
    );
    if (!confirmed) await this.moveLines(tx, due.id, 'attempt', 'unknown');
    return due;
  }

  private async handOver(batch: PayoutBatch): Promise<void> {
    const order = await this.unitOfWork.run((tx) => this.orderOf(tx, batch));
    const verdict = await this.provider.handOver(order);
    await this.unitOfWork.run((tx) => this.noteHandOver(tx, batch, verdict));
  }

  private async orderOf(tx: Tx, { id, typeCode, currency }: PayoutBatch): Promise<ProviderOrder> {
    const lines = await linesToPay(tx, id, lineStatesAllowing('accept'));
    return {
      senderBatchId: payoutReference(id),
      payments: lines.map((line) => ({
        reference: payoutReference(line.id),
        email:
          this.methods.open({ id: line.methodId, typeCode, sealedFields: line.sealedFields })['email'] ?? '',
        amount: Money.of(BigInt(line.amountMinor), currency),
      })),
    };
  }

  private async noteHandOver(tx: Tx, { id }: PayoutBatch, verdict: HandOver): Promise<void> {
    const batch = await lockBatch(tx, id);
    // Another asker whose answer came first has settled it.
    if (batch.state !== 'unknown' || batch.providerBatchId !== null) return;
    if (verdict.outcome === 'confirmed') {
      await tx.query(
        `UPDATE payout_batches SET state = $2, provider_batch_id = $3, open_attempts = 0, ask_at = $4, asked = 0,
                problem = NULL WHERE id = $1`,
        [id, nextBatchState(batch, 'accept'), verdict.providerBatchId, this.clock.now()],
      );
      await this.moveLines(tx, id, 'accept', 'sent');
    } else if (verdict.outcome === 'refused' && batch.openAttempts === 1) {
      await tx.query(
        `UPDATE payout_batches SET state = $2, sent_by = NULL, sent_at = NULL, open_attempts = 0, first_attempt_at = NULL,
                ask_at = NULL, problem = $3
          WHERE id = $1`,
        [id, nextBatchState(batch, 'refuse'), verdict.problem],
      );
      await this.moveLines(tx, id, 'refuse', 'pending');
    } else {
      // A refusal does not tell what became of an earlier attempt that had no answer.
      const certain = verdict.outcome === 'refused' ? 1 : 0;
      const wish = verdict.outcome === 'unknown' ? verdict.retryAfterSeconds : undefined;
      await tx.query(
        `UPDATE payout_batches SET open_attempts = open_attempts - $2, ask_at = $3, problem = $4 WHERE id = $1`,
        [id, certain, nextAsk(this.clock.now(), batch.asked, wish), verdict.problem],
      );
    }
  }

  private async moveLines(
    tx: Tx,
    batchId: string,
    action: 'attempt' | 'accept' | 'refuse',
    state: 'unknown' | 'sent' | 'pending',
  ): Promise<void> {
    await tx.query(
      'UPDATE payout_lines SET state = $2, changed_at = $3 WHERE batch_id = $1 AND state = ANY ($4)',
      [batchId, state, this.clock.now(), lineStatesAllowing(action)],
    );
  }
}
