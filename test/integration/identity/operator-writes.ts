import { randomUUID } from 'node:crypto';
import type { TestApp } from '../../support/app.js';
import { body, type Person, type UploadedFile } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { samplePng } from '../../support/sample-files.js';
import { type Account, BillingScene, CPA_50, SHARE_25 } from '../billing/scene.js';
import { type Uploader, uploaderOf } from '../partner-management/document-scene.js';
import { codeFor, creatorWith } from '../partner-management/social-scene.js';
import { WalletScene } from '../wallet/scene.js';
import { channelWrites } from './channel-writes.js';
import { catalogueWrites } from './catalogue-writes.js';
import { contentWrites } from './content-writes.js';
import { adWrites } from './ad-writes.js';
import { payoutWrites } from './payout-writes.js';
import { publicationWrites } from './publication-writes.js';
import { reportWrites } from './report-writes.js';
import { requestWrites } from './request-writes.js';
import { signUp } from './scene.js';
import { ticketWrites } from './ticket-writes.js';
import { userWrites } from './user-writes.js';
import { webhookWrites } from './webhook-writes.js';

/** A call that succeeds. */
export interface Write {
  path: string;
  payload?: object;
  /** In the place of a payload, for routes that take uploads. */
  file?: UploadedFile;
  /** It makes something although it does not answer 201: nothing was there before. */
  makes?: boolean;
}

type Prepare = (program: Program) => Promise<Write> | Write;

const DAYS = ['2026-10-26', '2026-10-27', '2026-10-28', '2026-10-29', '2026-10-30'];

/** A program with something to do for every operator. */
export class Program {
  private number = 0;

  private constructor(
    readonly app: TestApp,
    readonly scene: BillingScene,
    readonly account: Account,
    readonly wallet: WalletScene,
    private readonly uploader: Uploader,
    private readonly billIds: string[],
  ) {}

  static async open(app: TestApp): Promise<Program> {
    const scene = await BillingScene.open(app);
    const account = await scene.account({ strategies: [CPA_50], period: 'daily' });
    for (const day of DAYS) await account.qualify(day, day);
    await account.bill('2026-11-01');
    const uploader = await uploaderOf(app, 'documents@partners.example');
    await scene.operator.enableTwoFactor();
    const wallet = await WalletScene.open(app, scene.operator);
    await wallet.credit('1000.00');
    const bills = await app.db.query<{ id: string }[]>('SELECT id FROM bills ORDER BY id');
    return new Program(
      app,
      scene,
      account,
      wallet,
      uploader,
      bills.map(({ id }) => id),
    );
  }

  get operator(): Person {
    return this.scene.operator;
  }

  /** A name that nothing has yet. */
  name(): string {
    this.number += 1;
    return `name-${this.number}`;
  }

  /** A pending bill that nothing was done with. */
  bill(): string {
    return this.billIds.pop()!;
  }

  /** Makes something by POST. */
  async make(path: string, payload: object = {}): Promise<string> {
    return body<{ id: string }>(await this.operator.post(path, payload), 201).id;
  }

  /** A document that waits to be looked at. */
  async document(): Promise<string> {
    return body<{ id: string }>(await this.uploader.upload(), 201).id;
  }

  /** A social account that waits for its message, with the code. */
  async socialAccount(): Promise<{ id: string; code: string }> {
    const handle = this.name();
    const creator = await creatorWith(this.app, `${handle}@creators.example`, { platform: 'tiktok', handle });
    return { id: creator.accountId, code: await codeFor(creator) };
  }

  /** A balance correction that another operator entered. */
  async pendingCorrection(): Promise<string> {
    const id = randomUUID();
    await this.app.db.query(
      `INSERT INTO balance_corrections
              (id, owner_id, currency, amount_minor, comment, may_overdraw, state, requested_by, created_at)
       VALUES ($1, $2, 'EUR', 100, 'Bonus', false, 'pending', $3, now())`,
      [id, this.wallet.ownerId, this.wallet.userId],
    );
    return id;
  }

  /** An open signal about a player whom the brand says to have already. */
  async fraudSignal(): Promise<string> {
    await this.account.register(this.name(), '2026-10-26T10:00:00Z', { duplicate: true });
    await outboxDelivered(this.app);
    const [signal] = await this.app.db.query<[{ id: string }]>(
      `SELECT id FROM fraud_signals WHERE state = 'open' ORDER BY id DESC LIMIT 1`,
    );
    return signal.id;
  }

  /** The request of a partner who signs up now. */
  async partnershipRequest(): Promise<string> {
    const partnerId = await signUp(this.app, `${this.name()}@requests.example`);
    const [request] = await this.app.db.query<[{ id: string }]>(
      'SELECT id FROM partner_requests WHERE partner_id = $1',
      [partnerId],
    );
    return request.id;
  }
}

const landing = ({ scene: { brandId } }: Program) => ({
  brandId,
  title: 'Landing',
  url: 'https://luckyfox.example/land',
  audience: 'players',
});

