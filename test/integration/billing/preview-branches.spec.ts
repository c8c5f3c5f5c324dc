import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlanPreviews } from '../../../src/billing/previews/plan-previews.service.js';
import type { PreviewDto } from '../../../src/billing/previews/preview.dto.js';
import { PlanDrafts } from '../../../src/commissions/index.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { type Account, BillingScene, CPA_50, type PlanTermsInput, runBills, SHARE_25 } from './scene.js';

const SHARE_BY_LEVEL = {
  type: 'sub_affiliate' as const,
  levels: [
    { level: 1, rateBps: 1_000 },
    { level: 2, rateBps: 333 },
  ],
};

describe('A03 A08 previews of commission for sub-affiliates', () => {
  let app: TestApp;
  let ann: BillingScene;
  let families = 0;

  beforeAll(async () => {
    app = await createTestApp({ background: false, clock: new TestClock('2026-01-20T12:00:00Z') });
    ann = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  interface Family {
    planId: string;
    partnerIds: string[];
    accounts: Account[];
    /** The last one’s campaign on a plan of its own. */
    elsewhere: Account;
  }

  /** Four partners on one plan: the first brought the second, who brought the other two. */
  async function family(terms: PlanTermsInput): Promise<Family> {
    app.clock.set('2026-01-20T12:00:00Z');
    families += 1;
    const top = await ann.join(`top-${families}@partners.example`);
    const inviter = await top.account(terms);
    const { planId } = inviter;
    const middle = await ann.join(`middle-${families}@partners.example`, inviter);
    const middleAccount = await middle.accountOn(planId);
    const left = await ann.join(`left-${families}@partners.example`, middleAccount);
    const right = await ann.join(`right-${families}@partners.example`, middleAccount);
    const accounts = [inviter, middleAccount, await left.accountOn(planId), await right.accountOn(planId)];
    const elsewhere = await right.account({ strategies: [CPA_50] });
    return {
      planId,
      accounts,
      elsewhere,
      partnerIds: [top, middle, left, right].map((one) => one.partnerId),
    };
  }

  const days = { from: '2026-01-01', to: '2026-01-31' };

  async function previewOf(planId: string, partnerId?: string, change: object = {}): Promise<PreviewDto> {
    const draft = await app.app.get(PlanDrafts).ofPlan(app.db.manager, planId, change);
    const scope = { limit: 100, offset: 0, ...days, partnerId };
    return app.app.get(PlanPreviews).preview(draft, { planId }, scope);
  }

  /** What bills of the plan hold: in all, and by partner. */
  async function billed(planId: string): Promise<[string, string][]> {
    const rows = await app.db.query<{ partner: string; issued: string }[]>(
      `SELECT partner_id AS partner, (sum(issued_minor) / 100.0)::numeric(20, 2)::text AS issued
         FROM bills WHERE plan_id = $1 GROUP BY partner_id`,
      [planId],
    );
    return rows.map(({ partner, issued }): [string, string] => [partner, issued]).sort();
  }

  const STRATEGIES = {
    byLevel: [CPA_50, SHARE_25, SHARE_BY_LEVEL],
    whoEarned: [CPA_50, SHARE_25, { ...SHARE_BY_LEVEL, onlyWhenInviterEarned: true }],
    capped: [CPA_50, { ...SHARE_BY_LEVEL, capAmount: '3.00' }, { ...SHARE_BY_LEVEL, capAmount: '4.00' }],
  };

  it('come to what the run then bills, whoever did what, in whatever periods', async () => {
    const deed = fc.record({
      who: fc.integer({ min: 0, max: 4 }),
      day: fc.integer({ min: 1, max: 29 }),
      what: fc.oneof(fc.constant('qualify' as const), fc.integer({ min: -5_000, max: 5_000 })),
    });
    const terms = fc.record({
      strategies: fc.constantFrom(...Object.values(STRATEGIES)),
      period: fc.constantFrom('monthly' as const, 'daily' as const),
      negativeCarryOver: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(terms, fc.array(deed, { minLength: 1, maxLength: 8 }), async (tried, deeds) => {
        const { planId, accounts, elsewhere, partnerIds } = await family(tried);
        for (const [index, { who, day, what }] of deeds.entries()) {
          const account = [...accounts, elsewhere][who]!;
          const date = `2026-01-${String(day).padStart(2, '0')}`;
          if (what === 'qualify') await account.qualify(`p${index}`, date);
          else {
            await account.register(`p${index}`, `${date}T10:00:00Z`);
            const sums: Record<string, number> = what < 0 ? { wins_sum: -what } : { bets_sum: what };
            await account.play(`p${index}`, `${date}T11:00:00Z`, { sums });
          }
        }
        app.clock.set('2026-02-02T00:00:00Z');
        await runBills(app, '2026-01-31', elsewhere.planId);
        const seen = await previewOf(planId);
        const alone = await Promise.all(partnerIds.map((partnerId) => previewOf(planId, partnerId)));
        await runBills(app, '2026-01-31', planId);
        const bills = await billed(planId);
        expect(seen.partners.map(({ partnerId, paid }) => [partnerId, paid.amount]).sort()).toEqual(bills);
        expect(alone.flatMap(({ partners }) => partners).map(({ partnerId, paid }) => [partnerId, paid.amount]).sort()).toEqual(bills); // prettier-ignore
        const lines = await app.db.query<{ amount: string; partners: number }[]>(
          `SELECT (coalesce(sum(amount_minor), 0) / 100.0)::numeric(20, 2)::text AS amount,
                  coalesce(sum(quantity), 0)::int AS partners
             FROM bill_lines WHERE plan_id = $1 AND strategy = 'sub_affiliate'`,
          [planId],
        );
        const shares = seen.strategies.filter(({ type }) => type === 'sub_affiliate');
        const total = shares.reduce((sum, { amount }) => sum + Math.round(Number(amount.amount) * 100), 0);
        expect((total / 100).toFixed(2)).toBe(lines[0]!.amount);
        // What was billed since makes no difference to what would have been paid.
        expect(await previewOf(planId)).toEqual(seen);
      }),
      { numRuns: 6 },
    );
  });

  it('try shares that the plan does not pay yet, by hand: 10 % of 100.00, 10 % of 50.00 and 3.33 % of 100.00', async () => {
    const { planId, accounts, partnerIds } = await family({ strategies: [CPA_50] });
    const [, middle, left, right] = accounts;
    await middle!.qualify('m', '2026-01-05');
    await left!.qualify('l', '2026-01-06');
    await right!.qualify('r', '2026-01-07');
    app.clock.set('2026-02-02T00:00:00Z');
    const seen = await previewOf(planId, undefined, { strategies: [CPA_50, SHARE_BY_LEVEL] });
    expect(seen.paid.amount).toBe('168.33');
    expect(seen.strategies[1]).toMatchObject({
      type: 'sub_affiliate',
      quantity: 5,
      amount: { amount: '18.33' },
    });
    const paid = new Map(seen.partners.map((partner) => [partner.partnerId, partner.paid.amount]));
    expect(partnerIds.map((id) => paid.get(id))).toEqual(['8.33', '60.00', '50.00', '50.00']);
  });

  it('leave out what is earned while the inviter is suspended when the period begins', async () => {
    const { planId, accounts, partnerIds } = await family({ strategies: STRATEGIES.byLevel });
    await accounts[1]!.qualify('m', '2026-01-05');
    app.clock.set('2026-02-02T00:00:00Z');
    await app.db.query(
      `INSERT INTO partner_suspensions (id, partner_id, reason, suspended_at, reactivated_at)
       VALUES (gen_random_uuid(), $1, 'Own clicks', '2025-12-30', '2026-01-02')`,
      [partnerIds[0]],
    );
    expect((await previewOf(planId)).paid.amount).toBe('50.00');
  });

  it('count the same terms for everybody when they are tried on the whole brand', async () => {
    const { accounts, elsewhere, partnerIds } = await family({ strategies: [SHARE_25] });
    await elsewhere.qualify('e', '2026-01-05');
    await accounts[2]!.qualify('l', '2026-01-05');
    app.clock.set('2026-02-02T00:00:00Z');
    await runBills(app, '2026-01-31', elsewhere.planId);
    const draft = await app.app.get(PlanDrafts).ofNewPlan(app.db.manager, {
      brandId: ann.brandId,
      period: 'monthly',
      timeZone: 'UTC',
      strategies: [CPA_50, SHARE_BY_LEVEL],
    });
    const scope = { limit: 100, offset: 0, ...days, partnerId: partnerIds[1] };
    const seen = await app.app.get(PlanPreviews).preview(draft, { brandId: ann.brandId }, scope);
    // 10 % of two players
    expect(seen.partners).toMatchObject([{ partnerId: partnerIds[1], paid: { amount: '10.00' } }]);
  });
});
