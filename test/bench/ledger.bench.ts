import { randomInt, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock, dataSourceOptions, Ids, Money, UnitOfWork } from '../../src/platform/index.js';
import { Ledger, Reconciliation } from '../../src/wallet/index.js';
import { PLAIN_LEDGER, pgbench } from './ledger-program.js';
import { type BenchServer, print, startBenchServer, takeTurns } from './measure.js';

const ACCOUNTS = 20_000;
const AT_ONCE = 16;
const SECONDS = 4;
const START = 1_000_000_000n;

let server: BenchServer;
let url: string;
let db: DataSource;
let unitOfWork: UnitOfWork;
let ledger: Ledger;
const owners = Array.from({ length: ACCOUNTS }, () => randomUUID());

beforeAll(async () => {
  server = await startBenchServer();
  url = await server.makeDatabase('ledger');
  db = await new DataSource(dataSourceOptions(url, AT_ONCE)).initialize();
  unitOfWork = new UnitOfWork(db);
  ledger = new Ledger(new Ids(new Clock()));
  const credits = owners.map((ownerId) => ({
    ownerId,
    amount: Money.of(START, 'EUR'),
    kind: 'bill' as const,
    reference: randomUUID(),
  }));
  for (let first = 0; first < ACCOUNTS; first += 1_000) {
    await unitOfWork.run((tx) => ledger.creditAll(tx, credits.slice(first, first + 1_000)));
  }
  await db.query(PLAIN_LEDGER);
  await db.query(`INSERT INTO plain_accounts SELECT n, ${START} FROM generate_series(1, ${ACCOUNTS}) AS n`);
  await db.query('VACUUM ANALYZE');
});
afterAll(async () => {
  await db.destroy();
  await server.stop();
});

const other = (than: string): string => {
  const owner = owners[randomInt(ACCOUNTS)]!;
  return owner === than ? other(than) : owner;
};

/** Transfers through the wallet's service, each in a unit of work, for some seconds. */
async function transfers(payer: () => string): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  const started = performance.now();
  let done = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = payer();
      const moved = Money.of(BigInt(1 + randomInt(100)), 'EUR');
      await unitOfWork.run((tx) =>
        ledger.post(tx, {
          kind: 'balance_correction',
          reference: randomUUID(),
          entries: [
            { account: { ownerId: from, kind: 'available' }, amount: moved.negate() },
            { account: { ownerId: other(from), kind: 'available' }, amount: moved },
          ],
        }),
      );
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done / ((performance.now() - started) / 1_000);
}

async function expectClean(): Promise<void> {
  expect((await new Reconciliation().run(db)).mismatches).toEqual([]);
  const [sums] = await db.query<[{ owed: string; plain: string }]>(
    `SELECT (SELECT sum(balance_minor) FROM ledger_accounts WHERE kind = 'available') AS owed,
            (SELECT sum(balance) FROM plain_accounts) AS plain`,
  );
  expect(sums).toEqual({ owed: String(START * BigInt(ACCOUNTS)), plain: String(START * BigInt(ACCOUNTS)) });
}

const SPREAD = `
  \\set payer random(1, ${ACCOUNTS})
  \\set payee 1 + (:payer + random(0, ${ACCOUNTS - 2})) % ${ACCOUNTS}
  \\set moved random(1, 100)
  SELECT plain_transfer(:payer, :payee, :moved);
`;
const HOT = SPREAD.replace(`random(1, ${ACCOUNTS})`, '1');

describe('ledger', () => {
  it('transfers between spread accounts', async () => {
    const result = await takeTurns(
      () => transfers(() => owners[randomInt(ACCOUNTS)]!),
      () => pgbench(url, SPREAD, AT_ONCE, SECONDS),
    );
    print(`ledger, ${AT_ONCE} transfers at once, spread accounts`, 'journals/s', result, '≥ 0.60');
    await expectClean();
  });

  it('transfers from one account', async () => {
    const result = await takeTurns(
      () => transfers(() => owners[0]!),
      () => pgbench(url, HOT, AT_ONCE, SECONDS),
    );
    print(`ledger, ${AT_ONCE} transfers at once, one hot account`, 'journals/s', result, '≥ 0.50');
    await expectClean();
  });
});
