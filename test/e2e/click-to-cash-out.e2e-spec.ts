import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import request from 'supertest';
import { createTestApp, type TestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  body,
  BrandServer,
  click,
  joinAsPartner,
  type Person,
  runBills,
  signIn,
} from '../support/journey.js';
import { type Connection, WAYS_TO_DATABASE } from '../support/pooler.js';
import { startSinkServer, type SinkServer } from '../support/sink-server.js';

type Money = Record<'amount' | 'currency', string>;

interface BillLine {
  kind: string;
  strategy: string | null;
  quantity: number | string;
  base: Money | null;
  amount: Money;
}

interface Bill {
  id: string;
  state: string;
  issued: Money;
  payable: Money;
  lines: BillLine[];
}

const eur = (amount: string): Money => ({ amount, currency: 'EUR' });

/**
 * The job the product exists for, over real HTTP and PostgreSQL, with a real tracker: from sign-up to the money.
 *
 * The plan is a hybrid: 100.00 EUR for each player whose first deposit is at least 20.00, and a share of NGR by flat
 * tiers, 25 % and from 1000.00 on 30 %, with an admin fee of 10 % of GGR.
 */
describe.each(WAYS_TO_DATABASE)('from click to cash-out, connected $way', ({ open }) => {
  let database: TestDatabase;
  let connection: Connection;
  let app: TestApp;
  let tracker: SinkServer;
  let operator: Person;
  let partner: Person;
  let brand: BrandServer;
  let campaignId: string;
  let promo: { id: string; code: string; trackingUrl: string };
  let billId: string;
  const visits: string[] = [];

  beforeAll(async () => {
    tracker = await startSinkServer();
    database = await createTestDatabase('started');
    connection = await open(database.url);
    app = await createTestApp({
      databaseUrl: connection.url,
      clock: new TestClock('2026-10-05T08:00:00Z'),
      env: { OUTBOUND_ALLOW: tracker.address },
    });
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });

  afterAll(async () => {
    await app.close();
    await connection.stop();
    await database.drop();
    await tracker.stop();
  });

  it('waits for no statement, lock or forgotten transaction for long', async () => {
    const [limits] = await app.db.query<[object]>(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
              current_setting('idle_in_transaction_session_timeout') AS idle`,
    );
    expect(limits).toEqual({ statement: '15s', lock: '3s', idle: '30s' });
  });

  it('A31 the operator sets two-factor authentication up', async () => {
    await operator.enableTwoFactor();
  });

  it('O01 a partner signs up, confirms the e-mail and is approved', async () => {
    partner = await joinAsPartner(app, operator, 'ann@partners.example');
    const me = body<{ partner: { state: string } | null }>(await partner.get('me'), 200);
    expect(me).toMatchObject({ user: { email: 'ann@partners.example' } });
  });

  it('A03 A04 the operator offers a brand and a plan; the partner makes a campaign with a tracking link', async () => {
    const made = body<{ id: string }>(
      await operator.post('operator/brands', {
        name: 'Lucky Fox',
        currency: 'EUR',
        category: 'casino',
        website: 'https://luckyfox.example',
      }),
      201,
    );
    const landing = body<{ id: string }>(
      await operator.post('operator/landings', {
        brandId: made.id,
        title: 'Welcome',
        url: 'https://luckyfox.example/welcome?lang=en',
        audience: 'players',
      }),
      201,
    );
    const plan = body<{ id: string }>(
      await operator.post('operator/commission-plans', {
        brandId: made.id,
        name: 'Hybrid 100 + 25 %',
        currency: 'EUR',
        period: 'monthly',
        timeZone: 'Europe/Berlin',
        availability: 'default',
        adminFeeBps: 1000,
        negativeCarryOver: true,
        strategies: [
          { type: 'cpa', amount: '100.00', criteria: { firstDepositAtLeast: '20.00' } },
          {
            type: 'revshare',
            base: 'ngr',
            tierMode: 'flat',
            tiers: [
              { from: '0.00', rateBps: 2500 },
              { from: '1000.00', rateBps: 3000 },
            ],
          },
        ],
      }),
      201,
    );
    const key = body<{ authKey: string; secret: string }>(
      await operator.post(`operator/brands/${made.id}/sync-keys`),
      201,
    );
    brand = new BrandServer(app, key.authKey, key.secret);

    const campaign = body<{ id: string }>(
      await partner.post('partner/campaigns', {
        name: 'Autumn',
        brandId: made.id,
        commissionPlanId: plan.id,
      }),
      201,
    );
    campaignId = campaign.id;
    promo = body(
      await partner.post(`partner/campaigns/${campaignId}/promos`, {
        title: 'Top list',
        landingId: landing.id,
      }),
      201,
    );
    expect(promo.trackingUrl).toContain(`/r/${promo.code}`);
  });

  it('A09 the partner configures postbacks on all three levels', async () => {
    const scopes = [
      { scope: 'account', action: 'registration' },
      { scope: 'campaign', campaignId, action: 'first_deposit' },
      { scope: 'promo', promoId: promo.id, action: 'qualification' },
    ];
    for (const scope of scopes) {
      const url = `${tracker.url}/${scope.action}?click=\${clickid}&visit=\${visit_id}&amount=\${amount}&currency=\${currency}&event=\${event_id}`;
      body(await partner.post('partner/postbacks', { ...scope, url }), 201);
    }
    const wrong = await partner.post('partner/postbacks', {
      ...scopes[0],
      url: `${tracker.url}/?a={clickid}`,
    });
    expect(body<{ detail: string }>(wrong, 422).detail).toContain('${clickid}');
  });

  it('A06 visitors click', async () => {
    for (const clickId of ['c-1', 'c-2', 'c-3']) {
      visits.push(await click(`${promo.trackingUrl}?clickid=${clickId}`, app));
    }
    const [{ count }] = await app.db.query<[{ count: string }]>('SELECT count(*) FROM visits');
    expect(count).toBe('3');
  });

  it("A07 the brand's server reports players, deposits and play; the tracker hears of it", async () => {
    const players = visits.slice(0, 2).map((tag, index) => ({
      tag,
      user_id: `p-${index + 1}`,
      country: 'DE',
      sign_up_at: '2026-10-05T09:00:00Z',
    }));
    const unknown = {
      tag: '01929c3e-0000-7000-8000-000000000001',
      user_id: 'p-9',
      sign_up_at: '2026-10-05T09:00:00Z',
    };
    const first = await brand.sync('players', { players: [...players, unknown] });
    expect(first).toMatchObject({ accepted: 2, rejected: 1, items: [{ index: 2, code: 'UNKNOWN_TAG' }] });
    expect(await brand.sync('players', { players })).toMatchObject({ accepted: 0, duplicate: 2 });

    // Player 1: 50.00 deposited, bets 1200.00, wins 200.00: GGR 1000.00. Player 2: 10.00 deposited, bets 100.00, wins 0.
    const activity = {
      from: '2026-10-10T10:00:00Z',
      to: '2026-10-10T11:00:00Z',
      items: [
        play('p-1', '5000', {
          bets_sum_cents: '120000',
          wins_sum_cents: '20000',
          bonus_issues_sum_cents: '1000',
        }),
        play('p-2', '1000', { bets_sum_cents: 10000 }),
      ],
    };
    expect(await brand.sync('activity', activity)).toMatchObject({ accepted: 2 });
    expect(await brand.sync('activity', activity)).toMatchObject({ accepted: 0, duplicate: 2 });

    const registered = await tracker.waitFor(
      ({ path, query }) => path === '/registration' && query.get('click') === 'c-2',
    );
    expect(registered.query.get('visit')).toBe(visits[1]);
    const deposited = await tracker.waitFor(
      ({ path, query }) => path === '/first_deposit' && query.get('click') === 'c-1',
    );
    expect([deposited.query.get('amount'), deposited.query.get('currency')]).toEqual(['50.00', 'EUR']);
  });

  it('A07 a corrected batch counts by its difference', async () => {
    // Player 1 really won 250.00: GGR 950.00.
    const corrected = await brand.sync('activity', {
      from: '2026-10-10T10:00:00Z',
      to: '2026-10-10T11:00:00Z',
      items: [
        play('p-1', '5000', {
          bets_sum_cents: '120000',
          wins_sum_cents: '25000',
          bonus_issues_sum_cents: '1000',
        }),
      ],
    });
    expect(corrected).toMatchObject({ corrected: 1 });
  });

  it('A13 the bill run turns October into one bill, and the qualification postback goes out', async () => {
    expect(await runBills(operator, '2026-10-31')).toMatchObject({ billsMade: 0 });
    app.clock.set('2026-11-01T08:00:00Z');
    operator = await operator.signInAgain();
    partner = await partner.signInAgain();
    expect(await runBills(operator, '2026-10-31')).toMatchObject({ billsMade: 1 });
    expect(await runBills(operator, '2026-10-31')).toMatchObject({ billsMade: 0 });

    const { items } = body<{ items: Bill[] }>(await partner.get('partner/bills'), 200);
    expect(items).toHaveLength(1);
    billId = items[0]!.id;
    const bill = body<Bill>(await partner.get(`partner/bills/${billId}`), 200);
    // GGR 950.00 + 100.00 = 1050.00; admin fee 105.00; NGR 1050.00 − 10.00 − 105.00 = 935.00, below 1000.00: 25 %.
    expect(bill).toMatchObject({ state: 'pending', issued: eur('333.75'), payable: eur('333.75') });
    const byStrategy = Object.fromEntries(bill.lines.map((line) => [line.strategy, line]));
    expect(byStrategy['cpa']).toMatchObject({ amount: eur('100.00') });
    expect(byStrategy['revshare']).toMatchObject({ base: eur('935.00'), amount: eur('233.75') });

    const qualified = await tracker.waitFor(({ path }) => path === '/qualification');
    expect(qualified.query.get('click')).toBe('c-1');
    const log = () => partner.get('partner/postback-log?action=qualification');
    const attempt = { url: tracker.url + qualified.target, attempt: 1, responseCode: 200 };
    await expect.poll(async () => (await log()).body).toMatchObject({ items: [attempt] });
  });

  it('A13 late activity becomes an adjustment of the next bill', async () => {
    // Another 100.00 of GGR in October: NGR 935.00 + 90.00 = 1025.00 reaches 30 %: 307.50, that is 73.75 more.
    await brand.sync('activity', {
      from: '2026-10-31T20:00:00Z',
      to: '2026-10-31T21:00:00Z',
      items: [play('p-2', undefined, { bets_sum_cents: '10000' })],
    });
    expect(await runBills(operator, '2026-10-31')).toMatchObject({ billsMade: 0 });
    app.clock.set('2026-12-01T08:00:00Z');
    operator = await operator.signInAgain();
    expect(await runBills(operator, '2026-11-30')).toMatchObject({ billsMade: 1 });
    const { items } = body<{ items: Bill[] }>(await operator.get('operator/bills?state=pending'), 200);
    expect(items.map(({ issued }) => issued.amount).sort()).toEqual(['333.75', '73.75']);
  });

  it('A13 B01 the operator approves the bill once; the money is in the ledger', async () => {
    await operator.stepUp();
    body(await operator.post(`operator/bills/${billId}/approve`), 200);
    expect((await operator.post(`operator/bills/${billId}/approve`)).status).toBe(409);
    partner = await partner.signInAgain();
    const wallet = body<{ balances: { currency: string; available: Money }[] }>(
      await partner.get('partner/wallet'),
      200,
    );
    expect(wallet.balances).toMatchObject([{ currency: 'EUR', available: eur('333.75') }]);
  });

  it('A27 a withdrawal without two-factor authentication is refused', async () => {
    const refused = await partner.post('partner/cashouts', {
      currency: 'EUR',
      amount: '100.00',
      paymentMethodId: '01929c3e-0000-7000-8000-000000000001',
    });
    expect(body<{ code: string }>(refused, 403).code).toBe('TWO_FACTOR_REQUIRED');
  });

  it('A26 A27 T10 with it, the partner withdraws, the operator accepts, and refunds', async () => {
    await partner.enableTwoFactor();
    const method = body<{ id: string }>(
      await partner.post('partner/payment-methods', {
        type: 'bank_transfer',
        fields: { holder: 'Ann Partner', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
      }),
      201,
    );
    expect(JSON.stringify(method)).not.toContain('370400440532');
    const cashout = body<{ id: string; state: string }>(
      await partner.post('partner/cashouts', {
        currency: 'EUR',
        amount: '300.00',
        paymentMethodId: method.id,
      }),
      201,
    );
    expect(cashout.state).toBe('pending');
    expect((await balances()).toString()).toBe('33.75,300.00,0.00');

    await operator.stepUp();
    body(await operator.post(`operator/cashouts/${cashout.id}/accept`), 200);
    expect((await balances()).toString()).toBe('33.75,0.00,300.00');
    body(
      await operator.post(`operator/cashouts/${cashout.id}/refund`, { comment: 'The bank sent it back' }),
      200,
    );
    expect((await balances()).toString()).toBe('333.75,0.00,0.00');
    expect((await operator.post(`operator/cashouts/${cashout.id}/refund`, {})).status).toBe(409);

    const reconciliation = body<{ mismatches: unknown[] }>(
      await operator.get('operator/reconciliation'),
      200,
    );
    expect(reconciliation.mismatches).toEqual([]);
  });

  it('A18 the report API shows the same figures', async () => {
    const { token } = body<{ token: string }>(await partner.get('me/statistic-token'), 200);
    const columns = [
      'visits_count',
      'registrations_count',
      'first_deposits_count',
      'deposits_sum',
      'ngr',
      'partner_income',
    ];
    const query = `from=2026-10-01&to=2026-10-31&group_by[]=month&group_by[]=campaign&${columns.map((name) => `columns[]=${name}`).join('&')}`;
    for (const header of [token, `Bearer ${token}`]) {
      const report = await request(app.url)
        .get(`/api/customer/v1/partner/report?${query}`)
        .set('Authorization', header);
      const { rows } = body<{ rows: { data: { name: string; value: unknown }[][] } }>(report, 200);
      const [cells] = rows.data;
      expect(Object.fromEntries(cells!.map(({ name, value }) => [name, value]))).toMatchObject({
        date: '2026-10-01',
        campaign_id: campaignId,
        visits_count: 3,
        registrations_count: 2,
        first_deposits_count: 2,
        deposits_sum: { currency: 'EUR', amount: '60.00', amount_cents: '6000' },
        ngr: { amount: '1025.00' },
        partner_income: { amount: '333.75' },
        currency: 'EUR',
      });
    }
    const refused = await request(app.url)
      .get('/api/customer/v1/partner/report')
      .set('Authorization', 'wrong');
    expect(refused.status).toBe(401);
  });

  async function balances(): Promise<string[]> {
    const wallet = body<{ balances: Record<'available' | 'processing' | 'paid', Money>[] }>(
      await partner.get('partner/wallet'),
      200,
    );
    const [eurBalance] = wallet.balances;
    return [eurBalance!.available.amount, eurBalance!.processing.amount, eurBalance!.paid.amount];
  }
});

/** A player's item in an activity batch, with one deposit when an amount is given. */
function play(
  userId: string,
  depositCents: string | undefined,
  sums: Record<string, string | number>,
): object {
  const deposits = depositCents
    ? [{ deposit_id: `d-${userId}`, amount_cents: depositCents, processed_at: '2026-10-10T10:10:00Z' }]
    : [];
  return { user_id: userId, currency: 'EUR', deposits, ...sums };
}
