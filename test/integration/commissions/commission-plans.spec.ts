import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACTIVITY_COLUMNS,
  CommissionPlans,
  evaluateMeasureScaled,
  MEASURES,
  type MeasureName,
  measureSql,
} from '../../../src/commissions/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program, SHARE } from '../../support/program.js';

const CPL = { type: 'cpl', amount: '5.00' };

interface Plan {
  id: string;
  version: number;
  effectiveFrom: string | null;
  terms: string[];
  strategies: object[];
}

describe('commission plans', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;
  let stranger: Person;
  let program: Program;
  let partnerId: string;

  const input = (change: object = {}): object => ({
    brandId: program.brandId,
    name: 'Plan',
    period: 'monthly',
    timeZone: 'Europe/Berlin',
    strategies: [SHARE],
    ...change,
  });
  const create = async (change: object = {}): Promise<Plan> =>
    body<Plan>(await operator.post('operator/commission-plans', input(change)), 201);

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    partner = await joinAsPartner(app, operator, 'plans@partners.example');
    stranger = await joinAsPartner(app, operator, 'stranger@partners.example');
    const [row] = await app.db.query<{ id: string }[]>(`SELECT id FROM partners WHERE name = 'plans'`);
    partnerId = row!.id;
    program = await makeProgram(operator);
  });
  afterAll(() => app.close());

  it('A03 show their terms in words before they are chosen', async () => {
    const strategies = [
      {
        type: 'cpa',
        amount: '100.00',
        criteria: { firstDepositAtLeast: '20.00', withinDays: 30, countries: ['DE'] },
      },
      { ...SHARE, tiers: [...SHARE.tiers, { from: '1000.00', rateBps: 3000 }] },
    ];
    const made = await create({ strategies, adminFeeBps: 1000, currency: 'EUR' });
    expect(made.strategies).toEqual(strategies);
    const seen = body<Plan>(await partner.get(`partner/commission-plans/${made.id}`), 200);
    expect(seen.terms).toEqual([
      '100.00 EUR for every player from DE who first deposits at least 20.00 EUR within 30 days of sign-up, once per player.',
      expect.stringContaining('25%, 30% from 1000.00 EUR'),
      'An admin fee of 10% of gross revenue is taken off net revenue.',
      'A negative result is not carried over: the next period starts from zero.',
      'Billed every calendar month (Europe/Berlin), in EUR.',
    ]);
  });

  it('A03 take every strategy and show it as it was given, with its caps and the hold', async () => {
    const strategies = [
      { ...CPL, countries: ['DE'], capCount: 100, capAmount: '400.00' },
      { type: 'cpa', amount: '100.00', criteria: { depositsCountAtLeast: 1 }, capCount: 10 },
      { type: 'sale', amount: '10.00', capAmount: '1000.00' },
      { type: 'sale', rateBps: 500, capCount: 5 },
      { ...SHARE, capAmount: '5000.00' },
      {
        type: 'sub_affiliate',
        levels: [
          { level: 1, rateBps: 1000 },
          { level: 2, rateBps: 500 },
        ],
        onlyWhenInviterEarned: true,
        capAmount: '250.00',
      },
    ];
    const made = await create({ strategies, holdDays: 14 });
    expect(made).toMatchObject({ strategies, holdDays: 14 });
    const seen = body<Plan>(await partner.get(`partner/commission-plans/${made.id}`), 200);
    expect(seen).toMatchObject({ strategies, holdDays: 14 });
    const listed = body<{ items: Plan[] }>(await partner.get('partner/commission-plans'), 200);
    expect(listed.items.find(({ id }) => id === made.id)!.terms).toEqual(seen.terms);
    expect(seen.terms).toContain('A bill is held until 14 days after the end of its period.');
    expect(seen.terms[0]).toContain('At most the first 100 players and 400.00 EUR a calendar month.');
    // One part changed makes a version with all the others as they were.
    const changed = body<Plan>(
      await operator.patch(`operator/commission-plans/${made.id}`, { holdDays: 0 }),
      200,
    );
    expect(changed).toMatchObject({
      version: 1,
      holdDays: 14,
      next: { version: 2, strategies, holdDays: 0 },
    });
  });

  it('A20 list default plans for everybody and individual ones for the named partners', async () => {
    const { brandId, planId } = await makeProgram(operator);
    const own = await create({ brandId, availability: 'individual', partnerIds: [partnerId] });
    const list = async (person: Person) =>
      body<{ items: Plan[] }>(await person.get(`partner/commission-plans?brandId=${brandId}`), 200).items.map(
        ({ id }) => id,
      );
    expect(await list(partner)).toEqual([planId, own.id]);
    expect(await list(stranger)).toEqual([planId]);
    body(await stranger.get(`partner/commission-plans/${own.id}`), 404);
    expect(body(await partner.get(`partner/commission-plans/${own.id}`), 200)).not.toHaveProperty(
      'partnerIds',
    );

    const plans = app.app.get(CommissionPlans);
    await plans.assertAvailable(app.db, own.id, brandId, partnerId);
    const refused = { code: 'COMMISSION_PLAN_NOT_AVAILABLE', kind: 'invalid' };
    await expect(plans.assertAvailable(app.db, own.id, brandId, randomUUID())).rejects.toMatchObject(refused);
    await expect(plans.assertAvailable(app.db, own.id, program.brandId, partnerId)).rejects.toMatchObject(
      refused,
    );
    body(await operator.patch(`operator/commission-plans/${own.id}`, { state: 'archived' }), 200);
    await expect(plans.assertAvailable(app.db, own.id, brandId, partnerId)).rejects.toMatchObject(refused);
    expect(await list(partner)).toEqual([planId]);
    body(await partner.get(`partner/commission-plans/${own.id}`), 200);
    expect(await plans.listToBill(app.db)).toContainEqual({ id: own.id, paysForOthers: false });
  });

  it('B11 tell every named partner of what operators change, and of no other partner', async () => {
    const names = body<{ partnerId: string }>(await stranger.get('me'), 200).partnerId;
    const individual = { availability: 'individual', partnerIds: [partnerId] };
    const { id } = await create({ ...individual, strategies: [CPL] });
    const path = `operator/commission-plans/${id}`;
    const terms = { strategies: [{ type: 'cpl', amount: '1.00' }], effectiveFrom: 'current_period' };
    body(await operator.patch(path, terms), 200);
    body(await operator.patch(path, { partnerIds: [partnerId, names] }), 200);
    body(await operator.patch(path, { partnerIds: [names] }), 200);
    body(await operator.patch(path, { availability: 'default' }), 200);
    const read = async (person: Person) => {
      const log = await person.get('partner/impersonation-log?kind=change');
      const entries = body<{ items: { subjectId: string }[] }>(log, 200).items.filter(
        ({ subjectId }) => subjectId === id,
      );
      expect(JSON.stringify(entries)).not.toContain(person === partner ? names : partnerId);
      return entries;
    };
    const paying = (amountMinor: string) => ({ strategies: [{ type: 'cpl', amountMinor }] });
    expect(await read(partner)).toMatchObject([
      { action: 'commission_plan.change', before: paying('100'), after: null },
      { action: 'commission_plan.change', before: paying('100'), after: paying('100') },
      { action: 'commission_plan.change', before: paying('500'), after: paying('100') },
      { action: 'commission_plan.create', before: null, after: paying('500') },
    ]);
    expect(await read(stranger)).toMatchObject([
      { before: { availability: 'individual' }, after: { availability: 'default' } },
      { before: paying('100'), after: paying('100') },
      { before: null, after: paying('100') },
    ]);
  });

  it.each<[string, object, number, string]>([
    ['no strategy', { strategies: [] }, 400, 'strategies'],
    ['eleven strategies', { strategies: Array.from({ length: 11 }, () => SHARE) }, 400, 'strategies'],
    ['a strategy that is no object', { strategies: [null] }, 400, 'strategies'],
    ['an unknown strategy', { strategies: [{ type: 'lottery' }] }, 400, 'strategies.0.type'],
    ['an unknown base', { strategies: [SHARE, { ...SHARE, base: 'luck' }] }, 400, 'strategies.1.base'],
    ['no tiers', { strategies: [{ ...SHARE, tiers: [] }] }, 400, 'strategies.0.tiers'],
    ['a tier that is no object', { strategies: [{ ...SHARE, tiers: [null] }] }, 400, 'strategies.0.tiers'],
    [
      'a rate above 100 %',
      { strategies: [{ ...SHARE, tiers: [{ from: '0', rateBps: 10_001 }] }] },
      400,
      'strategies.0.tiers.0.rateBps',
    ],
    [
      'an unknown criterion',
      { strategies: [{ type: 'cpa', amount: '1.00', criteria: { mood: 'good' } }] },
      400,
      'strategies.0.criteria.mood',
    ],
    [
      'a country that is none',
      { strategies: [{ type: 'cpa', amount: '1.00', criteria: { countries: ['XX1'] } }] },
      400,
      'strategies.0.criteria.countries',
    ],
    [
      'criteria as a list',
      { strategies: [{ type: 'cpa', amount: '1.00', criteria: [] }] },
      400,
      'strategies.0.criteria',
    ],
    [
      'a cap that is no amount',
      { strategies: [SHARE, { type: 'cpl', amount: '5.00', capAmount: 'lots' }] },
      422,
      'strategies.1.capAmount',
    ],
    [
      'a cap of zero',
      { strategies: [{ type: 'cpl', amount: '5.00', capAmount: '0.00' }] },
      422,
      'strategies.0.capAmount',
    ],
    ['a cap on no players', { strategies: [{ ...CPL, capCount: 0 }] }, 400, 'strategies.0.capCount'],
    ['a count cap on a share', { strategies: [{ ...SHARE, capCount: 1 }] }, 400, 'strategies.0.capCount'],
    [
      'an amount of zero per registration',
      { strategies: [{ ...CPL, amount: '0' }] },
      422,
      'strategies.0.amount',
    ],
    [
      'a country in lower case',
      { strategies: [{ ...CPL, countries: ['de'] }] },
      400,
      'strategies.0.countries',
    ],
    [
      'a criterion of a country in lower case',
      { strategies: [{ type: 'cpa', amount: '1.00', criteria: { countries: ['de'] } }] },
      400,
      'strategies.0.criteria.countries',
    ],
    ['countries without any', { strategies: [{ ...CPL, countries: [] }] }, 400, 'strategies.0.countries'],
    ['a sale for nothing', { strategies: [{ type: 'sale' }] }, 422, 'strategies.0.amount'],
    [
      'a sale paid twice over',
      { strategies: [{ type: 'sale', amount: '1.00', rateBps: 100 }] },
      422,
      'strategies.0.amount',
    ],
    ['an order of 101 %', { strategies: [{ type: 'sale', rateBps: 10_100 }] }, 400, 'strategies.0.rateBps'],
    ['no levels', { strategies: [{ type: 'sub_affiliate', levels: [] }] }, 400, 'strategies.0.levels'],
    [
      'an eleventh level',
      { strategies: [{ type: 'sub_affiliate', levels: [{ level: 11, rateBps: 1 }] }] },
      400,
      'strategies.0.levels.0.level',
    ],
    [
      'a level named twice',
      {
        strategies: [
          SHARE,
          {
            type: 'sub_affiliate',
            levels: [
              { level: 1, rateBps: 1 },
              { level: 1, rateBps: 2 },
            ],
          },
        ],
      },
      422,
      'strategies.1.levels.1.level',
    ],
    ['a hold of more than a year', { holdDays: 366 }, 400, 'holdDays'],
    ['an unknown zone', { timeZone: 'Mars/Base' }, 400, 'timeZone'],
    ['an offset as zone', { timeZone: '+02:00' }, 400, 'timeZone'],
    ['another currency', { currency: 'USD' }, 422, 'currency'],
    ['an amount of zero', { strategies: [{ type: 'cpa', amount: '0.00' }] }, 422, 'strategies.0.amount'],
    [
      'an amount with an exponent',
      { strategies: [{ type: 'cpa', amount: '1e3' }] },
      422,
      'strategies.0.amount',
    ],
    [
      'a criterion with too many decimals',
      { strategies: [{ type: 'cpa', amount: '1.00', criteria: { wagerAtLeast: '1.001' } }] },
      422,
      'strategies.0.criteria.wagerAtLeast',
    ],
    [
      'tiers that do not start at zero',
      { strategies: [{ ...SHARE, tiers: [{ from: '1.00', rateBps: 1 }] }] },
      422,
      'strategies.0.tiers.0.from',
    ],
    ['an individual plan for nobody', { availability: 'individual' }, 422, 'partnerIds'],
    ['a default plan for some', { partnerIds: [randomUUID()] }, 422, 'partnerIds'],
    [
      'a partner that does not exist',
      { availability: 'individual', partnerIds: [randomUUID()] },
      422,
      'partnerIds',
    ],
  ])('refuse %s and name the field', async (_name, change, status, path) => {
    const problem = body<{ errors: { path: string }[] }>(
      await operator.post('operator/commission-plans', input(change)),
      status,
    );
    expect(problem.errors.map((error) => error.path)).toEqual([path]);
  });

  it('refuse to change what bills depend on', async () => {
    for (const change of [
      { period: 'daily' },
      { timeZone: 'UTC' },
      { brandId: program.brandId },
      { currency: 'EUR' },
    ]) {
      body(await operator.patch(`operator/commission-plans/${program.planId}`, change), 400);
    }
    body(await operator.patch(`operator/commission-plans/${randomUUID()}`, { name: 'X' }), 404);
  });

  it.each([1, null])('say of the amount %s that it is a string', async (amount) => {
    const problem = body<{ errors: object[] }>(
      await operator.post('operator/commission-plans', input({ strategies: [{ ...CPL, amount }] })),
      400,
    );
    expect(problem.errors).toEqual([{ path: 'strategies.0.amount', message: 'amount must be a string' }]);
  });

  it('calculate every measure alike in SQL and in the program', async () => {
    const sums = Object.fromEntries(
      ACTIVITY_COLUMNS.map((column, index) => [column, BigInt(7 ** (index % 9)) * 3n]),
    );
    const columns = ACTIVITY_COLUMNS.map((column) => `${sums[column]}::bigint AS ${column}`).join(', ');
    for (const name of Object.keys(MEASURES) as MeasureName[]) {
      const [row] = await app.db.query<{ value: string }[]>(
        `SELECT (${measureSql(
          name,
          (column) => `a.${column}`,
          (column) => `a.${column} * $1::numeric`,
        )} * 10000)::numeric(40, 0) AS value FROM (SELECT ${columns}) a
          WHERE $1::integer > 0`,
        [1234],
      );
      expect(BigInt(row!.value), name).toBe(evaluateMeasureScaled(name, sums, 1234));
    }
  });
});
