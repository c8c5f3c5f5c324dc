import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { AppModule } from '../app.module.js';
import { BillRunExecutor, BillRuns, type BillRunView } from '../billing/index.js';
import { Clock, Jobs, migrate, readConfig, UnitOfWork, openDatabase } from '../platform/index.js';

const USAGE = 'Usage: npm run bill-run -- --through 2026-10-31 [--plan <commission plan id>]';
const LOOK_EVERY_MS = 500;

/** Bills what is due through a day, in this process, beside whatever instances are running. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { through: { type: 'string' }, plan: { type: 'string' } } });
  if (!values.through) throw new Error(USAGE);
  // Events that the bills bring about are left to the workers.
  const config = readConfig().withRole('web');
  const database = await openDatabase(config);
  try {
    await migrate(database.url);
    const clock = new Clock(config.clockOffsetMs);
    const options = { config, databaseUrl: database.url, clock };
    const app = await NestFactory.createApplicationContext(AppModule.forRoot(options), {
      logger: ['warn', 'error'],
      abortOnError: false,
    });
    try {
      await app.get(Jobs).start();
      const runs = app.get(BillRuns);
      const order = { planId: values.plan ?? null, through: values.through, source: 'command' as const };
      const id = await app.get(UnitOfWork).run((tx) => runs.start(tx, order));
      await app.get(BillRunExecutor).execute(id!);
      // A worker may have taken the run before us: then it is watched to its end.
      const view = await runs.waitForEnd(app.get(DataSource).manager, id!, Infinity, LOOK_EVERY_MS);
      process.stdout.write(report(view));
      return view.run.state === 'finished';
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
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

main()
  .then((finished) => process.exit(finished ? 0 : 1))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
