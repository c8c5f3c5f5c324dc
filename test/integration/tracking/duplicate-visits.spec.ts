import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseUrlOf, Ids } from '../../../src/platform/index.js';
import { Reports } from '../../../src/reports/reports.service.js';
import { DuplicateVisitsJob } from '../../../src/tracking/visits/duplicate-visits.job.js';
import { DuplicateVisits, type Pass } from '../../../src/tracking/visits/duplicate-visits.service.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const HOUR_MS = 60 * 60 * 1_000;
const WINDOW_MS = 24 * HOUR_MS;
const START = Date.parse('2026-11-02T00:00:00Z');
/** How old ids are when the passes look at their visits. */
const AGE_MS: Record<Pass, number> = { soon: 60_000, late: 3 * HOUR_MS };
const PASSES = ['soon', 'late'] as const;

/** A click: when, and how long it takes to the table. */
interface Click {
  afterMs: number;
  delayMs: number;
  promo: number;
  ip: string | null;
  userAgent: string | null;
}

interface StoredClick extends Click {
  id: string;
}

/** Times around which windows begin and end, to the millisecond. */
const afterMs = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -1, max: 1 }), fc.constantFrom(0, 1, 90 * 60_000))
  .map(([halves, ms, more]) => (halves * WINDOW_MS) / 2 + ms + more);

const click: fc.Arbitrary<Click> = fc.record({
  afterMs,
  delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: AGE_MS.late - 1 })),
  promo: fc.nat(1),
  ip: fc.constantFrom('203.0.113.7', '203.0.113.7', '2001:db8::1', null),
  userAgent: fc.constantFrom('Browser/1', 'Browser/1', '', null),
});

/** A wake of the job: when, and how many visits it looks at in how many goes. */
const wake = fc.record({
  afterMs,
  limit: fc.integer({ min: 1, max: 4 }),
  times: fc.integer({ min: 1, max: 4 }),
});

let app: TestApp;
let other: TestApp;
let scene: TrackingScene;
const clock = new TestClock();

beforeAll(async () => {
  app = await createTestApp({ clock });
  other = await createTestApp({ clock, databaseUrl: databaseUrlOf(app.db) });
  scene = await makeTrackingScene(databaseUrlOf(app.db), { promos: 2 });
});
afterAll(async () => {
  await other.close();
  await app.close();
});
beforeEach(async () => {
  clock.set(new Date(START));
  await forgetVisits();
});

async function forgetVisits(): Promise<void> {
  await app.asOwner('TRUNCATE visits, visit_keys');
  await app.db.query('UPDATE visit_passes SET seen_up_to = DEFAULT');
}

const idClock = new TestClock();
const ids = new Ids(idClock);

/** Gives the clicks ids as the redirect would, and with them their order. */
function withIds(clicks: readonly Click[]): StoredClick[] {
  return clicks
    .toSorted((a, b) => a.afterMs - b.afterMs)
    .map((each) => {
      idClock.set(new Date(START + each.afterMs));
      return { ...each, id: ids.next() };
    });
}

