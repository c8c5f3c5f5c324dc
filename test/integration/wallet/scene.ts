import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { ActingUser, Actor } from '../../../src/identity/index.js';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { Ledger, PaymentMethods, Reconciliation } from '../../../src/wallet/index.js';
import type { TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';

export interface MoneyBody {
  amount: string;
  currency: string;
}

export interface CashoutBody {
  id: string;
  state: string;
  amount: MoneyBody;
  finishedAt: string | null;
}

export const eur = (amount: string): MoneyBody => ({ amount, currency: 'EUR' });

let partners = 0;

/** A partner with a PayPal account, an operator, and money from the house; both have entered a code just now. */
export class WalletScene {
  private constructor(
    readonly app: TestApp,
    public operator: Person,
    public partner: Person,
    readonly ownerId: string,
    readonly userId: string,
    readonly paymentMethodId: string,
  ) {}

  /** Makes a partner; the operator of another scene may be shared. */
  static async open(app: TestApp, known?: Person): Promise<WalletScene> {
    partners += 1;
    const operator = known ?? (await signIn(app, 'admin@example.com', 'correct horse battery'));
    const partner = await joinAsPartner(app, operator, `wallet-${partners}@partners.example`);
    const [user] = await app.db.query<[{ id: string; ownerId: string }]>(
      `SELECT u.id, m.partner_id AS "ownerId" FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = $1`,
      [partner.email],
    );
    const methodId = await addMethod(app, user.ownerId, user.id);
    const scene = new WalletScene(app, operator, partner, user.ownerId, user.id, methodId);
    if (!known) await operator.enableTwoFactor();
    await partner.enableTwoFactor();
    return scene;
  }

  /** The same people with an empty wallet, for commands that do not come over HTTP. */
  async another(): Promise<WalletScene> {
    const ownerId = randomUUID();
    const methodId = await addMethod(this.app, ownerId, this.userId);
    return new WalletScene(this.app, this.operator, this.partner, ownerId, this.userId, methodId);
  }

  /** Makes both people's sessions and codes fresh: access tokens last five minutes, codes too. */
  async refresh(): Promise<void> {
    this.operator = await this.operator.signInAgain();
    this.partner = await this.partner.signInAgain();
    await this.operator.stepUp();
    await this.partner.stepUp();
  }

  /** Credits the partner as an approved bill does; the reference is made up unless one is given. */
  async credit(amount: string, currency = 'EUR', reference: string = randomUUID()): Promise<boolean> {
    const money = Money.parse(amount, currency);
    const credit = { ownerId: this.ownerId, amount: money, kind: 'bill' as const, reference };
    const posting = await this.app.app
      .get(UnitOfWork)
      .run((tx) => this.app.app.get(Ledger).credit(tx, credit));
    return posting.posted;
  }

  /** Requests a cash-out over HTTP; the answer's status is not looked at. */
  request(amount: string, currency = 'EUR', key: string = randomUUID()) {
    return this.partner.postWithKey('partner/cashouts', this.requestBody(amount, currency), key);
  }

  requestBody(amount: string, currency = 'EUR'): object {
    return { currency, amount, paymentMethodId: this.paymentMethodId };
  }

  /** Requests a cash-out that succeeds. */
  async withdraw(amount: string): Promise<CashoutBody> {
    return body<CashoutBody>(await this.request(amount), 201);
  }

  /** Available, processing and paid of one currency, in major units. */
  async balance(currency = 'EUR'): Promise<string[]> {
    const { balances } = body<{ balances: ({ currency: string } & Record<string, MoneyBody>)[] }>(
      await this.partner.get('partner/wallet'),
      200,
    );
    const balance = balances.find((candidate) => candidate.currency === currency);
    return ['available', 'processing', 'paid'].map((kind) => balance?.[kind]?.amount ?? 'none');
  }

  /** The partner's owner as services know it. */
  get actor(): ActingUser {
    return { userId: this.userId, impersonatorId: null };
  }

  /** What is wrong with the ledger: nothing, always. */
  async mismatches(): Promise<unknown[]> {
    return (await this.app.app.get(Reconciliation).run(this.app.db)).mismatches;
  }

  /** The operator as services know it. */
  async operatorActor(): Promise<Actor> {
    const [user] = await this.app.db.query<[{ id: string }]>(
      `SELECT user_id AS id FROM memberships WHERE realm = 'operator' ORDER BY id LIMIT 1`,
    );
    expect(user.id).toBeDefined();
    return { userId: user.id, realm: 'operator', impersonatorId: null, requestId: 'test' } as Actor;
  }
}

export function addMethod(app: TestApp, ownerId: string, userId: string): Promise<string> {
  const methods = app.app.get(PaymentMethods);
  return app.app.get(UnitOfWork).run((tx) =>
    methods.add(tx, { ownerId, actor: { userId, impersonatorId: null } }, 'paypal', {
      email: 'ann@example.com',
    }),
  );
}
