import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Clock, Ids, Money, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { type AccountName, Ledger, Reconciliation, Wallets } from '../../../src/wallet/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** For how long opposite transfers race; `RACE_SECONDS=30` for a thorough look. */
const RACE_SECONDS = Number(process.env['RACE_SECONDS'] ?? 2);

const eur = (minor: bigint) => Money.of(minor, 'EUR');

describe('B01 the ledger', () => {
  let database: TestDatabase;
  let db: DataSource;
  let unitOfWork: UnitOfWork;
  let ids: Ids;
  let ledger: Ledger;
  let owner: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = await new DataSource({ type: 'postgres', url: database.url, poolSize: 20 }).initialize();
    unitOfWork = new UnitOfWork(db);
    ids = new Ids(new Clock());
    ledger = new Ledger(ids);
  });
  beforeEach(() => {
    owner = randomUUID();
  });
  afterAll(async () => {
    expect((await new Reconciliation().run(db)).mismatches).toEqual([]);
    await db.destroy();
    await database.drop();
  });

  const available = (ownerId: string): AccountName => ({ ownerId, kind: 'available' });
  const transfer = (from: string, to: string, minor: bigint) =>
    unitOfWork.run((tx) =>
      ledger.post(tx, {
        kind: 'balance_correction',
        reference: randomUUID(),
        entries: [
          { account: available(from), amount: eur(-minor) },
          { account: available(to), amount: eur(minor) },
        ],
      }),
    );
  const credit = (ownerId: string, minor: bigint, reference: string = randomUUID()) =>
    unitOfWork.run((tx) => ledger.credit(tx, { ownerId, amount: eur(minor), kind: 'bill', reference }));
  const availableOf = async (ownerId: string) =>
    (await new Wallets().balances(db, ownerId)).map((balance) => balance.available.toString());

  it('credits once per kind and reference, also 20 at once', async () => {
    const reference = randomUUID();
    const postings = await Promise.all(Array.from({ length: 20 }, () => credit(owner, 1250n, reference)));
    expect(postings.filter(({ posted }) => posted)).toHaveLength(1);
    expect(new Set(postings.map(({ journalId }) => journalId)).size).toBe(1);
    expect(await availableOf(owner)).toEqual(['12.50']);
    expect(await credit(owner, 1250n, reference)).toMatchObject({ posted: false });
  });

  it('keeps every entry with the balance and version that it made', async () => {
    for (const minor of [100n, 200n, 300n]) await credit(owner, minor);
    const entries = await db.query(
      `SELECT e.amount_minor, e.balance_after_minor, e.account_version
         FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner_id = $1 ORDER BY e.account_version`,
      [owner],
    );
    expect(entries.map((entry: object) => Object.values(entry))).toEqual([
      ['100', '100', '1'],
      ['200', '300', '2'],
      ['300', '600', '3'],
    ]);
  });

  it('refuses what an account could not hold, alone and among others, and nothing moves', async () => {
    const most = Money.of(2n ** 63n - 1n, 'ETH');
    const add = (...amounts: Money[]) =>
      unitOfWork.run((tx) =>
        ledger.creditAll(
          tx,
          amounts.map((amount) => ({ ownerId: owner, amount, kind: 'bill', reference: randomUUID() })),
        ),
      );
    await add(most);
    const refusal = { code: 'BALANCE_TOO_LARGE', message: expect.stringContaining('ETH') as string };
    await expect(add(Money.of(2n, 'ETH'))).rejects.toMatchObject(refusal);
    await expect(add(Money.of(1n, 'ETH'), Money.of(2n, 'ETH'))).rejects.toMatchObject(refusal);
    expect(await availableOf(owner)).toEqual([most.toString()]);
  });

  it('spreads the house over 16 accounts by owner', async () => {
    for (const digit of '0123456789abcdef') await credit(owner.slice(0, -1) + digit, 1n);
    const [{ shards }] = await db.query<[{ shards: number }]>(
      `SELECT count(*)::int AS shards FROM ledger_accounts WHERE kind = 'commission_expense' AND currency = 'EUR'`,
    );
    expect(shards).toBe(16);
  });

  it('posts many at once as one after the other: once each, every entry with its balance and version', async () => {
    const others = [randomUUID(), randomUUID()];
    const amounts = [100n, 250n, 7n, 30n, 1n];
    const credits = amounts.map((minor, index) => ({
      ownerId: index % 2 ? others[0]! : owner,
      amount: eur(minor),
      kind: 'bill' as const,
      reference: randomUUID(),
    }));
    await credit(owner, 900n, credits[2]!.reference);
    const postings = await unitOfWork.run((tx) => ledger.creditAll(tx, credits));
    expect(postings.map(({ posted }) => posted)).toEqual([true, true, false, true, true]);
    const entries = await db.query<{ amount_minor: string }[]>(
      `SELECT e.amount_minor, e.balance_after_minor, e.account_version
         FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner_id = ANY ($1) ORDER BY a.owner_id = $2 DESC, e.account_version`,
      [[owner, ...others], owner],
    );
    expect(entries.map((entry: object) => Object.values(entry))).toEqual([
      ['900', '900', '1'],
      ['100', '1000', '2'],
      ['1', '1001', '3'],
      ['250', '250', '1'],
      ['30', '280', '2'],
    ]);
    const again = await unitOfWork.run((tx) => ledger.creditAll(tx, credits));
    expect(again).toEqual(postings.map(({ journalId }) => ({ journalId, posted: false })));
    expect(await unitOfWork.run((tx) => ledger.creditAll(tx, []))).toEqual([]);
  });

  it('posts lists that overlap, at once, without a deadlock', async () => {
    const owners = Array.from({ length: 40 }, () => randomUUID());
    const list = (step: number) =>
      owners.map((_, index) => ({
        ownerId: owners[(index * step) % owners.length]!,
        amount: eur(1n),
        kind: 'bill' as const,
        reference: randomUUID(),
      }));
    // 1, 3, 7 and 39 have no divisor in common with 40: each is another order of all owners.
    await Promise.all([1, 3, 7, 39].map((step) => unitOfWork.run((tx) => ledger.creditAll(tx, list(step)))));
    for (const one of owners) expect(await availableOf(one)).toEqual(['0.04']);
  });

  it('refuses an overdraft and leaves nothing of it', async () => {
    await credit(owner, 100n);
    await expect(transfer(owner, randomUUID(), 101n)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    expect(await availableOf(owner)).toEqual(['1.00']);
    await transfer(owner, randomUUID(), 100n);
    expect(await availableOf(owner)).toEqual(['0.00']);
  });

  it('takes a journal back once, by a new one that names it', async () => {
    const reference = randomUUID();
    const { journalId } = await credit(owner, 500n, reference);
    const takeBack = (by: string) =>
      unitOfWork.run((tx) =>
        ledger.reverse(tx, {
          kind: 'balance_correction',
          reference: by,
          reverses: { kind: 'bill', reference },
        }),
      );
    const { journalId: reversal } = await takeBack('first');
    const [row] = await db.query(`SELECT reverses_id FROM ledger_journals WHERE id = $1`, [reversal]);
    expect(row.reverses_id).toBe(journalId);
    expect(await availableOf(owner)).toEqual(['0.00']);
    await credit(owner, 500n);
    await expect(takeBack('second')).rejects.toThrow(/ledger_journals_reversed_once/);
    expect(await availableOf(owner)).toEqual(['5.00']);
  });

  it('refuses an unbalanced journal, and one beside good ones', async () => {
    const unbalanced = unitOfWork.run(async (tx) => {
      await ledger.credit(tx, { ownerId: owner, amount: eur(5n), kind: 'bill', reference: randomUUID() });
      await ledger.post(tx, {
        kind: 'balance_correction',
        reference: randomUUID(),
        entries: [
          { account: available(owner), amount: eur(100n) },
          { account: { ownerId: null, kind: 'balance_correction' }, amount: eur(-99n) },
        ],
      });
    });
    await expect(unbalanced).rejects.toThrow(/does not sum to zero/);
    expect(await availableOf(owner)).toEqual([]);
  });

  it('refuses a journal that balances only over two currencies', async () => {
    const mixed = unitOfWork.run((tx) =>
      ledger.post(tx, {
        kind: 'balance_correction',
        reference: randomUUID(),
        entries: [
          { account: available(owner), amount: eur(100n) },
          { account: { ownerId: null, kind: 'balance_correction' }, amount: Money.of(-100n, 'USD') },
        ],
      }),
    );
    await expect(mixed).rejects.toThrow(/does not sum to zero/);
  });

  it('refuses a journal without entries, and an entry added to an old journal', async () => {
    const id = ids.next();
    const empty = `INSERT INTO ledger_journals (id, kind, reference, created_at) VALUES ($1, 'bill', 'empty', now())`;
    await expect(db.query(empty, [id])).rejects.toThrow(/has no entries/);
    const { journalId } = await credit(owner, 100n);
    const added = db.query(
      `INSERT INTO ledger_entries (journal_id, account_id, amount_minor, balance_after_minor, account_version)
       SELECT $1, id, 5, 5, version + 1 FROM ledger_accounts
        WHERE id NOT IN (SELECT account_id FROM ledger_entries WHERE journal_id = $1) LIMIT 1`,
      [journalId],
    );
    await expect(added).rejects.toThrow(/does not sum to zero/);
  });

  it.each([
    'UPDATE ledger_entries SET amount_minor = amount_minor * 2',
    'DELETE FROM ledger_entries',
    'TRUNCATE ledger_entries',
    `UPDATE ledger_journals SET memo = 'other'`,
    'DELETE FROM ledger_journals',
    'TRUNCATE ledger_journals CASCADE',
    'DELETE FROM ledger_accounts',
  ])('refuses %s', async (statement) => {
    await credit(owner, 100n);
    await expect(db.query(statement)).rejects.toThrow(/append-only/);
  });

  it.each([
    ['of an owner without one', `VALUES (NULL, 0, 'available', 'EUR')`],
    ['of the house with an owner', `VALUES (gen_random_uuid(), 0, 'commission_expense', 'EUR')`],
    ['in a part that only the house has', `VALUES (gen_random_uuid(), 1, 'available', 'EUR')`],
    ['in a part that there is not', `VALUES (NULL, 16, 'commission_expense', 'EUR')`],
    ['of an unknown kind', `VALUES (gen_random_uuid(), 0, 'pocket', 'EUR')`],
  ])('refuses an account %s', async (_, values) => {
    const made = db.query(`INSERT INTO ledger_accounts (owner_id, shard, kind, currency) ${values}`);
    await expect(made).rejects.toThrow(/there can be no account/);
    await credit(owner, 1n);
    const changed = db.query(`UPDATE ledger_accounts SET kind = 'commission_expense' WHERE owner_id = $1`, [
      owner,
    ]);
    await expect(changed).rejects.toThrow(/there can be no account/);
  });

  it('lets opposite transfers queue, without a deadlock that reaches the caller', async () => {
    const other = randomUUID();
    await credit(owner, 1_000n);
    await credit(other, 1_000n);
    const until = performance.now() + RACE_SECONDS * 1_000;
    const counts = await Promise.all(
      Array.from({ length: 16 }, async (_, lane) => {
        let done = 0;
        for (; performance.now() < until; done += 1) {
          // As many there as back.
          const [from, to] = lane % 2 ? [owner, other] : [other, owner];
          await transfer(from, to, 3n);
          await transfer(to, from, 3n);
        }
        return done;
      }),
    );
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect([await availableOf(owner), await availableOf(other)]).toEqual([['10.00'], ['10.00']]);
  });

  it('finds rows by indexes, also in a session that made its plans while the tables were small', async () => {
    const fresh = await createTestDatabase();
    const session = await new DataSource({ type: 'postgres', url: fresh.url, poolSize: 1 }).initialize();
    try {
      const work = new UnitOfWork(session);
      const owners = Array.from({ length: 300 }, () => randomUUID());
      const post = (from: string, to: string) => {
        const entries = [
          { account: available(from), amount: eur(-1n) },
          { account: available(to), amount: eur(1n) },
        ];
        return work.run((tx) =>
          ledger.post(tx, { kind: 'balance_correction', reference: randomUUID(), entries }),
        );
      };
      const creditMany = () =>
        work.run((tx) =>
          ledger.creditAll(
            tx,
            owners.map((ownerId) => ({
              ownerId,
              amount: eur(9n),
              kind: 'bill' as const,
              reference: randomUUID(),
            })),
          ),
        );
      const rowsRead = async () => {
        await session.query('SELECT pg_stat_force_next_flush()');
        const [rows] = await session.query<[{ bySeq: number; byIndex: number }]>(
          `SELECT sum(seq_tup_read)::int AS "bySeq", sum(idx_tup_fetch)::int AS "byIndex" FROM pg_stat_user_tables
            WHERE relname LIKE 'ledger\\_%' OR relname = 'wallet_freezes'`,
        );
        return rows;
      };
      await work.run((tx) =>
        ledger.credit(tx, { ownerId: owners[0]!, amount: eur(9n), kind: 'bill', reference: 'first' }),
      );
      // A page each, of which the planner knows.
      await session.query('VACUUM ANALYZE ledger_accounts, ledger_journals, ledger_entries, wallet_freezes');
      const before = await rowsRead();
      await post(owners[0]!, owners[1]!);
      for (let round = 0; round < 3; round += 1) await creditMany();
      for (let number = 1; number < 40; number += 1) await post(owners[number]!, owners[number - 1]!);
      const after = await rowsRead();
      const entries = 2 * (3 * owners.length + 40);
      expect(after.bySeq - before.bySeq).toBe(0);
      expect((after.byIndex - before.byIndex) / entries).toBeLessThan(15);
    } finally {
      await session.destroy();
      await fresh.drop();
    }
  });

  it.each([
    ['an entry that is gone', 'DELETE FROM ledger_entries WHERE account_version = 2', 'entries_form_a_chain'],
    [
      'a balance that does not follow',
      'UPDATE ledger_entries SET balance_after_minor = 999 WHERE account_version = 2',
      'entries_form_a_chain',
    ],
    [
      'a version that no entry made',
      'UPDATE ledger_accounts SET version = version + 1',
      'version_is_number_of_entries',
    ],
  ])('is named by reconciliation: %s', async (_, change, check) => {
    for (const minor of [100n, 200n, 300n]) await credit(owner, minor);
    const seen = db.transaction(async (tx: Tx) => {
      await tx.query('ALTER TABLE ledger_entries DISABLE TRIGGER USER');
      const ofOwner = change.includes('ledger_accounts')
        ? 'WHERE owner_id = $1'
        : 'AND account_id IN (SELECT id FROM ledger_accounts WHERE owner_id = $1)';
      await tx.query(`${change} ${ofOwner}`, [owner]);
      const { mismatches } = await new Reconciliation().run(tx);
      expect(
        mismatches.filter(({ ownerId }) => ownerId === owner).map((mismatch) => mismatch.check),
      ).toContain(check);
      throw new Error('rolled back');
    });
    await expect(seen).rejects.toThrow('rolled back');
  });

  it('is named by reconciliation when somebody tampers with it', async () => {
    await credit(owner, 100n);
    const seen = db.transaction(async (tx: Tx) => {
      await tx.query(`UPDATE ledger_accounts SET balance_minor = 7 WHERE owner_id = $1`, [owner]);
      const { mismatches } = await new Reconciliation().run(tx);
      expect(mismatches).toMatchObject([
        { check: 'balance_is_sum_of_entries', ownerId: owner, expected: eur(100n), actual: eur(7n) },
      ]);
      throw new Error('rolled back');
    });
    await expect(seen).rejects.toThrow('rolled back');
  });
});
