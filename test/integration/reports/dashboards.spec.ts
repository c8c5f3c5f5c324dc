import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PartnerActor } from '../../../src/identity/index.js';
import { PartnerDashboard } from '../../../src/reports/dashboards/partner-dashboard.service.js';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { Ledger } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body, type Calls, callsWith } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50 } from '../billing/scene.js';
import { personOf, type Role } from '../identity/matrix/people.js';

interface Figure {
  name: string;
  value: string | null;
  before: string | null;
  changePercent: string | null;
}
interface Dashboard {
  period: { from: string; to: string; unit: string; timeZone: string; before: { from: string; to: string } };
  stats: Figure[];
  series: { name: string; points: { date: string; value: string | null; before: string | null }[] }[];
  balances: { currency: string; available: { amount: string }; pending: { amount: string } }[] | null;
  month: {
    from: string;
    ordersCount: number;
    earnings: object[];
    earningsConverted: { amount: string } | null;
  };
  orders: object;
  conversion: { currency: string; missing: string[]; rates: { currency: string; day: string }[] };
}
interface ProgramDashboard extends Pick<Dashboard, 'period' | 'stats' | 'series'> {
  spans: {
    span: string;
    from: string;
    until: string;
    fromBefore: string;
    untilBefore: string;
    stats: Figure[];
  }[];
  queues: Record<string, number | null>;
  topPartners: { id: string; name: string; ngr: string | null; registrationsCount: number }[];
  topBrands: { id: string; ngr: string | null }[];
}

let app: TestApp;
let ann: BillingScene;
let bob: BillingScene;
let account: Account;

beforeAll(async () => {
  app = await createTestApp({ background: false, clock: new TestClock('2026-01-20T12:00:00Z') });
  ann = await BillingScene.open(app);
  bob = await ann.join('bob@partners.example');
  account = await ann.account({ strategies: [CPA_50] });
  const bobs = await bob.account({ strategies: [CPA_50] });
  app.clock.set('2026-02-10T12:00:00Z');
  await account.qualify('j', '2026-01-05');
  await account.bill('2026-01-31');
  await account.register('f1', '2026-02-03T23:30:00Z');
  await account.register('f2', '2026-02-05T10:00:00Z');
  await account.play('f2', '2026-02-05T11:00:00Z', {
    sums: { bets_sum: 10_000, wins_sum: 4_000 },
    deposits: [['d', 5_000, '2026-02-05T11:30:00Z']],
  });
  await account.order('o1', '2026-02-06T10:00:00Z', '80.00', 'approved');
  await account.order('o2', '2026-02-07T10:00:00Z', '10.00', 'declined');
  await account.order('o3', '2026-01-07T10:00:00Z', '10.00', 'pending');
  // A brand's clock, or a slip of its pen.
  await account.order('o4', '2027-02-07T10:00:00Z', '10.00', 'pending');
  await bobs.register('b', '2026-02-05T10:00:00Z');
  await bobs.play('b', '2026-02-05T11:00:00Z', { sums: { bets_sum: 100_000, wins_sum: 1_000 } });
});
afterAll(() => app.close());

const fresh = async (scene: BillingScene): Promise<Calls> => scene.partner.signInAgain();
const show = async (query: string, who?: Calls): Promise<Dashboard> =>
  body<Dashboard>(await (who ?? (await fresh(ann))).get(`partner/dashboard?${query}`), 200);
const stat = ({ stats }: Pick<Dashboard, 'stats'>, name: string): (string | null)[] => {
  const { value, before, changePercent } = stats.find((one) => one.name === name)!;
  return [value, before, changePercent];
};
const pointsOf = ({ series }: Dashboard, name: string) => series.find((one) => one.name === name)!.points;
const callsOf = async (role: Role, tenantId: string): Promise<Calls> =>
  callsWith(app, (await personOf(app, role, tenantId)).token!);

