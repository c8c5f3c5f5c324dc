import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, type PlanTermsInput, SHARE_25 } from './scene.js';

interface Explained {
  outcome: string;
  summary: string;
  player: { id: string; externalId: string; country: string | null; flags: string[] };
  plan: { version: number };
  recorded: {
    qualifiedAt: string;
    revokedAt: string | null;
    bill: { id: string; state: string } | null;
  } | null;
  now: { qualifiedAt: string; periodStart: string; strategyIndex: number } | null;
  registration: { strategyIndex: number } | null;
  strategies: { qualifiedAt: string | null; countsUntil: string | null; criteria: object[] }[];
}

const STRICT = {
  type: 'cpa' as const,
  amount: '50.00',
  criteria: { depositsSumAtLeast: '50.00', wagerAtLeast: '10.00', withinDays: 10, countries: ['DE', 'AT'] },
};

describe('B03 why a player is or is not qualified', () => {
  let app: TestApp;
  let scene: BillingScene;
  let stranger: Person;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    stranger = await joinAsPartner(app, scene.operator, 'bob@partners.example');
  });
  afterAll(() => app.close());

  const open = async (terms: PlanTermsInput): Promise<Account> => {
    app.clock.set('2026-09-30T08:00:00Z');
    return scene.account(terms);
  };
  const at = async (time: string): Promise<Person> => {
    app.clock.set(time);
    return scene.partner.signInAgain();
  };
  const idOf = async (account: Account, name: string): Promise<string> => {
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM players WHERE external_id = $1', [
      `${account.campaignId}/${name}`,
    ]);
    return id;
  };
  const explain = async (account: Account, name: string, time: string): Promise<Explained> => {
    const partner = await at(time);
    return body<Explained>(await partner.get(`partner/players/${await idOf(account, name)}/explain`), 200);
  };

  it('B03 names each criterion with what is asked for, what was reached, and when', async () => {
    const account = await open({ strategies: [STRICT] });
    await account.register('a', '2026-10-01T10:00:00Z', { country: 'FR' });
    await account.play('a', '2026-10-02T10:00:00Z', {
      sums: { bets_sum: 1200 },
      deposits: [['1', 3000, '2026-10-02T10:10:00Z']],
    });
    // On the eleventh day: too late to count.
    await account.play('a', '2026-10-12T10:00:00Z', { deposits: [['2', 9000, '2026-10-12T10:10:00Z']] });
    const explained = await explain(account, 'a', '2026-10-20T00:00:00Z');
    expect(explained).toMatchObject({
      outcome: 'not_qualified',
      summary: 'Not qualified: country is FR, not DE, AT, deposits in total is 30.00 of 50.00 EUR.',
      player: { externalId: `${account.campaignId}/a`, country: 'FR', flags: [] },
      recorded: null,
      now: null,
      strategies: [
        {
          qualifiedAt: null,
          countsUntil: '2026-10-11T10:00:00.000Z',
          criteria: [
            { criterion: 'good_standing', required: null, reached: null, met: true },
            { criterion: 'country', required: 'DE, AT', reached: 'FR', met: false, metAt: null },
            { criterion: 'deposits_sum', required: '50.00', reached: '30.00', met: false, metAt: null },
            {
              criterion: 'wager',
              required: '10.00',
              reached: '12.00',
              met: true,
              metAt: '2026-10-02T10:00:00.000Z',
            },
          ],
        },
      ],
    });
    // The brand's own id and the country: nothing else of the person.
    expect(Object.keys(explained.player).sort()).toEqual([
      'country',
      'externalId',
      'flags',
      'id',
      'signedUpAt',
    ]);
  });

  it('B03 follows a player from the criteria met to the bill, the flag and what the next run took back', async () => {
    const account = await open({ strategies: [CPA_50] });
    await account.qualify('a', '2026-10-05');
    expect(await explain(account, 'a', '2026-10-20T00:00:00Z')).toMatchObject({
      outcome: 'awaits_period_end',
      now: { qualifiedAt: '2026-10-05T11:10:00.000Z', periodStart: '2026-10-01T00:00:00.000Z' },
    });
    expect(await explain(account, 'a', '2026-11-01T00:00:01Z')).toMatchObject({
      outcome: 'awaits_bill_run',
      recorded: null,
    });
    await account.bill('2026-10-31');
    const [bill] = await app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE plan_id = $1', [
      account.planId,
    ]);
    expect(await explain(account, 'a', '2026-11-01T00:10:00Z')).toMatchObject({
      outcome: 'qualified',
      recorded: { bill: { id: bill.id, state: 'pending', firstDay: '2026-10-01' }, revokedAt: null },
    });
    await account.register('a', '2026-10-05T10:00:00Z', { duplicate: true });
    expect(await explain(account, 'a', '2026-11-10T00:00:00Z')).toMatchObject({
      outcome: 'to_be_revoked',
      summary: expect.stringContaining('flagged (duplicate)') as string,
      player: { flags: ['duplicate'] },
      now: null,
    });
    app.clock.set('2026-12-01T00:00:01Z');
    await account.bill('2026-11-30');
    expect(await explain(account, 'a', '2026-12-02T00:00:00Z')).toMatchObject({
      outcome: 'revoked',
      recorded: { revokedAt: '2026-12-01T00:00:01.000Z', bill: { id: bill.id } },
    });
  });

  it('B03 says so when the plan pays nothing for qualified players, or for their registration', async () => {
    const account = await open({ strategies: [SHARE_25, { type: 'cpl', amount: '3.00' }] });
    await account.register('a', '2026-10-05T10:00:00Z');
    expect(await explain(account, 'a', '2026-10-20T00:00:00Z')).toMatchObject({
      outcome: 'not_paid_for',
      strategies: [],
      registration: { strategyIndex: 1, amount: { amount: '3.00', currency: 'EUR' } },
    });
  });

  it('B03 comes to what the run decides, for every player of a run', async () => {
    const account = await open({ strategies: [CPA_50, STRICT], period: 'daily' });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const [index, name] of names.entries()) {
      await account.register(name, `2026-10-0${index + 1}T10:00:00Z`, { disabled: name === 'c' });
      await account.play(name, '2026-10-07T10:00:00Z', {
        sums: { bets_sum: index * 300 },
        deposits: [['1', 500 + index * 700, '2026-10-07T10:10:00Z']],
      });
    }
    app.clock.set('2026-10-20T00:00:00Z');
    const before = new Map<string, string>();
    for (const name of names)
      before.set(name, (await explain(account, name, '2026-10-20T00:00:00Z')).outcome);
    await account.bill('2026-10-19');
    const outcomes: string[] = [];
    for (const name of names) {
      const { outcome, recorded, now } = await explain(account, name, '2026-10-20T01:00:00Z');
      outcomes.push(outcome);
      expect(recorded?.qualifiedAt ?? null).toBe(now?.qualifiedAt ?? null);
      expect(before.get(name)).toBe(outcome === 'qualified' ? 'awaits_bill_run' : 'not_qualified');
    }
    // 19.00 and less are below the first deposit of 20.00; c is disabled.
    expect(outcomes).toEqual([
      'not_qualified',
      'not_qualified',
      'not_qualified',
      'qualified',
      'qualified',
      'qualified',
    ]);
  });

  it('B03 tells nobody of another partner’s players', async () => {
    const account = await open({ strategies: [CPA_50] });
    await account.register('a', '2026-10-05T10:00:00Z');
    const id = await idOf(account, 'a');
    app.clock.set('2026-10-20T00:00:00Z');
    const other = await stranger.signInAgain();
    expect((await other.get(`partner/players/${id}/explain`)).status).toBe(404);
    expect((await other.get(`operator/players/${id}/explain`)).status).toBe(403);
    const operator = await scene.operator.signInAgain();
    expect(body<Explained>(await operator.get(`operator/players/${id}/explain`), 200).player.id).toBe(id);
    expect((await operator.get('operator/players/not-an-id/explain')).status).toBe(400);
  });
});
