import { Rollups, RollupsCheck } from '../reports/index.js';
import { exitWith, withApplication } from './command.js';

const USAGE = 'Usage: npm run rollups -- check | repair';

/** Compares the sums of reports with the facts, and makes them anew on request; true when they agree in the end. */
async function rollups(): Promise<boolean> {
  const [command, ...more] = process.argv.slice(2);
  if (!command || !['check', 'repair'].includes(command) || more.length > 0) throw new Error(USAGE);
  return withApplication(async (app) => {
    const check = app.get(RollupsCheck);
    if (command === 'repair') {
      const rollups = app.get(Rollups);
      await rollups.forget();
      while (await rollups.goOn());
    }
    const differences = await check.compare();
    const lines = differences.map(
      ({ table, startsOn, partnerId }) =>
        `${table}: ${startsOn}${partnerId ? ` of partner ${partnerId}` : ''}`,
    );
    const found = differences.length === 0 ? 'sums and facts agree' : `${differences.length} differences`;
    process.stdout.write([found, ...lines, ''].join('\n'));
    return differences.length === 0;
  });
}

exitWith(rollups());