describe('A01 the dashboard of a partner', () => {
  it('has a chart of the period before that adds up to its total, whatever the points are', async () => {
    for (const [unit, from, to] of [
      ['week', '2026-02-10', '2026-02-11'],
      ['week', '2026-02-04', '2026-02-07'],
      ['day', '2026-02-01', '2026-02-28'],
      ['week', '2026-02-01', '2026-02-28'],
      ['month', '2026-01-20', '2026-02-15'],
      ['month', '2026-01-01', '2026-02-28'],
    ]) {
      const query = `unit=${unit}&from=${from}&to=${to}`;
      const { stats, series } = await show(query);
      for (const { name, before } of stats) {
        const points = series.find((one) => one.name === name)!.points;
        const sum = points.reduce((so, point) => so + Number(point.before ?? 0), 0);
        expect(sum, `${query} ${name}`).toBe(Number(before));
      }
    }
  });

  it('says by its name which parameter it cannot go by, and why', async () => {
    const who = await fresh(ann);
    for (const [query, path, message] of [
      ['from=1970-01-01&to=1970-01-05', 'from', /period before/],
      ['to=1970-01-31', 'to', /period before/],
      ['from=9999-12-31&to=9999-12-31', 'to', /9999/],
      ['timeZone=US/Pacific-New', 'timeZone', /IANA/],
    ] as const) {
      const answer = await who.get(`partner/dashboard?${query}`);
      const { errors } = answer.body as { errors: { path: string; message: string }[] };
      expect([answer.status, errors[0]?.path], query).toEqual([400, path]);
      expect(errors[0]!.message, query).toMatch(message);
    }
  });

  it('compares the figures with the period before, and fills the charts with zeros', async () => {
    const shown = await show('from=2026-02-01&to=2026-02-28');
    expect(shown.period).toEqual({
      ...{ from: '2026-02-01', to: '2026-02-28', timeZone: 'UTC', unit: 'day' },
      before: { from: '2026-01-01', to: '2026-01-31' },
    });
    expect(stat(shown, 'registrations_count')).toEqual(['2', '1', '100.0']);
    expect(stat(shown, 'deposits_sum')).toEqual(['50.00', '20.00', '150.0']);
    expect(stat(shown, 'ngr')).toEqual(['60.00', '0.00', null]);
    expect(stat(shown, 'partner_income')).toEqual(['0.00', '50.00', '-100.0']);
    const points = pointsOf(shown, 'registrations_count');
    expect(points).toHaveLength(28);
    expect(points.filter(({ value }) => value !== '0')).toEqual([
      { date: '2026-02-03', value: '1', before: '0' },
      { date: '2026-02-05', value: '1', before: '1' },
    ]);
    expect(pointsOf(shown, 'ngr')[4]).toEqual({ date: '2026-02-05', value: '60.00', before: '0.00' });
    expect(shown.conversion).toMatchObject({ currency: 'EUR', missing: [] });
  });

  it('counts days in the zone asked for, and points by weeks and months', async () => {
    const zoned = await show('from=2026-02-01&to=2026-02-28&timeZone=Europe/Berlin');
    expect(pointsOf(zoned, 'registrations_count').filter(({ value }) => value !== '0')).toMatchObject([{ date: '2026-02-04' }, { date: '2026-02-05' }]); // prettier-ignore
    const weeks = await show('from=2026-02-01&to=2026-02-28&unit=week');
    expect(pointsOf(weeks, 'registrations_count').map(({ date, value }) => `${date} ${value}`)).toEqual(['2026-01-26 0', '2026-02-02 2', '2026-02-09 0', '2026-02-16 0', '2026-02-23 0']); // prettier-ignore
    const months = await show('from=2026-01-01&to=2026-03-31&unit=month');
    expect(pointsOf(months, 'registrations_count').map(({ value }) => value)).toEqual(['1', '2', '0']);
    expect(await show('')).toMatchObject({ period: { from: '2026-01-12', to: '2026-02-10' } });
  });

  it('shows what the report says, in the currency that the person chose', async () => {
    const partner = await fresh(ann);
    const without = await show('from=2026-02-01&to=2026-02-28&currency=USD', partner);
    expect(without.conversion.missing).toEqual(['EUR']);
    expect(stat(without, 'ngr')).toEqual([null, null, null]);
    expect(pointsOf(without, 'ngr')[4]!.value).toBeNull();
    expect(stat(without, 'registrations_count')).toEqual(['2', '1', '100.0']);
    await app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at) VALUES (gen_random_uuid(), '2026-02-06', 'USD', 'ecb', 1.25, now())`,
    );
    body(await partner.patch('me', { reportCurrency: 'USD' }), 200);
    const shown = await show('from=2026-02-01&to=2026-02-28', partner);
    expect(shown.conversion).toMatchObject({
      currency: 'USD',
      rates: [{ currency: 'EUR', day: '2026-02-06' }],
    });
    const columns = shown.stats.map(({ name }) => `columns[]=${name}`).join('&');
    const report = body<{ totals: { data: { name: string; value: number | { amount: string } }[][] } }>(
      await partner.get(
        `partner/reports/performance?from=2026-02-01&to=2026-02-28&conversion_currency=USD&${columns}`,
      ),
      200,
    );
    const totals = report.totals.data[0]!.filter(({ name }) => name !== 'currency');
    expect(shown.stats.map(({ value }) => value)).toEqual(
      totals.map(({ value }) => (typeof value === 'object' ? value.amount : String(value))),
    );
    expect(stat(shown, 'ngr')[0]).toBe('75.00');
    body(await partner.patch('me', { reportCurrency: null }), 200);
  });

  it('shows money by where it stands to those who may see it', async () => {
    expect((await show('')).balances).toMatchObject([
      { currency: 'EUR', available: { amount: '0.00' }, pending: { amount: '50.00' } },
    ]);
    const actor = {
      partnerId: ann.partnerId,
      userId: ann.partnerId,
      permissions: new Set(),
    } as unknown as PartnerActor;
    expect((await app.app.get(PartnerDashboard).show(actor, {})).balances).toBeNull();
  });

  it('is one’s own only, and refuses nonsense by name', async () => {
    const bobs = await fresh(bob);
    expect(stat(await show('from=2026-02-01&to=2026-02-28', bobs), 'registrations_count')).toEqual([
      '1',
      '0',
      null,
    ]);
    for (const query of [
      'from=2026-02-31',
      'from=2026-02-02&to=2026-02-01',
      'from=1971-01-01&to=2026-01-01',
      'from=2020-01-01&to=2026-01-01&unit=day',
      'unit=hour',
      'timeZone=Mars/X',
      'partnerId=1',
    ]) {
      expect((await bobs.get(`partner/dashboard?${query}`)).status, query).toBe(400);
    }
    expect((await bobs.get('partner/dashboard?currency=XXQ')).status).toBe(422);
    expect((await bobs.get('operator/dashboard')).status).toBe(403);
    expect((await bobs.get('brand/dashboard')).status).toBe(403);
  });
});

describe('T01 this month of a creator', () => {
  it('has its orders but the declined ones, and what its bills come to', async () => {
    const { month } = await show('');
    expect(month).toEqual({
      from: '2026-02-01',
      ordersCount: 1,
      earnings: [{ amount: '50.00', currency: 'EUR' }],
      earningsConverted: { amount: '50.00', currency: 'EUR' },
    });
  });
});

describe('T01 this month of a creator who publishes', () => {
  it('has what was credited for publications, less what was taken back', async () => {
    const { app: nest } = app;
    const ownerId = bob.partnerId;
    const pay = (reference: string, amount: string) =>
      nest.get(UnitOfWork).run((tx) =>
        nest.get(Ledger).credit(tx, { ownerId, reference, kind: 'publication_reward', amount: Money.parse(amount, 'EUR') }),
      ); // prettier-ignore
    await pay('kept', '25.00');
    await pay('false', '30.00');
    const reverses = { kind: 'publication_reward', reference: 'false' } as const;
    const reversal = { kind: 'publication_reward_reversal', reference: 'false', reverses } as const;
    await nest.get(UnitOfWork).run((tx) => nest.get(Ledger).reverse(tx, reversal));
    expect((await show('', await fresh(bob))).month).toMatchObject({
      ordersCount: 0,
      earnings: [{ amount: '25.00', currency: 'EUR' }],
    });
  });
});

describe('A01 the dashboard of a brand', () => {
  it('shows what all partners bring, and orders by what became of them', async () => {
    const owner = await callsOf('brand:owner', ann.brandId);
    const shown = body<Dashboard>(await owner.get('brand/dashboard?from=2026-02-01&to=2026-02-28'), 200);
    expect(stat(shown, 'registrations_count')).toEqual(['3', '1', '200.0']);
    expect(shown.orders).toEqual({ pending: 0, approved: 1, declined: 1 });
    const operator = await ann.operator.signInAgain();
    const other = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Other', currency: 'EUR' }),
      201,
    );
    const stranger = await callsOf('brand:reviewer', other.id);
    const theirs = body<Dashboard>(await stranger.get('brand/dashboard?from=2026-02-01&to=2026-02-28'), 200);
    expect(stat(theirs, 'registrations_count')).toEqual(['0', '0', null]);
    expect(theirs.orders).toEqual({ pending: 0, approved: 0, declined: 0 });
  });
});

describe('A01 the dashboard of operators', () => {
  it('shows today and the month so far beside as much of those before', async () => {
    const operator = await ann.operator.signInAgain();
    const { spans, topPartners, topBrands, queues } = body<ProgramDashboard>(
      await operator.get('operator/dashboard'),
      200,
    );
    expect(
      spans.map(({ span, from, fromBefore, untilBefore }) => [span, from, fromBefore, untilBefore]),
    ).toEqual([
      ['today', '2026-02-10T00:00:00.000Z', '2026-02-09T00:00:00.000Z', '2026-02-09T12:00:00.000Z'],
      ['month', '2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-10T12:00:00.000Z'],
    ]);
    expect(stat(spans[1]!, 'registrations_count')).toEqual(['3', '1', '200.0']);
    expect(stat(spans[0]!, 'registrations_count')).toEqual(['0', '0', null]);
    expect(
      topPartners.map(({ id, name, ngr, registrationsCount }) => [id, name, ngr, registrationsCount]),
    ).toEqual([
      [bob.partnerId, 'bob', '990.00', 1],
      [ann.partnerId, 'ann', '60.00', 2],
    ]);
    expect(topBrands).toMatchObject([{ id: ann.brandId, ngr: '1050.00' }]);
    expect(queues).toMatchObject({
      pendingBills: 1,
      billsOnHold: 0,
      cashouts: 0,
      documents: 0,
      partnershipRequests: 0,
      addOnRequests: 0,
      broadcastRequests: 0,
      adPackageRequests: 0,
      adRequests: 0,
      fraudSignals: 0,
    });
  });

  it('shows figures and charts of any days over all partners, beside those of the period before', async () => {
    const operator = await ann.operator.signInAgain();
    const days = 'operator/dashboard?from=2026-02-01&to=2026-02-28';
    const { period, stats, series } = body<ProgramDashboard>(await operator.get(days), 200);
    expect(period).toMatchObject({ unit: 'day', before: { from: '2026-01-01', to: '2026-01-31' } });
    expect(stat({ stats }, 'registrations_count')).toEqual(['3', '1', '200.0']);
    const registrations = series.find(({ name }) => name === 'registrations_count')!.points;
    expect(registrations.filter(({ value }) => value !== '0')).toEqual([
      { date: '2026-02-03', value: '1', before: expect.any(String) as string },
      { date: '2026-02-05', value: '2', before: expect.any(String) as string },
    ]);
    body(await operator.get('operator/dashboard?from=2026-02-28&to=2026-02-01'), 400);
  });

  it('does not tell of queues that the operator may not read', async () => {
    const support = await callsOf('operator:support', ann.partnerId);
    const { queues } = body<ProgramDashboard>(await support.get('operator/dashboard'), 200);
    expect(queues).toMatchObject({ documents: null, pendingBills: 1 });
  });
});
