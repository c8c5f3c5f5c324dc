import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/identity/index.js';
import {
  DomainError,
  Idempotency,
  type IdempotencyKey,
  Money,
  type Tx,
} from '../../../src/platform/index.js';
import { BalanceCorrections } from '../../../src/wallet/corrections/balance-corrections.service.js';
import { CashoutDecisions, CashoutRequests, Ledger, Wallets } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { WalletScene } from './scene.js';

/**
 * How a command is given: once; twice with one key; its connection killed when all is done but the commit, or at a
 * moment of its own, and then again with the same key.
 */
const MANNERS = ['once', 'twice', 'killed_before_commit', 'killed_somewhere'] as const;

type Command = { manner: (typeof MANNERS)[number] } & (
  | { type: 'credit'; cents: number; bill: number }
  | { type: 'correct'; cents: number; add: boolean; overdraw: boolean }
  | { type: 'request'; cents: number }
  | { type: 'cancel' | 'accept' | 'refund'; cashout: number }
);

const cents = fc.integer({ min: 1, max: 50_000 });
const manner = fc.constantFrom(...MANNERS);
const command: fc.Arbitrary<Command> = fc.oneof(
  // Few bills and few cash-outs, so that the same ones are credited and decided again and again.
  fc.record({ manner, type: fc.constant('credit' as const), cents, bill: fc.nat(5) }),
  fc.record({
    manner,
    type: fc.constant('correct' as const),
    cents,
    add: fc.boolean(),
    overdraw: fc.boolean(),
  }),
  fc.record({ manner, type: fc.constant('request' as const), cents }),
  fc.record({ manner, type: fc.constantFrom('cancel', 'accept', 'refund'), cashout: fc.nat(5) }),
);

/** What the wallet should hold, kept by the plainest means. */
class Model {
  private readonly bills = new Set<number>();
  readonly cashouts: { id: string; cents: number; state: string }[] = [];
  available = 0;

  credit(bill: number, amount: number): boolean {
    if (this.bills.has(bill)) return false;
    this.bills.add(bill);
    this.available += amount;
    return true;
  }

  correct({ cents: amount, add, overdraw }: { cents: number; add: boolean; overdraw: boolean }): boolean {
    if (!add && amount > this.available && !overdraw) return false;
    this.available += add ? amount : -amount;
    return true;
  }

  canRequest(amount: number): boolean {
    return amount >= 1_000 && amount <= this.available;
  }

  sumOf(state: string): number {
    return this.cashouts.filter((one) => one.state === state).reduce((sum, one) => sum + one.cents, 0);
  }
}

const OUTCOME = { cancel: 'cancelled', accept: 'success', refund: 'refund' } as const;
const NEEDED = { cancel: 'pending', accept: 'pending', refund: 'success' } as const;

const inMajor = (amount: number) => (amount / 100).toFixed(2);

/** The value, or the refusal's code. */
async function outcome<T>(work: Promise<T>): Promise<T | string> {
  return work.catch((error: unknown) => {
    if (error instanceof DomainError) return error.code;
    throw error;
  });
}

