import 'reflect-metadata';
import { createApp, startBackgroundWork, stopApp } from './app.setup.js';
import { demoSignIns, loadDemo } from './demo/load-demo.js';
import { Clock, openDatabase, readConfig } from './platform/index.js';

/** Container managers kill after 30 s or less. */
const STOP_WITHIN_MS = 24_000;

/** Starts the program: settings, database, application; then listens until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config);
  if (config.demo) await loadDemo(config, database.url);
  const app = await createApp({ config, databaseUrl: database.url, clock: new Clock(config.clockOffsetMs) });
  await startBackgroundWork(app);
  await app.listen(config.port, config.host);
  const url = await app.getUrl();
  const signIns = config.demo ? demoSignIns() : '';
  // One write: whoever waits for the first line has the others too.
  process.stdout.write(`Tributary is ready at ${url}\nAPI documentation: ${url}/api/docs\n${signIns}`);

  stopOnSignal(async () => {
    await stopApp(app);
    await database.stop();
  });
}

/** Ends the process cleanly (exit code 0) at the first signal; what does not end in time is cut off. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(
      () => fail(new Error(`Not stopped within ${STOP_WITHIN_MS / 1_000} s`)),
      STOP_WITHIN_MS,
    ).unref();
    stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', begin);
  process.on('SIGINT', begin);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
