import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { Clock, migrate, openDatabase, readConfig } from '../platform/index.js';
import { describeMismatch, type ReconciliationRun, ReconciliationRuns } from '../wallet/index.js';

/** Reconciles the ledger in this process, beside whatever instances are running; true when it is clean. */
async function main(): Promise<boolean> {
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
      const run = await app.get(ReconciliationRuns).run();
      process.stdout.write(report(run));
      return run.mismatches.length === 0;
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
}

function report({ journals, accounts, mismatches, newlyFrozen }: ReconciliationRun): string {
  const found = mismatches.length === 0 ? 'clean' : `${mismatches.length} mismatches`;
  const lines = mismatches.map(
    (mismatch) => `${mismatch.ownerId ?? 'the house'}: ${describeMismatch(mismatch)}`,
  );
  const frozen = newlyFrozen.map((ownerId) => `${ownerId}: frozen`);
  return [`${journals} journals, ${accounts} accounts: ${found}`, ...lines, ...frozen, ''].join('\n');
}

main()
  .then((clean) => process.exit(clean ? 0 : 1))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