async function store(clicks: readonly StoredClick[]): Promise<void> {
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent, query)
     SELECT id, $1, $2, $3, promo, at, ip, agent, '{}'
       FROM unnest($4::uuid[], $5::uuid[], $6::timestamptz[], $7::inet[], $8::text[]) AS c (id, promo, at, ip, agent)`,
    [
      scene.partnerId,
      scene.brandId,
      scene.campaignId,
      clicks.map(({ id }) => id),
      clicks.map(({ promo }) => scene.promos[promo]!.id),
      clicks.map((each) => new Date(START + each.afterMs)),
      clicks.map(({ ip }) => ip),
      clicks.map(({ userAgent }) => userAgent),
    ],
  );
}

/** The definition, word by word. */
function duplicatesAmong(clicks: readonly StoredClick[]): string[] {
  const repeats = (later: StoredClick, earlier: StoredClick): boolean =>
    earlier.id < later.id &&
    earlier.promo === later.promo &&
    earlier.ip !== null &&
    earlier.ip === later.ip &&
    earlier.userAgent === later.userAgent &&
    later.afterMs - earlier.afterMs < WINDOW_MS;
  return clicks.filter((later) => clicks.some((earlier) => repeats(later, earlier))).map(({ id }) => id);
}

async function flagged(): Promise<string[]> {
  const rows = await app.db.query<{ id: string }[]>('SELECT id FROM visits WHERE duplicate ORDER BY id');
  return rows.map(({ id }) => id);
}

/** Looks at all visits that are old enough at that time. */
async function lookThrough(duplicates: DuplicateVisits, now: number, limit: number): Promise<void> {
  for (const pass of PASSES) {
    while (await duplicates.flagNext(pass, new Date(now - AGE_MS[pass]), limit));
  }
}

/** Visits of one visitor, so many seconds apart. */
function flood(count: number, seconds: number, from = 0): StoredClick[] {
  return withIds(
    Array.from({ length: count }, (_, index) => ({
      afterMs: from + index * seconds * 1_000,
      delayMs: 0,
      promo: 0,
      ip: '203.0.113.7',
      userAgent: 'Browser/1',
    })),
  );
}

describe('B07 duplicate visits', () => {
  it('are the same for any order of arrival and any batches (property)', async () => {
    const duplicates = app.app.get(DuplicateVisits);
    const history = fc.record({
      clicks: fc.array(click, { maxLength: 20 }),
      wakes: fc.array(wake, { maxLength: 6 }),
      limit: fc.integer({ min: 1, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ clicks, wakes, limit }) => {
        await forgetVisits();
        const stored = withIds(clicks);
        const arrivals = stored.map((each) => ({
          at: each.afterMs + each.delayMs,
          run: () => store([each]),
        }));
        const looks = wakes.map((each) => ({
          at: each.afterMs,
          run: async () => {
            for (let time = 0; time < each.times; time += 1) {
              for (const pass of PASSES) {
                await duplicates.flagNext(pass, new Date(START + each.afterMs - AGE_MS[pass]), each.limit);
              }
            }
          },
        }));
        for (const { run } of [...arrivals, ...looks].sort((a, b) => a.at - b.at)) await run();
        await lookThrough(duplicates, START + 5 * WINDOW_MS, limit);
        expect(await flagged()).toEqual(duplicatesAmong(stored));
      }),
      { numRuns: 60 },
    );
  });

  it('are found by two instances at once, each visit once', async () => {
    const clicks = [...flood(4_000, 1), ...flood(4_000, 1, 30 * HOUR_MS)];
    await store(clicks);
    const now = START + 40 * HOUR_MS;
    await Promise.all([app, other, app].map((one) => lookThrough(one.app.get(DuplicateVisits), now, 300)));
    // Who found somebody else at it has left it to them; what they left is done at the next waking.
    await lookThrough(app.app.get(DuplicateVisits), now, 300);
    const expected = clicks
      .map(({ id }) => id)
      .filter((id) => id !== clicks[0]!.id && id !== clicks[4_000]!.id);
    expect(await flagged()).toEqual(expected);
  });

  it('are flagged by the job after the click, and kept; with bots they are not unique in reports', async () => {
    const { code } = scene.promos[0]!;
    const visit = async (agent: string): Promise<void> => {
      const answer = await fetch(`${app.url}/r/${code}`, {
        redirect: 'manual',
        headers: { 'user-agent': agent },
      });
      expect(answer.status).toBe(302);
    };
    const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    for (const agent of [browser, browser, 'curl/8.5.0', browser]) await visit(agent);
    const job = app.app.get(DuplicateVisitsJob);
    clock.advance(30);
    await job.run();
    expect(await flagged()).toEqual([]);
    clock.advance(60);
    await job.run();
    expect(await flagged()).toHaveLength(2);
    clock.advance(WINDOW_MS / 1_000);
    await visit(browser);
    clock.advance(90);
    await job.run();
    const reports = app.app.get(Reports);
    const columns = ['visits_count', 'unique_visits_count'];
    const request = reports.request({ from: '2026-11-01', to: '2026-11-30', columns }, 'partner');
    const { totals } = await reports.page({ partnerId: scene.partnerId }, request);
    expect(totals.data[0]!.slice(0, 2).map(({ value }) => value)).toEqual([5, 2]);
  });

  it('forget who clicked once the window is over', async () => {
    const duplicates = app.app.get(DuplicateVisits);
    const days = [0, 1, 2, 5].map((day) => day * WINDOW_MS);
    const clicks = days.flatMap((from) => flood(2, 1, from));
    await store(clicks);
    await lookThrough(duplicates, START + 6 * WINDOW_MS, 100);
    const keys = (): Promise<{ count: number }[]> =>
      app.db.query('SELECT count(*)::int AS count FROM visit_keys');
    expect(await keys()).toEqual([{ count: 8 }]);
    await app.app.get(DuplicateVisitsJob).forget();
    expect(await keys()).toEqual([{ count: 2 }]);
    // The next visits find room again.
    const next = flood(2, 1, 5 * WINDOW_MS + 10_000);
    await store(next);
    await lookThrough(duplicates, START + 6 * WINDOW_MS, 100);
    expect(await flagged()).toEqual(duplicatesAmong([...clicks, ...next]));
  });
});
