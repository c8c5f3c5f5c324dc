import 'reflect-metadata';
import { createApp, startBackgroundWork } from './app.setup.js';
import { openDatabase } from './platform/database/open-database.js';
import { Clock, migrate, readConfig } from './platform/index.js';

/** Starts the program: settings, database, migrations, application; then listens until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config);
  await migrate(database.url);
  const app = await createApp({ config, databaseUrl: database.url, clock: new Clock(config.clockOffsetMs) });
  await startBackgroundWork(app);
  await app.listen(config.port, config.host);
  const url = await app.getUrl();
  process.stdout.write(`Tributary is ready at ${url}\nAPI documentation: ${url}/api/docs\n`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void app
      .close()
      .then(() => database.stop())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
