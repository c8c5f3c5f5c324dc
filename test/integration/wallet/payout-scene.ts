import { randomUUID } from 'node:crypto';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { CashoutRequests, Ledger, PaymentMethods, Reconciliation } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { joinTeam } from '../identity/scene.js';

export interface BatchBody {
  id: string;
  reference: string;
  state: string;
  problem: string | null;
  fileSha256: string | null;
  providerBatchId: string | null;
  executionDate: string;
  sums: { state: string; lines: number; amount: { amount: string; currency: string } }[];
}

export interface LineBody {
  id: string;
  reference: string;
  cashoutId: string;
  state: string;
  reason: string | null;
}

export const DEBTOR = {
  PAYOUT_DEBTOR_NAME: 'Tributary Müller & Söhne',
  PAYOUT_DEBTOR_IBAN: 'DE89 3704 0044 0532 0130 00',
  PAYOUT_DEBTOR_BIC: 'COBADEFFXXX',
};

const BANK = { holder: 'Łukasz Żółć', iban: 'PL61109010140000071219812874', bic: 'WBKPPLPP' };

let payees = 0;

/** Two operators with fresh codes, and wallets that ask to be paid. */
export class PayoutScene {
  private constructor(
    readonly app: TestApp,
    public maker: Person,
    public checker: Person,
    private readonly userId: string,
  ) {}

  static async open(env: Record<string, string> = {}, databaseUrl?: string): Promise<PayoutScene> {
    const app = await createTestApp({ env: { ...DEBTOR, ...env }, ...(databaseUrl && { databaseUrl }) });
    const maker = await signIn(app, 'admin@example.com', 'correct horse battery');
    const userId = await joinTeam(app, maker, 'bob@operators.example', 'finance', 'operator/users');
    const checker = await signIn(app, 'bob@operators.example');
    await maker.enableTwoFactor();
    await checker.enableTwoFactor();
    return new PayoutScene(app, maker, checker, userId);
  }

  /** Access tokens last five minutes, codes too. */
  async refresh(): Promise<void> {
    this.maker = await this.maker.signInAgain();
    this.checker = await this.checker.signInAgain();
    await this.maker.stepUp();
    await this.checker.stepUp();
  }

  /** Open cash-outs of wallets of their own; gives their ids, in order. */
  async cashouts(count: number, type: 'paypal' | 'bank_transfer', amount = '100.00'): Promise<string[]> {
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) ids.push((await this.cashout(type, amount)).id);
    return ids;
  }

  async cashout(
    type: 'paypal' | 'bank_transfer',
    amount = '100.00',
    fields?: Record<string, string>,
  ): Promise<{ id: string; ownerId: string }> {
    payees += 1;
    const nest = this.app.app;
    const ownerId = randomUUID();
    const owner = { ownerId, actor: { userId: this.userId, impersonatorId: null } };
    const money = Money.parse(amount, 'EUR');
    const known = fields ?? (type === 'paypal' ? { email: `payee-${payees}@example.com` } : BANK);
    const id = await nest.get(UnitOfWork).run(async (tx) => {
      await nest.get(Ledger).credit(tx, { ownerId, amount: money, kind: 'bill', reference: randomUUID() });
      const paymentMethodId = await nest.get(PaymentMethods).add(tx, owner, type, known);
      const asked = { currency: 'EUR', amount, paymentMethodId };
      return (await nest.get(CashoutRequests).request(tx, owner, asked)).id;
    });
    return { id, ownerId };
  }

  /** A batch of these cash-outs, made by one operator. */
  async draft(cashoutIds: string[], paymentMethodType: 'paypal' | 'bank_transfer'): Promise<BatchBody> {
    const asked = { paymentMethodType, currency: 'EUR', cashoutIds };
    return body<BatchBody>(await this.maker.post('operator/payout-batches', asked), 201);
  }

  /** The same, approved by the other. */
  async approved(cashoutIds: string[], paymentMethodType: 'paypal' | 'bank_transfer'): Promise<BatchBody> {
    const { id } = await this.draft(cashoutIds, paymentMethodType);
    return body<BatchBody>(await this.checker.post(`operator/payout-batches/${id}/approve`), 200);
  }

  /** The same, exported as a file. */
  async exported(cashoutIds: string[], paymentMethodType: 'paypal' | 'bank_transfer'): Promise<BatchBody> {
    const { id } = await this.approved(cashoutIds, paymentMethodType);
    await this.export(id);
    return this.batch(id);
  }

  /** The batch's file. */
  async export(id: string): Promise<{ text: string; headers: Record<string, string> }> {
    const answer = await this.maker.post(`operator/payout-batches/${id}/export`);
    const content: unknown = answer.body;
    const text = Buffer.isBuffer(content) ? content.toString() : answer.text;
    if (answer.status !== 200) throw new Error(text);
    return { text, headers: answer.headers };
  }

  async batch(id: string): Promise<BatchBody> {
    return body<BatchBody>(await this.maker.get(`operator/payout-batches/${id}`), 200);
  }

  async lines(id: string): Promise<LineBody[]> {
    const path = `operator/payout-batches/${id}/lines?limit=200`;
    return body<{ items: LineBody[] }>(await this.maker.get(path), 200).items;
  }

  /** Uploads a file of results. */
  import(id: string, content: string, key?: string) {
    const file = { content: Buffer.from(content), fileName: 'results' };
    return this.maker.upload(`operator/payout-batches/${id}/results`, file, key);
  }

  /** States and comments of cash-outs, in the order of the ids. */
  async states(cashoutIds: string[]): Promise<string[]> {
    const rows = await this.app.db.query<{ id: string; state: string }[]>(
      'SELECT id, state FROM cashouts WHERE id = ANY ($1)',
      [cashoutIds],
    );
    const known = new Map(rows.map(({ id, state }) => [id, state]));
    return cashoutIds.map((id) => known.get(id)!);
  }

  /** Available, processing and paid of a wallet in cents. */
  async balance(ownerId: string): Promise<number[]> {
    const rows = await this.app.db.query<{ kind: string; minor: number }[]>(
      'SELECT kind, balance_minor::int AS minor FROM ledger_accounts WHERE owner_id = $1',
      [ownerId],
    );
    const known = new Map(rows.map(({ kind, minor }) => [kind, minor]));
    return ['available', 'processing', 'paid'].map((kind) => known.get(kind) ?? 0);
  }

  /** Whose cash-out the line pays. */
  async ownerOf(lineId: string): Promise<string> {
    const [row] = await this.app.db.query<[{ owner_id: string }]>(
      'SELECT c.owner_id FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id WHERE l.id = $1',
      [lineId],
    );
    return row.owner_id;
  }

  /** Freezes a wallet, as reconciliation does. */
  async freeze(ownerId: string): Promise<void> {
    await this.app.db.query(
      `INSERT INTO wallet_freezes (owner_id, frozen_at, reason) VALUES ($1, now(), 'a test')`,
      [ownerId],
    );
  }

  /** As if it had never been frozen. */
  async thaw(ownerId: string): Promise<void> {
    await this.app.db.query('DELETE FROM wallet_freezes WHERE owner_id = $1', [ownerId]);
  }

  /** What is wrong with the ledger: nothing, always. */
  async mismatches(): Promise<unknown[]> {
    return (await this.app.app.get(Reconciliation).run(this.app.db)).mismatches;
  }
}