describe('B01 any sequence of commands', () => {
  let app: TestApp;
  let actor: Actor;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    const scene = await WalletScene.open(app);
    actor = await scene.operatorActor();
    known = scene;
  });
  afterAll(() => app.close());

  let known: WalletScene;
  /** Connections that were killed before what they did was committed. */
  let kills = 0;

  const kill = (pid: number): Promise<unknown> =>
    app.db.query('SELECT pg_terminate_backend($1, 10000)', [pid]);

  /** The first try of a command whose connection dies; whether it was committed is not told. */
  async function cutShort(
    how: Command['manner'],
    key: () => IdempotencyKey,
    work: (tx: Tx) => Promise<unknown>,
  ) {
    let killing: Promise<unknown> = Promise.resolve();
    const attempt = app.app.get(Idempotency).run(key(), async (tx) => {
      const [{ pid }] = await tx.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
      if (how === 'killed_somewhere') killing = kill(pid);
      const answer = await work(tx);
      if (how === 'killed_before_commit') await kill(pid);
      return answer;
    });
    const [ended] = await Promise.allSettled([attempt]);
    await killing;
    return ended.status === 'fulfilled' || ended.reason instanceof DomainError;
  }

  /** Gives the command in its manner; the answer, or the refusal's code. */
  async function give<T>(how: Command['manner'], work: (tx: Tx) => Promise<T>): Promise<T | string> {
    const name = randomUUID();
    const key = (): IdempotencyKey => ({ scope: 'model', key: name, fingerprint: name, replayed: false });
    const again = () => outcome(app.app.get(Idempotency).run(key(), work));
    if (how === 'killed_before_commit' || how === 'killed_somewhere') {
      if (!(await cutShort(how, key, work))) kills += 1;
      // A connection that died idle may be handed out once more before the pool hears of it.
      await expect.poll(() => app.db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    }
    const answer = await again();
    // A refused command leaves no key behind: whoever gives it again is refused again, for nothing has changed.
    if (how === 'twice') expect(await again()).toEqual(answer);
    return answer;
  }

  /** Carries the command out on the database and on the model; both must come to the same. */
  async function apply(scene: WalletScene, model: Model, next: Command, prefix: string): Promise<void> {
    if (next.type === 'credit') {
      const amount = Money.of(BigInt(next.cents), 'EUR');
      const reference = `${prefix}-${next.bill}`;
      const credit = { ownerId: scene.ownerId, amount, kind: 'bill' as const, reference };
      const posted = await give(
        next.manner,
        async (tx) => (await app.app.get(Ledger).credit(tx, credit)).posted,
      );
      expect(posted).toBe(model.credit(next.bill, next.cents));
    } else if (next.type === 'correct') {
      const correction = {
        ownerId: scene.ownerId,
        type: next.add ? ('add' as const) : ('subtract' as const),
        currency: 'EUR',
        amount: inMajor(next.cents),
        comment: 'Agreed',
        overdraw: next.overdraw,
      };
      const corrected = await give(next.manner, async (tx) => {
        const { state } = await app.app.get(BalanceCorrections).enter(tx, actor, correction);
        return { state };
      });
      expect(corrected).toEqual(model.correct(next) ? { state: 'posted' } : 'WOULD_OVERDRAW');
    } else if (next.type === 'request') {
      const request = {
        currency: 'EUR',
        amount: inMajor(next.cents),
        paymentMethodId: scene.paymentMethodId,
      };
      const result = await give(next.manner, async (tx) => {
        const { id } = await app.app.get(CashoutRequests).request(tx, scene, request);
        return { id };
      });
      if (!model.canRequest(next.cents)) {
        expect(result).toBe(next.cents < 1_000 ? 'AMOUNT_OUTSIDE_LIMITS' : 'INSUFFICIENT_FUNDS');
        return;
      }
      const { id } = result as { id: string };
      model.cashouts.push({ id, cents: next.cents, state: 'pending' });
      model.available -= next.cents;
    } else {
      const cashout = model.cashouts[next.cashout];
      if (!cashout) return;
      const { type } = next;
      const result = await give(next.manner, async (tx) => {
        const { state } = await app.app.get(CashoutDecisions)[type](tx, cashout.id, { actor });
        return { state };
      });
      if (cashout.state !== NEEDED[type]) {
        expect(result).toBe('CASHOUT_STATE_CONFLICT');
        return;
      }
      expect(result).toEqual({ state: OUTCOME[type] });
      cashout.state = OUTCOME[type];
      if (type !== 'accept') model.available += cashout.cents;
    }
  }

  async function assertInvariants(scene: WalletScene, model: Model): Promise<void> {
    expect(await scene.mismatches()).toEqual([]);
    const [balance] = await new Wallets().balances(app.db, scene.ownerId);
    const found = [balance?.available, balance?.processing, balance?.paid].map((money) => money?.minor ?? 0n);
    const expected = [model.available, model.sumOf('pending'), model.sumOf('success')];
    expect(found).toEqual(expected.map(BigInt));
  }

  it('comes to what the model says, also when it is given again or its connection is killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const scene = await known.another();
        const model = new Model();
        const prefix = randomUUID();
        for (const next of commands) {
          await apply(scene, model, next, prefix);
          await assertInvariants(scene, model);
        }
      }),
      { numRuns: 30 },
    );
    expect(kills).toBeGreaterThan(10);
  });
});