const plan = ({ scene: { brandId } }: Program) => ({
  brandId,
  name: 'Revenue share',
  period: 'monthly',
  timeZone: 'UTC',
  strategies: [CPA_50],
});

const bill =
  (action: string, payload?: object): Prepare =>
  (program) => ({
    path: `operator/bills/${program.bill()}/${action}`,
    ...(payload && { payload }),
  });

const cashout =
  (action: string): Prepare =>
  async ({ wallet }) => ({
    path: `operator/cashouts/${(await wallet.withdraw('20.00')).id}/${action}`,
  });

const decideDocument =
  (action: string, payload?: object): Prepare =>
  async (program) => ({
    path: `operator/documents/${await program.document()}/${action}`,
    ...(payload && { payload }),
  });

const decideSignal =
  (action: string): Prepare =>
  async (program) => ({
    path: `operator/fraud-signals/${await program.fraudSignal()}/${action}`,
    payload: { comment: 'Looked into it' },
  });

const RATE = { day: '2026-10-30', currency: 'USD', rate: '1.0812' };

/** A call that succeeds for every route by which operators write, in the order of the routes. */
export const OPERATOR_WRITES: Readonly<Record<string, Prepare>> = {
  'POST /api/v1/operator/balance-corrections': ({ wallet }) => ({
    path: 'operator/balance-corrections',
    payload: { partnerId: wallet.ownerId, type: 'add', currency: 'EUR', amount: '1.00', comment: 'Bonus' },
  }),
  'POST /api/v1/operator/balance-corrections/{id}/approve': async (program) => ({
    path: `operator/balance-corrections/${await program.pendingCorrection()}/approve`,
  }),
  'POST /api/v1/operator/balance-corrections/{id}/reject': async (program) => ({
    path: `operator/balance-corrections/${await program.pendingCorrection()}/reject`,
    payload: { comment: 'Is in the bill' },
  }),
  'POST /api/v1/operator/bill-runs': ({ account }) => ({
    path: 'operator/bill-runs',
    payload: { planId: account.planId, through: '2026-11-01' },
  }),
  'POST /api/v1/operator/bills/approve': async ({ operator }) => {
    const filters = { currency: 'JPY' };
    const { fingerprint } = body<{ fingerprint: string }>(
      await operator.post('operator/bills/approve', { ...filters, dryRun: true }),
      200,
    );
    // It makes a run, which is what the entry is about.
    return { path: 'operator/bills/approve', payload: { ...filters, fingerprint }, makes: true };
  },
  'POST /api/v1/operator/bills/{id}/approve': bill('approve'),
  'POST /api/v1/operator/bills/{id}/cancel': bill('cancel', { reason: 'Twice' }),
  'POST /api/v1/operator/bills/{id}/corrections': bill('corrections', {
    type: 'add',
    amount: '1.00',
    comment: 'Bonus',
  }),
  'POST /api/v1/operator/bills/{id}/hold': bill('hold'),
  'POST /api/v1/operator/bills/{id}/release': async (program) => {
    const id = program.bill();
    body(await program.operator.post(`operator/bills/${id}/hold`), 200);
    return { path: `operator/bills/${id}/release` };
  },
  ...catalogueWrites,
  'POST /api/v1/operator/brands': (program) => ({
    path: 'operator/brands',
    payload: { name: program.name(), currency: 'EUR' },
  }),
  'PATCH /api/v1/operator/brands/{id}': (program) => ({
    path: `operator/brands/${program.scene.brandId}`,
    payload: { name: program.name() },
  }),
  'POST /api/v1/operator/brands/{brandId}/promo-codes': ({ scene }) => ({
    path: `operator/brands/${scene.brandId}/promo-codes`,
    payload: { name: 'Autumn', generate: { count: 3 } },
  }),
  'POST /api/v1/operator/brands/{brandId}/promo-codes/{id}/codes': async (program) => {
    const pools = `operator/brands/${program.scene.brandId}/promo-codes`;
    const id = await program.make(pools, { name: 'Winter' });
    return { path: `${pools}/${id}/codes`, payload: { generate: { count: 3 } } };
  },
  'POST /api/v1/operator/brands/{brandId}/promo-codes/{id}/close': async (program) => {
    const pools = `operator/brands/${program.scene.brandId}/promo-codes`;
    return { path: `${pools}/${await program.make(pools, { name: 'Spring' })}/close` };
  },
  'POST /api/v1/operator/brands/{id}/sync-keys': ({ scene }) => ({
    path: `operator/brands/${scene.brandId}/sync-keys`,
  }),
  'POST /api/v1/operator/brands/{id}/sync-keys/{keyId}/revoke': async (program) => {
    const keys = `operator/brands/${program.scene.brandId}/sync-keys`;
    return { path: `${keys}/${await program.make(keys)}/revoke` };
  },
  'POST /api/v1/operator/cashouts/{id}/accept': cashout('accept'),
  'POST /api/v1/operator/cashouts/{id}/cancel': cashout('cancel'),
  'POST /api/v1/operator/cashouts/{id}/refund': async ({ operator, wallet }) => {
    const { id } = await wallet.withdraw('20.00');
    body(await operator.post(`operator/cashouts/${id}/accept`), 200);
    return { path: `operator/cashouts/${id}/refund` };
  },
  'POST /api/v1/operator/commission-plans': (program) => ({
    path: 'operator/commission-plans',
    payload: plan(program),
  }),
  'PATCH /api/v1/operator/commission-plans/{id}': async (program) => ({
    path: `operator/commission-plans/${await program.make('operator/commission-plans', plan(program))}`,
    payload: { strategies: [SHARE_25] },
  }),
  ...contentWrites,
  'POST /api/v1/operator/documents/{id}/approve': decideDocument('approve'),
  'POST /api/v1/operator/documents/{id}/decline': decideDocument('decline', { reason: 'Not legible' }),
  ...channelWrites,
  'POST /api/v1/operator/exchange-rates': () => ({ path: 'operator/exchange-rates', payload: RATE }),
  'DELETE /api/v1/operator/exchange-rates/{id}': async (program) => ({
    path: `operator/exchange-rates/${await program.make('operator/exchange-rates', { ...RATE, currency: 'CHF' })}`,
  }),
  'POST /api/v1/operator/exchange-rates/import': () => ({
    path: 'operator/exchange-rates/import',
    file: { content: Buffer.from('date,currency,rate\n2026-10-30,GBP,0.86\n'), fileName: 'rates.csv' },
  }),
  'POST /api/v1/operator/fraud-signals/{id}/confirm': decideSignal('confirm'),
  'POST /api/v1/operator/fraud-signals/{id}/release': decideSignal('release'),
  'POST /api/v1/operator/impersonation/exit': async ({ operator, wallet: { ownerId } }) => {
    body(await operator.post(`operator/partners/${ownerId}/impersonate`, { reason: 'A question' }), 200);
    return { path: 'operator/impersonation/exit' };
  },
  'POST /api/v1/operator/landings': (program) => ({ path: 'operator/landings', payload: landing(program) }),
  'PATCH /api/v1/operator/landings/{id}': async (program) => ({
    path: `operator/landings/${await program.make('operator/landings', landing(program))}`,
    payload: { title: 'Other title' },
  }),
  'POST /api/v1/operator/media': ({ scene: { brandId } }) => ({
    path: 'operator/media',
    payload: { brandId, kind: 'image', title: 'Fox', url: 'https://cdn.example/fox.png' },
  }),
  'POST /api/v1/operator/media/images': ({ scene: { brandId } }) => ({
    path: 'operator/media/images',
    file: { content: samplePng(300, 250), fileName: 'fox.png', fields: { brandId } },
  }),
  'PATCH /api/v1/operator/media/{id}': async (program) => {
    const { brandId } = program.scene;
    const text = { brandId, kind: 'text', title: 'Fox', text: 'Play' };
    return {
      path: `operator/media/${await program.make('operator/media', text)}`,
      payload: { active: false },
    };
  },
  'POST /api/v1/operator/partners/{id}/impersonate': ({ wallet }) => ({
    path: `operator/partners/${wallet.ownerId}/impersonate`,
    payload: { reason: 'Another question' },
    makes: true,
  }),
  'POST /api/v1/operator/partners/{id}/reactivate': async ({ operator, scene: { partnerId } }) => {
    body(await operator.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    return { path: `operator/partners/${partnerId}/reactivate` };
  },
  'POST /api/v1/operator/partners/{id}/suspend': ({ scene }) => ({
    path: `operator/partners/${scene.partnerId}/suspend`,
    payload: { reason: 'Asked to' },
  }),
  'PATCH /api/v1/operator/payment-method-types/{code}': (program) => ({
    path: 'operator/payment-method-types/bank_transfer',
    payload: { title: program.name() },
  }),
  ...adWrites,
  ...payoutWrites,
  ...publicationWrites,
  ...reportWrites,
  ...requestWrites,
  'POST /api/v1/operator/reconciliation/freezes/{ownerId}/lift': async ({ app }) => {
    const ownerId = randomUUID();
    await app.db.query(
      `INSERT INTO wallet_freezes (owner_id, frozen_at, reason) VALUES ($1, now(), 'a test')`,
      [ownerId],
    );
    return {
      path: `operator/reconciliation/freezes/${ownerId}/lift`,
      payload: { comment: 'Looked into it' },
    };
  },
  'POST /api/v1/operator/social-accounts/{id}/reject': async (program) => ({
    path: `operator/social-accounts/${(await program.socialAccount()).id}/reject`,
    payload: { reason: 'No message came' },
  }),
  'POST /api/v1/operator/social-accounts/{id}/verify': async (program) => {
    const { id, code } = await program.socialAccount();
    return { path: `operator/social-accounts/${id}/verify`, payload: { code } };
  },
  'POST /api/v1/operator/traffic-sources': (program) => ({
    path: 'operator/traffic-sources',
    payload: { name: program.name() },
  }),
  ...ticketWrites,
  ...userWrites,
  ...webhookWrites,
};
