import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, type PlanTermsInput, runBills } from './scene.js';

interface Part {
  kind: string;
  id: string;
  externalId: string | null;
  criterion: string | null;
  base: string | null;
  runningTotal: string | null;
  runningTier: number | null;
  paid: boolean;
  amount: { amount: string };
  corrections: number;
}
interface Explained {
  line: { id: string; kind: string; strategy: string | null; amount: { amount: string } };
  words: string[];
  asBilled: { base: { amount: string } | null; amount: { amount: string } } | null;
  now: { base: { amount: string } | null; amount: { amount: string }; words: string[] } | null;
  outstanding: { amount: string } | null;
  changes: { corrections: number; players: number; revoked: number } | null;
  parts: Part[];
  events: { kind: string; figures: object | null; before: object | null; after: object | null }[] | null;
  nextCursor: string | null;
}

/** 10 % of GGR, from 100.00 on 20 % of all of it. */
const TIERED = {
  type: 'revshare' as const,
  base: 'ggr' as const,
  tiers: [
    { from: '0', rateBps: 1_000 },
    { from: '100.00', rateBps: 2_000 },
  ],
};

const cents = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Math.round(Number(text) * 100), 0);

describe('B03 why a line of a bill has its amount', () => {
  let app: TestApp;
  let scene: BillingScene;
  let operator: Person;
  let inviter: Account;
  let below: BillingScene;
  let paused: BillingScene;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    const levels = [{ level: 1, rateBps: 1_000 }];
    inviter = await scene.account({ strategies: [CPA_50, { type: 'sub_affiliate', levels }] });
    below = await scene.join('below@partners.example', inviter);
    paused = await scene.join('paused@partners.example');
  });
  afterAll(() => app.close());

  const open = async (terms: PlanTermsInput): Promise<Account> => {
    app.clock.set('2026-09-30T08:00:00Z');
    return scene.account(terms);
  };
  const bill = async (account: Account, through: string): Promise<void> => {
    app.clock.set(new Date(Date.parse(through) + 86_400_000 + 1).toISOString());
    await account.bill(through);
    operator = await scene.operator.signInAgain();
  };
  const lineIds = (
    account: Account,
  ): Promise<{ id: string; bill_id: string; amount: string; kind: string }[]> =>
    app.db.query(
      `SELECT l.id, l.bill_id, l.amount_minor AS amount, l.kind FROM bill_lines l JOIN bills b ON b.id = l.bill_id
        WHERE l.plan_id = $1 ORDER BY b.period_start, l.position`,
      [account.planId],
    );
  const explain = async (line: { id: string; bill_id: string }, query = ''): Promise<Explained> =>
    body<Explained>(
      await operator.get(`operator/bills/${line.bill_id}/lines/${line.id}/explain${query}`),
      200,
    );
  /** All parts, two by two. */
  const allParts = async (line: { id: string; bill_id: string }): Promise<Part[]> => {
    const parts: Part[] = [];
    let cursor: string | null = null;
    do {
      const page: Explained = await explain(line, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      parts.push(...page.parts);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return parts;
  };

  it('B03 leaves out what bill runs leave out: times of suspension, and players confirmed to be fraud', async () => {
    app.clock.set('2026-09-30T08:00:00Z');
    const account = await paused.account({ strategies: [TIERED] });
    for (const [name, day] of [
      ['calm', '10'],
      ['paused', '11'],
      ['fraud', '12'],
    ] as const) {
      await account.register(name, '2026-10-02T10:00:00Z');
      await account.play(name, `2026-10-${day}T10:00:00Z`, { sums: { bets_sum: 1_000 } });
    }
    await bill(account, '2026-10-31');
    const [line] = await lineIds(account);
    expect(line!.amount).toBe('300');
    await app.db.query(
      `INSERT INTO partner_suspensions (id, partner_id, reason, suspended_at, reactivated_at)
       VALUES (gen_random_uuid(), $1, 'Own clicks', '2026-10-11', '2026-10-12')`,
      [paused.partnerId],
    );
    await app.db.query(
      `INSERT INTO fraud_signals (id, rule, weight, brand_id, partner_id, campaign_id, promo_id, player_id, fingerprint,
                                  evidence, occurred_at, raised_at, state, decided_by, decided_at, comment)
       SELECT gen_random_uuid(), 'bot', 40, brand_id, partner_id, campaign_id, promo_id, id, 'visit', '{}', now(), now(),
              'confirmed', (SELECT id FROM users LIMIT 1), now(), 'A program'
         FROM players WHERE external_id = $1`,
      [`${account.campaignId}/fraud`],
    );
    const explained = await explain(line!);
    expect(explained).toMatchObject({ now: { base: { amount: '10.00' } }, outstanding: { amount: '-2.00' } });
    expect(explained.parts.map(({ externalId }) => externalId)).toEqual([`${account.campaignId}/calm`]);
  });

  it('B03 lists the players of a share with running tier, and what was corrected or came late since', async () => {
    const account = await open({ strategies: [TIERED] });
    const bets: [string, number][] = [['a', 6_000], ['b', 3_333], ['c', -1_000], ['d', 5_000], ['e', 10]]; // prettier-ignore
    for (const [index, [name, ggr]] of bets.entries()) {
      await account.register(name, `2026-10-0${index + 1}T10:00:00Z`);
      const sums: Record<string, number> = ggr < 0 ? { wins_sum: -ggr } : { bets_sum: ggr };
      await account.play(name, `2026-10-1${index}T10:00:00Z`, { sums });
    }
    await account.addPromo();
    await account.register('other', '2026-10-06T10:00:00Z');
    await account.play('other', '2026-10-16T10:00:00Z', { sums: { bets_sum: 2_000 } });
    await bill(account, '2026-10-31');
    const lines = await lineIds(account);
    // 133.43 of the promo, 153.43 in all: 20 %, 26.69 and 4.00.
    expect(lines.map(({ amount }) => amount).sort()).toEqual(['2669', '400']);
    const line = lines.find(({ amount }) => amount === '2669')!;
    const parts = await allParts(line);
    expect(parts.map(({ base }) => base)).toEqual(['60.00', '33.33', '-10.00', '50.00', '0.10']);
    expect(parts.map(({ runningTotal }) => runningTotal)).toEqual([
      '80.00',
      '113.33',
      '103.33',
      '153.33',
      '153.43',
    ]);
    expect(parts.map(({ runningTier }) => runningTier)).toEqual([1, 2, 2, 2, 2]);
    expect(cents(parts.map(({ amount }) => amount.amount))).toBe(2_669);
    const billed = await explain(line);
    expect(billed).toMatchObject({
      asBilled: { base: { amount: '133.43' }, amount: { amount: '26.69' } },
      now: { base: { amount: '133.43' }, amount: { amount: '26.69' } },
      outstanding: { amount: '0.00' },
      changes: { corrections: 0, players: 0 },
    });
    expect(billed.now!.words).toEqual(billed.words);

    app.clock.advance(60);
    // After the bill: a's bets are corrected down by 10.00, and 5.00 of e come late.
    await account.play('a', '2026-10-10T10:00:00Z', { sums: { bets_sum: 5_000 } });
    await account.play('e', '2026-10-20T10:00:00Z', { sums: { bets_sum: 500 } });
    const now = await explain(line);
    expect(now).toMatchObject({
      line: { amount: { amount: '26.69' } },
      words: billed.words,
      asBilled: { base: { amount: '133.43' }, amount: { amount: '26.69' } },
      // 128.43 of 148.43 at 20 %: 25.686.
      now: { base: { amount: '128.43' }, amount: { amount: '25.69' } },
      outstanding: { amount: '-1.00' },
      changes: { corrections: 1, players: 1 },
    });
    expect(now.parts.map(({ base, corrections }) => [base, corrections])).toEqual([
      ['50.00', 1],
      ['33.33', 0],
      ['-10.00', 0],
      ['50.00', 0],
      ['5.10', 0],
    ]);
    expect(cents(now.parts.map(({ amount }) => amount.amount))).toBe(2_569);

    const events = await explain(line, `?playerId=${now.parts[0]!.id}`);
    expect(events.parts).toEqual([now.parts[0]]);
    expect(events.events).toMatchObject([
      { kind: 'registration' },
      { kind: 'activity', figures: { bets_sum: '50.00' } },
      { kind: 'correction', before: { bets_sum: '60.00' }, after: { bets_sum: '50.00' } },
    ]);
    const first = await explain(line, `?playerId=${now.parts[0]!.id}&limit=1`);
    const second = await explain(line, `?playerId=${now.parts[0]!.id}&limit=2&cursor=${first.nextCursor}`);
    expect([...first.events!, ...second.events!]).toEqual(events.events);

    // What was outstanding is the adjustment that the next bill brings; then both sides are the same again.
    await account.play('b', '2026-11-05T10:00:00Z', { sums: { bets_sum: 10_000 } });
    await bill(account, '2026-11-30');
    const adjustment = (await lineIds(account)).find(({ kind }) => kind === 'adjustment')!;
    const adjusted = await explain(adjustment);
    expect(adjusted).toMatchObject({
      line: { amount: { amount: '-1.00' } },
      asBilled: { amount: { amount: '25.69' } },
      now: { amount: { amount: '25.69' } },
      outstanding: { amount: '0.00' },
      changes: { corrections: 1 },
    });
    expect(adjusted.words[0]).toContain(
      '25.69 EUR were due when this was billed and 26.69 EUR had been billed',
    );
    expect(await explain(line)).toMatchObject({ outstanding: { amount: '0.00' } });
  });

  it('B03 names what is paid one by one, the criterion met last, and what caps left out', async () => {
    const account = await open({
      strategies: [
        { ...CPA_50, capCount: 2 },
        { type: 'cpl', amount: '5.00', capAmount: '10.00' },
        { type: 'sale', rateBps: 1_000 },
      ],
    });
    await account.qualify('a', '2026-10-02');
    await account.qualify('b', '2026-10-03');
    await account.qualify('c', '2026-10-04');
    await account.order('x', '2026-10-02T00:00:00Z', '33.30', 'approved');
    await account.order('y', '2026-10-03T00:00:00Z', '0.01', 'approved');
    await account.order('z', '2026-10-03T00:00:00Z', '90.00', 'declined');
    await bill(account, '2026-10-31');
    const lines = await lineIds(account);
    const explained: Part[][] = [];
    for (const line of lines) {
      const parts = await allParts(line);
      explained.push(parts);
      expect(cents(parts.map(({ amount }) => amount.amount))).toBe(Number(line.amount));
      const one = await explain(line);
      expect(one.now!.amount).toEqual(one.asBilled!.amount);
      expect(one.now!.words).toEqual(one.words);
    }
    const [{ issued }] = await app.db.query<[{ issued: string }]>(
      'SELECT issued_minor AS issued FROM bills WHERE plan_id = $1',
      [account.planId],
    );
    expect(lines.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(Number(issued));
    const [cpa, cpl, sale] = explained;
    expect(cpa!.map(({ criterion, paid, amount }) => [criterion, paid, amount.amount])).toEqual([
      ['First deposit', true, '50.00'],
      ['First deposit', true, '50.00'],
      ['First deposit', false, '0.00'],
    ]);
    expect(cpl!.map(({ amount }) => amount.amount)).toEqual(['3.33', '3.34', '3.33']);
    expect(sale!.map(({ kind, base, amount }) => [kind, base, amount.amount])).toEqual([
      ['order', '33.30', '3.33'],
      ['order', '0.01', '0.00'],
    ]);

    await account.register('a', '2026-10-02T10:00:00Z', { duplicate: true });
    const flagged = await explain(lines[0]!);
    expect(flagged).toMatchObject({
      asBilled: { amount: { amount: '100.00' } },
      outstanding: { amount: '0.00' },
    });
    expect(flagged.parts.map(({ paid }) => paid)).toEqual([true, true]);
    await account.register('b', '2026-10-03T10:00:00Z', { duplicate: true });
    expect(await explain(lines[0]!)).toMatchObject({
      now: { amount: { amount: '50.00' } },
      outstanding: { amount: '-50.00' },
    });
    await bill(account, '2026-11-30');
    expect(await explain(lines[0]!)).toMatchObject({
      asBilled: { amount: { amount: '50.00' } },
      outstanding: { amount: '0.00' },
      changes: { revoked: 2 },
    });
  });

  it('B03 follows a debt from bill to bill', async () => {
    const account = await open({ strategies: [TIERED] });
    await account.register('a', '2026-10-01T10:00:00Z');
    await account.play('a', '2026-10-10T10:00:00Z', { sums: { wins_sum: 5_000 } });
    await bill(account, '2026-10-31');
    await account.play('a', '2026-11-10T10:00:00Z', { sums: { bets_sum: 20_000 } });
    await bill(account, '2026-11-30');
    const lines = await lineIds(account);
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['period', '-500'],
      ['carry_out', '500'],
      ['period', '4000'],
      ['carry_in', '-500'],
    ]);
    const [loss, out, , carried] = lines;
    expect(await explain(carried!)).toMatchObject({
      words: ['Earlier bills left -5.00 EUR, which this one takes over.'],
      asBilled: null,
      now: null,
      parts: [{ kind: 'line', id: out!.id, billId: out!.bill_id, amount: { amount: '5.00' } }],
    });
    expect((await explain(out!)).parts).toMatchObject([
      { kind: 'line', id: loss!.id, amount: { amount: '-5.00' } },
    ]);
  });

  it('B03 names the partners of whose earnings a share is', async () => {
    app.clock.set('2026-09-30T08:00:00Z');
    const account = await below.accountOn(inviter.planId);
    await account.qualify('m', '2026-10-05');
    app.clock.set('2026-11-01T00:00:01Z');
    await runBills(app, '2026-10-31', inviter.planId);
    operator = await scene.operator.signInAgain();
    const [line] = await app.db.query<[{ id: string; bill_id: string }]>(
      `SELECT id, bill_id FROM bill_lines WHERE plan_id = $1 AND strategy = 'sub_affiliate'`,
      [inviter.planId],
    );
    expect(await explain(line)).toMatchObject({
      words: ['10% of the 50.00 EUR that 1 partner of level 1 earned, rounded half to even.'],
      now: { amount: { amount: '5.00' } },
      outstanding: { amount: '0.00' },
      parts: [{ kind: 'partner', id: below.partnerId, base: '50.00', amount: { amount: '5.00' } }],
    });

    // Neither of them sees what is behind the other's line.
    const path = `partner/bills/${line.bill_id}/lines/${line.id}/explain`;
    expect((await (await below.partner.signInAgain()).get(path)).status).toBe(404);
    const own = await (await scene.partner.signInAgain()).get(path);
    expect(own.status).toBe(200);
  });

  it('B03 refuses what no page gave, and finds nothing that is not the line’s', async () => {
    const account = await open({ strategies: [TIERED, CPA_50] });
    await account.qualify('a', '2026-10-01');
    await account.play('a', '2026-10-10T10:00:00Z', { sums: { bets_sum: 5_000 } });
    await bill(account, '2026-10-31');
    const [share, cpa] = await lineIds(account);
    const get = async (line: typeof share, query: string, billId = line!.bill_id) =>
      (await operator.get(`operator/bills/${billId}/lines/${line!.id}/explain${query}`)).status;
    const { parts } = await explain(share!);
    const player = `?playerId=${parts[0]!.id}`;
    const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
    expect(await get(share, '?cursor=x')).toBe(400);
    expect(await get(cpa, `?cursor=${cursor(['x', 'y'])}`)).toBe(400);
    expect(await get(share, `${player}&cursor=${cursor(['x', 'y', 'z'])}`)).toBe(400);
    expect(await get(share, `${player}&cursor=${cursor(['2026-10-01', 'activity', '\u0000'])}`)).toBe(400);
    expect(await get(share, '?playerId=x')).toBe(400);
    expect(await get(share, '?playerId=01920000-0000-7000-8000-00000000dead')).toBe(404);
    expect(await get(share, '', '01920000-0000-7000-8000-00000000dead')).toBe(404);
    expect(await get({ ...share!, id: share!.bill_id }, '')).toBe(404);
    expect((await explain(cpa!, player)).events!.map(({ kind }) => kind)).toEqual([
      'registration',
      'activity',
      'deposit',
      'activity',
    ]);
  });
});
