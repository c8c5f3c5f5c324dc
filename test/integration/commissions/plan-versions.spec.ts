import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommissionPlans } from '../../../src/commissions/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program, SHARE } from '../../support/program.js';

const cpl = (amount: string) => ({ type: 'cpl', amount });
/** Its first instant in Berlin. */
const DECEMBER = '2026-11-30T23:00:00.000Z';

interface Terms {
  version: number;
  effectiveFrom: string | null;
  terms: string[];
  strategies: object[];
}
interface Plan extends Terms {
  id: string;
  next: Terms | null;
}

describe('versions of commission plans', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;
  let program: Program;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-11-05T08:00:00Z');
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    partner = await joinAsPartner(app, operator, 'plans@partners.example');
    program = await makeProgram(operator);
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    app.clock.set('2026-11-05T08:00:00Z');
    operator = await operator.signInAgain();
    partner = await partner.signInAgain();
  });

  const create = async (change: object = {}): Promise<Plan> =>
    body<Plan>(
      await operator.post('operator/commission-plans', {
        ...{ brandId: program.brandId, name: 'Plan', period: 'monthly', timeZone: 'Europe/Berlin' },
        ...{ strategies: [SHARE], ...change },
      }),
      201,
    );

  it('keep the terms of every period: changed ones make a version from the next period on', async () => {
    const { id } = await create();
    const change = async (terms: object): Promise<Plan> =>
      body<Plan>(await operator.patch(`operator/commission-plans/${id}`, terms), 200);
    expect(await change({ name: 'Renamed' })).toMatchObject({
      name: 'Renamed',
      version: 1,
      effectiveFrom: null,
    });
    // The clock stands in November 2026; December begins at 23:00 UTC of the last of November.
    const next = await change({ adminFeeBps: 500, negativeCarryOver: true });
    expect(next).toMatchObject({
      ...{ version: 1, effectiveFrom: null, adminFeeBps: 0, negativeCarryOver: false },
      next: {
        ...{ version: 2, effectiveFrom: DECEMBER, adminFeeBps: 500, negativeCarryOver: true },
        strategies: [SHARE],
      },
    });
    const now = await change({
      strategies: [{ type: 'cpa', amount: '5.00' }],
      effectiveFrom: 'current_period',
    });
    // What waits for December takes the change, too, and keeps its own fee.
    const strategies = [{ type: 'cpa', amount: '5.00', criteria: {} }];
    expect(now).toMatchObject({
      ...{ version: 3, effectiveFrom: '2026-10-31T23:00:00.000Z', adminFeeBps: 0, strategies },
      next: { version: 4, effectiveFrom: DECEMBER, adminFeeBps: 500, strategies },
    });

    const plans = app.app.get(CommissionPlans);
    const versionAt = (at: string) => plans.getVersion(app.db, id, new Date(at));
    expect(await versionAt('2026-09-30T22:00:00Z')).toMatchObject({ version: 1 });
    expect(await versionAt('2026-10-31T23:00:00Z')).toMatchObject({
      ...{ version: 3, adminFeeBps: 0, negativeCarryOver: false },
      strategies: [{ type: 'cpa', amountMinor: 500n, criteria: {} }],
    });
    expect(await versionAt('2026-11-30T23:00:00Z')).toMatchObject({ version: 4, negativeCarryOver: true });
    expect((await plans.getVersion(app.db, id)).strategies).toEqual([
      { type: 'cpa', amountMinor: 500n, criteria: {} },
    ]);
    expect((await plans.getWithVersions(app.db, id)).versions.map(({ version }) => version)).toEqual([
      1, 2, 3, 4,
    ]);
    await expect(app.asOwner('UPDATE commission_plan_versions SET admin_fee_bps = 1')).rejects.toThrow(
      /append-only/,
    );
  });

  it('show the terms of the current period, and beside them those that wait', async () => {
    const { id } = await create({ strategies: [cpl('10.00')] });
    const changed = await operator.patch(`operator/commission-plans/${id}`, { strategies: [cpl('1.00')] });
    const first = { version: 1, effectiveFrom: null, strategies: [cpl('10.00')] };
    const second = { version: 2, effectiveFrom: DECEMBER, strategies: [cpl('1.00')] };
    expect(body(changed, 200)).toMatchObject({ ...first, next: second });
    const seen = body<Plan>(await partner.get(`partner/commission-plans/${id}`), 200);
    expect(seen).toMatchObject({ ...first, next: { ...second, adminFeeBps: 0, holdDays: 0 } });
    expect([seen.terms[0], seen.next!.terms[0]]).toEqual([
      expect.stringContaining('10.00 EUR'),
      expect.stringContaining('1.00 EUR'),
    ]);
    const listed = body<{ items: Plan[] }>(await partner.get('partner/commission-plans'), 200);
    expect(listed.items.find((plan) => plan.id === id)).toEqual(seen);

    app.clock.set(DECEMBER);
    partner = await partner.signInAgain();
    const later = body<Plan>(await partner.get(`partner/commission-plans/${id}`), 200);
    expect(later).toMatchObject({ ...second, next: null });
  });

  it('are in the audit log as they were in force and as they wait', async () => {
    const { id } = await create({ strategies: [cpl('10.00')] });
    body(await operator.patch(`operator/commission-plans/${id}`, { strategies: [cpl('1.00')] }), 200);
    const [{ before, after }] = await app.db.query<[{ before: object; after: object }]>(
      `SELECT before, after FROM audit_log WHERE subject_id = $1 AND action = 'commission_plan.change'`,
      [id],
    );
    expect(before).toMatchObject({ version: 1, next: null });
    const waiting = { version: 2, strategies: [{ type: 'cpl', amountMinor: '100' }] };
    expect(after).toMatchObject({ version: 1, next: waiting });
  });

  it('are made only when the terms differ', async () => {
    const terms = { strategies: [SHARE, { type: 'cpa', amount: '5.00' }], adminFeeBps: 100, holdDays: 3 };
    const { id } = await create(terms);
    const change = async (to: object): Promise<Plan> =>
      body<Plan>(await operator.patch(`operator/commission-plans/${id}`, to), 200);
    expect(await change(terms)).toMatchObject({ version: 1, next: null });
    expect(await change({ ...terms, effectiveFrom: 'current_period' })).toMatchObject({
      version: 1,
      next: null,
    });
    expect(await change({ holdDays: 4 })).toMatchObject({ version: 1, next: { version: 2 } });
    expect(await change({ ...terms, holdDays: 4 })).toMatchObject({ version: 1, next: { version: 2 } });
    // What waits holds for 4 days already; it stays behind the terms that come before it.
    expect(await change({ holdDays: 4, effectiveFrom: 'current_period' })).toMatchObject({
      ...{ version: 3, holdDays: 4 },
      next: { version: 4, holdDays: 4, effectiveFrom: DECEMBER },
    });
    // What is in force has the fee already, what waits has not.
    await change({ adminFeeBps: 200 });
    expect(await change({ adminFeeBps: 100, effectiveFrom: 'current_period' })).toMatchObject({
      ...{ version: 3, adminFeeBps: 100 },
      next: { version: 6, adminFeeBps: 100 },
    });
  });

  it('refuse a time to begin when no terms change', async () => {
    const problem = body<{ errors: object[] }>(
      await operator.patch(`operator/commission-plans/${program.planId}`, {
        effectiveFrom: 'current_period',
      }),
      422,
    );
    expect(problem.errors).toEqual([
      {
        path: 'effectiveFrom',
        message: 'goes with changed terms: any of strategies, adminFeeBps, negativeCarryOver, holdDays',
      },
    ]);
  });

  it('stay readable to whoever has a campaign on the plan, who cannot choose it any more', async () => {
    const [{ id: own }] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM partners WHERE name = 'plans'`,
    );
    const other = await joinAsPartner(app, operator, 'other@partners.example');
    const [{ id: others }] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM partners WHERE name = 'other'`,
    );
    const { brandId } = program;
    const { id } = await create({ availability: 'individual', partnerIds: [own] });
    const campaign = { name: 'Mine', brandId, commissionPlanId: id };
    body(await partner.post('partner/campaigns', campaign), 201);
    body(await operator.patch(`operator/commission-plans/${id}`, { partnerIds: [others] }), 200);
    expect(body(await partner.get(`partner/commission-plans/${id}`), 200)).toMatchObject({ id, version: 1 });
    const listed = body<{ items: Plan[] }>(await partner.get('partner/commission-plans'), 200);
    expect(listed.items.map((plan) => plan.id)).not.toContain(id);
    expect(body(await partner.post('partner/campaigns', campaign), 422)).toMatchObject({
      code: 'COMMISSION_PLAN_NOT_AVAILABLE',
    });
    body(await other.get(`partner/commission-plans/${id}`), 200);
    const { id: kept } = await create({ availability: 'individual', partnerIds: [own] });
    body(await other.get(`partner/commission-plans/${kept}`), 404);
  });
});
