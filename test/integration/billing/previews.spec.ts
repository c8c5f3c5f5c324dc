import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlanDrafts, PlanEditor } from '../../../src/commissions/index.js';
import { PlanPreviews } from '../../../src/billing/previews/plan-previews.service.js';
import type { PreviewDto } from '../../../src/billing/previews/preview.dto.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, multiplyPartners, SHARE_25 } from './scene.js';

describe('A03 previews of commission plans', () => {
  let app: TestApp;
  let scene: BillingScene;
  let account: Account;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-30T08:00:00Z');
    scene = await BillingScene.open(app);
    account = await scene.account({
      strategies: [
        CPA_50,
        { ...SHARE_25, capAmount: '3.00' },
        { type: 'cpl', amount: '5.00' },
        { type: 'sale', rateBps: 1000 },
      ],
    });
    app.clock.set('2026-11-05T00:00:00Z');
    await account.qualify('a', '2026-10-02');
    await account.qualify('b', '2026-10-31');
    await account.qualify('before', '2026-09-30');
    await account.play('a', '2026-10-31T23:00:00Z', { sums: { bets_sum: 3000, wins_sum: 1000 } });
    await account.order('o', '2026-10-10T00:00:00Z', '33.00', 'approved');
    await account.order('p', '2026-10-10T00:00:00Z', '90.00', 'pending');
    await account.play('a', '2026-11-01T00:00:00Z', { sums: { bets_sum: 100_000 } });
  });
  afterAll(() => app.close());

  const drafts = (): PlanDrafts => app.app.get(PlanDrafts);
  const scopeOf = (scope: object) => ({ limit: 20, offset: 0, ...scope });
  const ofPlan = async (change: object = {}, scope: object = {}): Promise<PreviewDto> => {
    const draft = await drafts().ofPlan(app.db.manager, account.planId, change);
    return app.app.get(PlanPreviews).preview(draft, { planId: account.planId }, scopeOf(scope));
  };
  const ofNew = async (terms: object, scope: object = {}): Promise<PreviewDto> => {
    const input = {
      brandId: scene.brandId,
      period: 'monthly' as const,
      timeZone: 'UTC',
      strategies: [SHARE_25],
    };
    const draft = await drafts().ofNewPlan(app.db.manager, { ...input, ...terms });
    return app.app.get(PlanPreviews).preview(draft, { brandId: scene.brandId }, scopeOf(scope));
  };

  it('come to what the bill run then bills, and keep nothing', async () => {
    const seen = await ofPlan();
    // 2 × 50.00; 25 % of 20.00 capped at 3.00; 2 × 5.00; 10 % of 33.00.
    expect(seen).toMatchObject({
      ...{ firstDay: '2026-10-01', lastDay: '2026-10-31', periods: 1, currency: 'EUR', partnersPaid: 1 },
      paid: { amount: '116.30', currency: 'EUR' },
      carriedOver: { amount: '0.00' },
      strategies: [
        { index: 0, type: 'cpa', quantity: 2, amount: { amount: '100.00' } },
        { index: 1, type: 'revshare', quantity: 0, amount: { amount: '3.00' } },
        { index: 2, type: 'cpl', quantity: 2, amount: { amount: '10.00' } },
        { index: 3, type: 'sale', quantity: 1, amount: { amount: '3.30' } },
      ],
      partners: [{ partnerId: scene.partnerId, name: 'ann', paid: { amount: '116.30' } }],
    });
    expect(seen.terms[0]).toContain('50.00 EUR for every player');
    for (const table of ['bills', 'player_qualifications', 'billing_positions']) {
      expect(await app.db.query(`SELECT FROM ${table}`)).toEqual([]);
    }
    await account.bill('2026-10-31');
    const bills = await account.bills();
    expect(bills.find(({ period }) => period === '2026-10-01')!.issued).toBe('116.30');
    // What was billed since makes no difference to what would have been paid.
    expect((await ofPlan()).paid).toEqual(seen.paid);
  });

  it('try changed terms on the plan’s campaigns, and new ones on all of the brand', async () => {
    const other = await scene.account({ strategies: [SHARE_25] });
    await other.register('c', '2026-10-03T00:00:00Z');
    await other.play('c', '2026-10-03T01:00:00Z', { sums: { bets_sum: 10_000 } });
    expect((await ofPlan({ strategies: [SHARE_25] })).paid.amount).toBe('5.00');
    // 25 % of 20.00 + 100.00
    expect((await ofNew({})).paid.amount).toBe('30.00');
    expect((await ofNew({}, { partnerId: '01900000-0000-7000-8000-000000000000' })).partners).toEqual([]);
    // By the day: October 2nd to 3rd have 31 − 29 days of it.
    const daily = await ofNew({ period: 'daily' }, { from: '2026-10-02', to: '2026-10-03' });
    expect(daily).toMatchObject({ periods: 2, paid: { amount: '25.00' } });
    // In Berlin the last hour of October is in November.
    expect((await ofNew({ timeZone: 'Europe/Berlin' })).paid.amount).toBe('25.00');
  });

  it('carry losses as bills do', async () => {
    const losing = await scene.account({ strategies: [SHARE_25], period: 'daily' });
    await losing.register('l', '2026-10-01T00:00:00Z');
    await losing.play('l', '2026-10-01T01:00:00Z', { sums: { wins_sum: 4000 } });
    await losing.play('l', '2026-10-02T01:00:00Z', { sums: { bets_sum: 1000 } });
    const tried = async (negativeCarryOver: boolean): Promise<[string, string]> => {
      const draft = await drafts().ofPlan(app.db.manager, losing.planId, { negativeCarryOver });
      const scope = scopeOf({ from: '2026-10-01', to: '2026-10-02' });
      const { paid, carriedOver } = await app.app
        .get(PlanPreviews)
        .preview(draft, { planId: losing.planId }, scope);
      return [paid.amount, carriedOver.amount];
    };
    // −10.00 and 2.50
    expect(await tried(true)).toEqual(['0.00', '-7.50']);
    expect(await tried(false)).toEqual(['2.50', '0.00']);
  });

  it('take for each period the terms in force then, as bills do, unless other ones are tried', async () => {
    const cpl = (amount: string) => ({ type: 'cpl' as const, amount });
    const changed = await scene.account({ strategies: [cpl('10.00')], period: 'daily' });
    for (const day of ['01', '02', '03']) await changed.register(`r${day}`, `2026-10-${day}T10:00:00Z`);
    const actor = await scene.operatorActor();
    const change = async (at: string, terms: object): Promise<void> => {
      const now = app.clock.now();
      app.clock.set(at);
      const editor = app.app.get(PlanEditor);
      await app.app.get(UnitOfWork).run((tx) => editor.change(tx, actor, changed.planId, terms));
      app.clock.set(now.toISOString());
    };
    const tried = async (terms: object = {}): Promise<PreviewDto> => {
      const draft = await drafts().ofPlan(app.db.manager, changed.planId, terms);
      const scope = scopeOf({ from: '2026-10-01', to: '2026-10-03' });
      return app.app.get(PlanPreviews).preview(draft, { planId: changed.planId }, scope);
    };
    await change('2026-10-01T12:00:00Z', { holdDays: 2 });
    await change('2026-10-02T12:00:00Z', { strategies: [{ type: 'sale', rateBps: 1000 }, cpl('4.00')] });
    const seen = await tried();
    const sum = (index: number, type: string, quantity: number, amount: string) => ({
      ...{ index, type, quantity, amount: { amount, currency: 'EUR' } },
    });
    // 2 × 10.00, and on the 3rd 4.00
    expect(seen).toMatchObject({
      paid: { amount: '24.00' },
      strategies: [sum(0, 'cpl', 2, '20.00'), sum(1, 'sale', 0, '0.00'), sum(2, 'cpl', 1, '4.00')],
    });
    expect(seen.partners).toMatchObject([{ paid: seen.paid, strategies: seen.strategies }]);
    expect(seen.terms[1]).toContain('4.00 EUR');
    await change('2026-11-05T00:00:00Z', { strategies: [cpl('1.00')] });
    expect(await tried()).toEqual(seen);
    expect((await tried({ adminFeeBps: 100 })).paid.amount).toBe('3.00');
    expect((await tried({ strategies: [cpl('2.00')] })).paid.amount).toBe('6.00');
    await changed.bill('2026-10-03');
    expect((await changed.bills()).map(({ issued }) => issued)).toEqual(['10.00', '10.00', '4.00']);
  });

  it('show those who would be paid most, page by page, of however many', async () => {
    const many = await scene.account({ strategies: [CPA_50, SHARE_25] });
    await many.register('x', '2026-10-01T00:00:00Z');
    await multiplyPartners(scene, many, 450, '2026-10-05');
    const draft = await drafts().ofPlan(app.db.manager, many.planId, {});
    const previews = app.app.get(PlanPreviews);
    const page = (offset: number) =>
      previews.preview(draft, { planId: many.planId }, scopeOf({ limit: 100, offset }));
    const first = await page(0);
    // 450 × 51.00
    expect(first).toMatchObject({ paid: { amount: '22950.00' }, partnersPaid: 450 });
    const pages = [first, await page(100), await page(200), await page(300), await page(400)];
    const ids = pages.flatMap(({ partners }) => partners.map(({ partnerId }) => partnerId));
    expect(new Set(ids).size).toBe(450);
    expect(pages.at(-1)!.partners).toHaveLength(50);
  });

  it('refuse a time without a period that is over, and say which field', async () => {
    const refused = (path: string) => ({ kind: 'invalid', details: { errors: [{ path }] } });
    await expect(ofNew({}, { from: '2026-10-02', to: '2026-10-30' })).rejects.toMatchObject(refused('to'));
    await expect(ofNew({}, { from: '2026-11-01', to: '2026-11-30' })).rejects.toMatchObject(refused('to'));
    await expect(ofNew({}, { from: '2025-01-01', to: '2026-10-30' })).rejects.toMatchObject(refused('to'));
    await expect(ofNew({}, { from: '2026-10-01' })).rejects.toMatchObject(refused('to'));
    await expect(ofNew({ strategies: [{ type: 'sale' }] })).rejects.toMatchObject(
      refused('strategies.0.amount'),
    );
  });

  it('are asked for over HTTP by operators, never by partners', async () => {
    app.clock.set('2026-09-01T08:05:00Z');
    const terms = { brandId: scene.brandId, period: 'daily', timeZone: 'UTC', strategies: [SHARE_25] };
    const days = { from: '2026-08-01', to: '2026-08-31' };
    const path = 'operator/commission-plans';
    expect(body(await scene.operator.post(`${path}/preview`, { ...terms, ...days }), 200)).toMatchObject({
      periods: 31,
      partners: [],
    });
    body(await scene.operator.post(`${path}/${account.planId}/preview`, days), 200);
    const wrong = { ...terms, strategies: [{ ...SHARE_25, base: 'luck' }], limit: 0 };
    const { errors } = body<{ errors: { path: string }[] }>(
      await scene.operator.post(`${path}/preview`, wrong),
      400,
    );
    expect(errors.map((error) => error.path).sort()).toEqual(['limit', 'strategies.0.base']);
    body(await scene.partner.post(`${path}/preview`, { ...terms, ...days }), 403);
  });
});
