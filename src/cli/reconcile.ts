import { describeMismatch, type ReconciliationRun, ReconciliationRuns } from '../wallet/index.js';
import { exitWith, withApplication } from './command.js';

/** Reconciles the ledger; true when it is clean. */
function reconcile(): Promise<boolean> {
  return withApplication(async (app) => {
    const run = await app.get(ReconciliationRuns).run();
    process.stdout.write(report(run));
    return run.mismatches.length === 0;
  });
}

function report({ journals, accounts, mismatches, newlyFrozen }: ReconciliationRun): string {
  const found = mismatches.length === 0 ? 'clean' : `${mismatches.length} mismatches`;
  const lines = mismatches.map(
    (mismatch) => `${mismatch.ownerId ?? 'the house'}: ${describeMismatch(mismatch)}`,
  );
  const frozen = newlyFrozen.map((ownerId) => `${ownerId}: frozen`);
  return [`${journals} journals, ${accounts} accounts: ${found}`, ...lines, ...frozen, ''].join('\n');
}

exitWith(reconcile());
