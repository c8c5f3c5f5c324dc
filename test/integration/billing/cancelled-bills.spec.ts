import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnbilledCredits1763000000209 } from '../../../migrations/0209-unbilled-credits.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, type PlanTermsInput, runBills } from './scene.js';

/** 50 % of bets − wins. */
const SHARE_50 = {
  type: 'revshare' as const,
  base: 'ggr' as const,
  tiers: [{ from: '0', rateBps: 5000 }],
};
const TERMS = { strategies: [SHARE_50], period: 'daily' as const };
const SHARE_BELOW = { type: 'sub_affiliate' as const, levels: [{ level: 1, rateBps: 1000 }] };

interface Amount {
  amount: string;
}
interface Explained {
  asBilled: { amount: Amount };
  now: { amount: Amount };
  outstanding: Amount;
}

describe('A13 cancelled bills', () => {
  let app: TestApp;
  let scene: BillingScene;
  let inviter: Account;
  let below: BillingScene;
  let account: Account;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    app.clock.set('2026-01-01T08:00:00Z');
    scene = await BillingScene.open(app);
    const top = await scene.join('top@partners.example');
    inviter = await top.account({ ...TERMS, strategies: [SHARE_50, SHARE_BELOW] });
    below = await scene.join('below@partners.example', inviter);
  });
  afterAll(() => app.close());

  const open = async (terms: PlanTermsInput = TERMS): Promise<void> => {
    app.clock.set('2026-03-01T00:00:00Z');
    account = await scene.account(terms);
    await account.register('a', '2026-03-01T00:00:00Z');
  };
  /** What the player's hour of the day of March comes to: 50 % of it is due. */
  const earn = (day: number, ggr: number, of = account): Promise<void> =>
    of.play('a', `2026-03-${day}T01:00:00Z`, {
      sums: ggr < 0 ? { wins_sum: -ggr * 100 } : { bets_sum: ggr * 100 },
    });
  /** Runs through the day of March, which is over. */
  const bill = async (day: number): Promise<void> => {
    app.clock.set(`2026-03-${day + 1}T00:00:00Z`);
    await runBills(app, `2026-03-${day}`, account.planId);
  };
  const cancel = async (day: number, of = account): Promise<void> => {
    const [{ id }] = await app.db.query<[{ id: string }]>(
      `SELECT b.id FROM bills b JOIN campaigns c ON c.partner_id = b.partner_id AND c.commission_plan_id = b.plan_id
        WHERE c.id = $1 AND b.first_day = $2`,
      [of.campaignId, `2026-03-${day}`],
    );
    const operator = await scene.operator.signInAgain();
    body(await operator.post(`operator/bills/${id}/cancel`, { reason: 'Not as agreed' }), 200);
  };
  const billOf = async (day: number, of = account): Promise<string[] | undefined> => {
    const found = (await of.bills()).find(({ period }) => period === `2026-03-${day}`);
    return found && [found.issued, ...found.lines];
  };

  /** How the lines of that day's bill are explained to the partner: as billed, now, outstanding. */
  const explained = async (day: number): Promise<string[][]> => {
    const lines = await app.db.query<{ id: string; bill_id: string }[]>(
      `SELECT l.id, l.bill_id FROM bill_lines l JOIN bills b ON b.id = l.bill_id
        WHERE b.plan_id = $1 AND b.first_day = $2 ORDER BY l.position`,
      [account.planId, `2026-03-${day}`],
    );
    const partner = await scene.partner.signInAgain();
    const answers: string[][] = [];
    for (const { id, bill_id: billId } of lines) {
      const { asBilled, now, outstanding } = body<Explained>(
        await partner.get(`partner/bills/${billId}/lines/${id}/explain`),
        200,
      );
      answers.push([asBilled.amount.amount, now.amount.amount, outstanding.amount]);
    }
    return answers;
  };

  it('ask nothing back that they never paid, and pay later only what goes beyond them', async () => {
    await open();
    await earn(10, 200);
    await bill(10);
    await cancel(10);
    await earn(10, 0);
    await earn(11, 500);
    await bill(11);
    expect(await billOf(11)).toEqual(['250.00', 'period revshare 250.00']);
    await earn(10, 260);
    await earn(12, 20);
    await bill(12);
    expect(await billOf(12)).toEqual([
      '40.00',
      'period revshare 10.00',
      'adjustment 2026-03-10 revshare 30.00',
    ]);
    // Down to 90.00, less than was cancelled: only the 30.00 are taken back.
    await earn(10, 180);
    await earn(13, 100);
    await bill(13);
    expect(await billOf(13)).toEqual([
      '20.00',
      'period revshare 50.00',
      'adjustment 2026-03-10 revshare -30.00',
    ]);
  });

  it('give back what later bills had taken off for them', async () => {
    await open();
    await earn(10, 200);
    await bill(10);
    await earn(10, 120);
    await earn(11, 200);
    await bill(11);
    expect(await billOf(11)).toEqual([
      '60.00',
      'period revshare 100.00',
      'adjustment 2026-03-10 revshare -40.00',
    ]);
    await cancel(10);
    await earn(12, 20);
    await bill(12);
    expect(await billOf(12)).toEqual([
      '50.00',
      'period revshare 10.00',
      'adjustment 2026-03-10 revshare 40.00',
    ]);
  });

  it('leave what they were to take back to the next bill', async () => {
    await open();
    await earn(10, 200);
    await bill(10);
    await earn(10, 0);
    await earn(11, 200);
    await bill(11);
    expect(await billOf(11)).toEqual([
      '0.00',
      'period revshare 100.00',
      'adjustment 2026-03-10 revshare -100.00',
    ]);
    await cancel(11);
    await earn(12, 240);
    await bill(12);
    expect(await billOf(12)).toEqual([
      '20.00',
      'period revshare 120.00',
      'adjustment 2026-03-10 revshare -100.00',
    ]);
  });

  it('leave the debt that they took over, and take back the one that they left', async () => {
    await open();
    await earn(10, -100);
    await bill(10);
    await earn(11, 200);
    await bill(11);
    expect(await billOf(11)).toEqual(['50.00', 'period revshare 100.00', 'carry_in -50.00']);
    await cancel(11);
    await earn(12, 300);
    await bill(12);
    expect(await billOf(12)).toEqual(['100.00', 'period revshare 150.00', 'carry_in -50.00']);
    // The debt of the first one, which the last one has taken off, is settled with it.
    await cancel(10);
    await earn(13, 20);
    await bill(13);
    expect(await billOf(13)).toEqual(['60.00', 'period revshare 10.00', 'carry_in 50.00']);
  });

  it('give the debt back that was taken off for them, though nothing is earned any more', async () => {
    await open();
    await earn(10, -100);
    await bill(10);
    await earn(11, 300);
    await bill(11);
    expect(await billOf(11)).toEqual(['100.00', 'period revshare 150.00', 'carry_in -50.00']);
    await cancel(10);
    // Every day that is over has its bill by now.
    await bill(11);
    await bill(12);
    expect(await billOf(12)).toEqual(['50.00', 'carry_in 50.00']);
    await bill(13);
    expect(await billOf(13)).toBeUndefined();
  });

  it('give back also what runs had passed over before', async () => {
    await open();
    await earn(10, -100);
    await bill(10);
    await earn(11, 300);
    await bill(11);
    await cancel(10);
    await app.db.query('DELETE FROM fact_changes WHERE campaign_id = $1', [account.campaignId]);
    const runner = app.db.createQueryRunner();
    await new UnbilledCredits1763000000209().up(runner);
    await runner.release();
    await bill(12);
    expect(await billOf(12)).toEqual(['50.00', 'carry_in 50.00']);
  });

  it('B03 are explained as the next run counts them: as billed only as far as they are due', async () => {
    await open({ ...TERMS, strategies: [CPA_50, SHARE_50] });
    await account.qualify('b', '2026-03-10');
    await earn(10, 36);
    await bill(10);
    expect(await billOf(10)).toEqual(['68.00', 'period cpa ×1 50.00', 'period revshare 18.00']);
    await cancel(10);
    expect(await explained(10)).toEqual([
      ['50.00', '50.00', '0.00'],
      ['18.00', '18.00', '0.00'],
    ]);
    // The player does not qualify after all, and of the 18.00 only 5.00 are due.
    await account.register('b', '2026-03-10T10:00:00Z', { duplicate: true });
    await earn(10, 10);
    expect(await explained(10)).toEqual([
      ['0.00', '0.00', '0.00'],
      ['5.00', '5.00', '0.00'],
    ]);
    await earn(11, 20);
    await bill(11);
    expect(await billOf(11)).toEqual(['10.00', 'period revshare 10.00']);
  });

  it('B03 are explained with what later bills add to them', async () => {
    await open();
    await earn(10, 200);
    await bill(10);
    await cancel(10);
    await earn(10, 260);
    expect(await explained(10)).toEqual([['100.00', '130.00', '30.00']]);
    await earn(11, 20);
    await bill(11);
    expect(await billOf(11)).toEqual([
      '40.00',
      'period revshare 10.00',
      'adjustment 2026-03-10 revshare 30.00',
    ]);
    expect(await explained(10)).toEqual([['130.00', '130.00', '0.00']]);
    // With the bill that added them, the 30.00 are due again.
    await cancel(11);
    expect(await explained(10)).toEqual([['100.00', '130.00', '30.00']]);
    await earn(10, 180);
    expect(await explained(10)).toEqual([['90.00', '90.00', '0.00']]);
  });

  it('A19 count for nothing above, and neither does what later bills no longer take off for them', async () => {
    app.clock.set('2026-03-01T00:00:00Z');
    account = await below.accountOn(inviter.planId);
    await account.register('a', '2026-03-01T00:00:00Z');
    await earn(10, 200);
    await bill(10);
    expect(await billOf(10, inviter)).toEqual(['10.00', 'period sub_affiliate 10.00']);
    await cancel(10);
    await earn(10, 0);
    await earn(11, 500);
    await bill(11);
    expect(await billOf(11, inviter)).toEqual([
      '15.00',
      'period sub_affiliate 25.00',
      'adjustment 2026-03-10 sub_affiliate -10.00',
    ]);
    await earn(12, 500);
    await bill(12);
    expect(await billOf(12, inviter)).toEqual(['25.00', 'period sub_affiliate 25.00']);
  });
});
