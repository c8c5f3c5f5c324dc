import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type Account, BillingScene, CPA_50, SHARE_25 } from './scene.js';

const DAYS = ['2026-10-01', '2026-10-02', '2026-10-03'];
const CLOSING_DAY = '2026-10-10';
const PLAYERS = ['a', 'b', 'c'];

/** One interval of one player, in the states in which it is reported one after the other; the last one is true. */
interface Interval {
  player: string;
  day: number;
  hour: number;
  states: { bets: number; wins: number; depositCents: number | null }[];
}

/** What happens in a program of three days, and the order in which the program hears of it. */
interface Story {
  intervals: Interval[];
  /** Players who are flagged as duplicates in the end. */
  duplicates: string[];
  /** Decides at each step what comes next. */
  choices: number[];
  negativeCarryOver: boolean;
}

const state = fc.record({
  bets: fc.nat({ max: 20_000 }),
  wins: fc.nat({ max: 20_000 }),
  depositCents: fc.option(fc.integer({ min: 500, max: 5_000 })),
});
const interval = fc.record({
  player: fc.constantFrom(...PLAYERS),
  day: fc.nat({ max: DAYS.length - 1 }),
  hour: fc.integer({ min: 1, max: 22 }),
  states: fc.array(state, { minLength: 1, maxLength: 3 }),
});
const story: fc.Arbitrary<Story> = fc.record({
  intervals: fc.uniqueArray(interval, {
    minLength: 1,
    maxLength: 6,
    selector: ({ player, day, hour }) => `${player} ${day} ${hour}`,
  }),
  duplicates: fc.subarray(PLAYERS),
  choices: fc.array(fc.nat(), { minLength: 8, maxLength: 24 }),
  negativeCarryOver: fc.boolean(),
});

describe('A13 B02 any order, repetition and splitting of sync batches and bill runs', () => {
  let app: TestApp;
  let scene: BillingScene;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  const open = (negativeCarryOver: boolean): Promise<Account> => {
    app.clock.set('2026-09-30T08:00:00Z');
    return scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily', negativeCarryOver });
  };

  const registerAll = async (account: Account, duplicates: readonly string[]): Promise<void> => {
    for (const name of PLAYERS) {
      await account.register(name, `${DAYS[0]}T00:00:00Z`, { duplicate: duplicates.includes(name) });
    }
  };

  const report = (account: Account, { player, day, hour, states }: Interval, at: number): Promise<void> => {
    const { bets, wins, depositCents } = states[at]!;
    const from = `${DAYS[day]}T${String(hour).padStart(2, '0')}:00:00Z`;
    const id = `${day}-${hour}`;
    const deposits: [string, number, string][] =
      depositCents === null ? [] : [[id, depositCents, from.replace(':00:00Z', ':30:00Z')]];
    return account.play(player, from, { sums: { bets_sum: bets, wins_sum: wins }, deposits });
  };

  /** A day of play so good that every debt is paid back, and the runs that bring all that waited. */
  const close = async (account: Account): Promise<void> => {
    app.clock.set('2026-10-12T00:00:00Z');
    await account.register('closing', `${CLOSING_DAY}T00:00:00Z`);
    await account.play('closing', `${CLOSING_DAY}T01:00:00Z`, { sums: { bets_sum: 100_000_000 } });
    await account.bill('2026-10-11');
  };

  /** The total of all bills; each bill's lines must add up, and nothing may be left over. */
  const totalPaid = async (account: Account): Promise<string> => {
    const bills = await app.db.query<{ issued: string; lines: string }[]>(
      `SELECT issued_minor AS issued, (SELECT sum(amount_minor)::text FROM bill_lines WHERE bill_id = b.id) AS lines
         FROM bills b WHERE plan_id = $1`,
      [account.planId],
    );
    for (const { issued, lines } of bills) expect(lines).toBe(issued);
    const carried = await app.db.query('SELECT carry_minor FROM billing_positions WHERE plan_id = $1', [
      account.planId,
    ]);
    expect(carried).toEqual([{ carry_minor: '0' }]);
    return bills.reduce((sum, { issued }) => sum + BigInt(issued), 0n).toString();
  };

  /** Everything as it truly was, at once, and one run. */
  const tellStraight = async ({ intervals, duplicates, negativeCarryOver }: Story): Promise<string> => {
    const account = await open(negativeCarryOver);
    app.clock.set('2026-10-12T00:00:00Z');
    await registerAll(account, duplicates);
    for (const each of intervals) await report(account, each, each.states.length - 1);
    await close(account);
    return totalPaid(account);
  };

  /** The same in the order of the choices: reports repeated, corrected, late, and runs in between. */
  const tellMixed = async ({ intervals, duplicates, choices, negativeCarryOver }: Story): Promise<string> => {
    const account = await open(negativeCarryOver);
    app.clock.set(`${DAYS[0]}T23:59:00Z`);
    await registerAll(account, []);
    const told = intervals.map(() => -1);
    for (const choice of choices) {
      const index = choice % intervals.length;
      const chosen = intervals[index]!;
      switch (choice % 4) {
        case 0:
          await account.bill(DAYS[choice % DAYS.length]!);
          break;
        case 1:
          app.clock.advance(86_400 / 2);
          break;
        case 2:
          // The same once more.
          if (told[index]! >= 0) await report(account, chosen, told[index]!);
          break;
        default:
          if (app.clock.now() < new Date(`${DAYS[chosen.day]}T23:59:00Z`)) break;
          told[index] = Math.min(told[index]! + 1, chosen.states.length - 1);
          await report(account, chosen, told[index]);
      }
    }
    app.clock.set('2026-10-12T00:00:00Z');
    for (const name of duplicates) {
      await account.register(name, `${DAYS[0]}T00:00:00Z`, { duplicate: true });
      await account.bill('2026-10-08');
    }
    for (const [index, each] of intervals.entries()) {
      for (let at = told[index]! + 1; at < each.states.length; at += 1) await report(account, each, at);
    }
    await account.bill('2026-10-09');
    await close(account);
    return totalPaid(account);
  };

  it('pays the same total', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        expect(await tellMixed(told)).toBe(await tellStraight(told));
      }),
      { numRuns: 20 },
    );
  });
});
