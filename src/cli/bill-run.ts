import { SingleBar } from 'cli-progress';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { BillRunExecutor, BillRuns, type BillRunView } from '../billing/index.js';
import { Jobs, UnitOfWork } from '../platform/index.js';
import { exitWith, withApplication } from './command.js';

const USAGE = 'Usage: npm run bill-run -- --through 2026-10-31 [--plan <commission plan id>]';
const LOOK_EVERY_MS = 500;

/** Bills what is due through a day; true when the run finished. */
async function billRun(): Promise<boolean> {
  const { values } = parseArgs({ options: { through: { type: 'string' }, plan: { type: 'string' } } });
  const { through, plan: planId = null } = values;
  if (!through) throw new Error(USAGE);
  return withApplication(async (app) => {
    await app.get(Jobs).start();
    const runs = app.get(BillRuns);
    const id = await app.get(UnitOfWork).run((tx) => runs.start(tx, { planId, through, source: 'command' }));
    const bar = progressBar();
    // A worker may have taken the run before us: then it is only watched.
    const [view] = await Promise.all([
      runs.waitForEnd(app.get(DataSource).manager, id!, Infinity, LOOK_EVERY_MS, bar.show),
      app.get(BillRunExecutor).execute(id!),
    ]);
    bar.stop();
    process.stdout.write(report(view));
    return view.run.state === 'finished';
  });
}

/** Shows on a terminal how far the run is; elsewhere nothing. */
function progressBar(): { show: (run: BillRunView['run']) => void; stop: () => void } {
  const bar = new SingleBar({
    format: '{bar} {percentage} % of {total} partners, {bills} bills, over in about {eta_formatted}',
    hideCursor: true,
  });
  let started = false;
  return {
    show: (run) => {
      if (run.partnersExpected === null) return;
      if (!started) bar.start(run.partnersExpected, 0, { bills: 0 });
      started = true;
      bar.update(run.partnersConsidered, { bills: run.billsMade });
    },
    stop: () => bar.stop(),
  };
}

function report({ run, issued }: BillRunView): string {
  const sums = issued.map((sum) => `${sum.toString()} ${sum.currency}`).join(', ') || 'nothing';
  const failed = run.partnersFailed > 0 ? `, ${run.partnersFailed} failed (last: ${run.lastError})` : '';
  return (
    `Bill run ${run.id} through ${run.through}: ${run.state}\n` +
    `${run.partnersConsidered} partners considered${failed}, ${run.billsMade} bills with ${run.linesMade} lines made, ` +
    `${sums} issued\n`
  );
}

exitWith(billRun());
