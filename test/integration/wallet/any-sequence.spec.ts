import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/identity/index.js';
import { DomainError, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { CashoutDecisions, CashoutRequests, Wallets } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { WalletScene } from './scene.js';

type Command =
  | { type: 'credit'; cents: number; bill: number }
  | { type: 'request'; cents: number }
  | { type: 'cancel' | 'accept' | 'refund'; cashout: number };

const cents = fc.integer({ min: 1, max: 50_000 });
const command: fc.Arbitrary<Command> = fc.oneof(
  // Few bills and few cash-outs, so that the same ones are credited and decided again and again.
  fc.record({ type: fc.constant('credit' as const), cents, bill: fc.nat(5) }),
  fc.record({ type: fc.constant('request' as const), cents }),
  fc.record({ type: fc.constantFrom('cancel', 'accept', 'refund'), cashout: fc.nat(5) }),
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
  const run = <T>(work: (tx: Tx) => Promise<T>) => app.app.get(UnitOfWork).run(work);

  /** Carries the command out on the database and on the model; both must come to the same. */
  async function apply(scene: WalletScene, model: Model, next: Command, prefix: string): Promise<void> {
    if (next.type === 'credit') {
      const posted = await scene.credit(inMajor(next.cents), 'EUR', `${prefix}-${next.bill}`);
      expect(posted).toBe(model.credit(next.bill, next.cents));
    } else if (next.type === 'request') {
      const request = {
        currency: 'EUR',
        amount: inMajor(next.cents),
        paymentMethodId: scene.paymentMethodId,
      };
      const result = await outcome(run((tx) => app.app.get(CashoutRequests).request(tx, scene, request)));
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
      const result = await outcome(
        run((tx) => app.app.get(CashoutDecisions)[type](tx, cashout.id, { actor })),
      );
      if (cashout.state !== NEEDED[type]) {
        expect(result).toBe('CASHOUT_STATE_CONFLICT');
        return;
      }
      expect(result).toMatchObject({ state: OUTCOME[type] });
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
    expect(model.available).toBeGreaterThanOrEqual(0);
  }

  it('keeps journals at zero, balances = Σ entries, processing = Σ pending, available ≥ 0', async () => {
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
  });
});
