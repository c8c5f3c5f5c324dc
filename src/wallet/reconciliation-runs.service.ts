import { Injectable, Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { Metrics, setLocally, type Tx, UnitOfWork } from '../platform/index.js';
import { describeMismatch, Reconciliation, type ReconciliationResult } from './reconciliation.service.js';
import { WalletFreezes } from './wallet-freezes.service.js';

/** What a reconciliation saw and did. */
export interface ReconciliationRun extends ReconciliationResult {
  /** Owners that this run has frozen; those frozen before are not among them. */
  newlyFrozen: string[];
}

const JOB_LOCK = 'wallet.reconciliation';

/** Reconciles with consequences (rule 1.6): a mismatch is alerted and freezes its wallet; nothing is repaired. */
@Injectable()
export class ReconciliationRuns {
  private readonly logger = new Logger(ReconciliationRuns.name);
  private readonly mismatches: Counter<'check'>;

  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly freezes: WalletFreezes,
    private readonly unitOfWork: UnitOfWork,
    metrics: Metrics,
  ) {
    this.mismatches = metrics.counter(
      'tributary_reconciliation_mismatches_total',
      'Mismatches that reconciliation found, every time that it found them',
      ['check'],
    );
  }

  /** Reconciles now, whoever else does too: an owner is frozen once. */
  async run(): Promise<ReconciliationRun> {
    return this.alert(await this.unitOfWork.run((tx) => this.reconcile(tx)));
  }

  /** Reconciles unless another instance is at it; then the answer is null. */
  async runAlone(): Promise<ReconciliationRun | null> {
    const run = await this.unitOfWork.run(async (tx) => {
      const [{ claimed }] = await tx.query<[{ claimed: boolean }]>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed`,
        [JOB_LOCK],
      );
      return claimed ? this.reconcile(tx) : null;
    });
    return run && this.alert(run);
  }

  private async reconcile(tx: Tx): Promise<ReconciliationRun> {
    // It reads all that was ever posted, beside which requests go on.
    await setLocally(tx, { statement_timeout: '10min' });
    const result = await this.reconciliation.run(tx);
    return { ...result, newlyFrozen: await this.freezes.freeze(tx, result.mismatches) };
  }

  /** After the commit, because a transaction may run more than once. */
  private alert(run: ReconciliationRun): ReconciliationRun {
    for (const mismatch of run.mismatches) {
      const { check, subjectId, ownerId } = mismatch;
      const frozenNow = ownerId !== null && run.newlyFrozen.includes(ownerId);
      this.mismatches.inc({ check });
      this.logger.error(
        { check, subjectId, ownerId, frozenNow },
        `Reconciliation found ${describeMismatch(mismatch)}`,
      );
    }
    return run;
  }
}
