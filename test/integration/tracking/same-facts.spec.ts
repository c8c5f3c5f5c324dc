import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { csvItems, type FileKind, FileRecorder } from '../../../src/tracking/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { ndjson, ndjsonHeaders, sendNdjson } from '../../support/ndjson.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

type Item = Record<string, unknown>;
type Facts = Record<FileKind, Item[]>;

/** What became of a kind's items, in whatever batches. */
interface Told {
  accepted: number;
  duplicate: number;
  corrected: number;
  rejected: number;
  codes: string[];
}

/** A way for facts to come in. */
type Way = (kind: FileKind, items: readonly Item[], pieces: readonly number[]) => Promise<Told>;

const texts = fc.constantFrom(
  'Ann',
  'Ann "A", B.',
  ' Zoë;',
  '=1+1',
  "O'Neill",
  '👩‍🚀\ufeff',
  'two\nlines',
  '"',
);
const users = fc.constantFrom('p-1', 'p,"2"', 'Zoë', '4', 'two\r\nlines');
const times = fc.constantFrom('2026-09-05T09:00:00Z', '2026-10-05T09:00:00+02:00', 'yesterday');
const amounts = fc.oneof({ weight: 9, arbitrary: fc.nat(9_999) }, fc.constantFrom('7', '1e3', -5));

const player = fc.record(
  {
    user_id: users,
    sign_up_at: times,
    tag: fc.constantFrom(VISIT, VISIT.toUpperCase(), 'no-visit', VISIT.replace('019a', '019b')),
    bonus_code: fc.constantFrom('FOX10', 'fox10', 'NOBODY'),
    first_name: texts,
    email: fc.constantFrom('ann@fox.example', 'BOB@fox.example'),
    country: fc.constantFrom('DE', 'at', '???'),
    date_of_birth: fc.constantFrom('1990-12-31', '1990-02-31'),
    disabled: fc.oneof(fc.boolean(), fc.constant('maybe')),
    self_excluded: fc.boolean(),
  },
  { requiredKeys: ['user_id', 'sign_up_at'] },
);

const deposit = fc.record({
  deposit_id: fc.constantFrom('d-1', 'd,"2"', 'd-3', 'd-4', 'd-5'),
  amount_cents: amounts,
  processed_at: times,
});

const activity = fc
  .record(
    {
      hour: fc.nat(3),
      hours: fc.constantFrom(1, 1, 1, 0),
      user_id: fc.oneof({ weight: 9, arbitrary: users }, fc.constant('nobody')),
      currency: fc.constantFrom('EUR', 'EUR', 'eur', 'USD'),
      bets_sum_cents: amounts,
      taxes_sum_cents: amounts,
      deposits_sum_cents: amounts,
      deposits_count: amounts,
      deposits: fc.uniqueArray(deposit, { selector: ({ deposit_id }) => deposit_id, maxLength: 3 }),
    },
    { requiredKeys: ['hour', 'hours', 'user_id', 'currency'] },
  )
  .map(({ hour, hours, ...item }): Item => {
    const at = (hour: number): string => new Date(Date.UTC(2026, 8, 30, 22 + hour)).toISOString();
    return { from: at(hour), to: at(hour + hours), ...item };
  });

const order = fc.record(
  {
    order_id: fc.constantFrom('o-1', 'o,"2"', 'o-3', 'o-4'),
    tag: fc.constantFrom(VISIT, 'no-visit'),
    promo_code: fc.constantFrom('FOX10', 'NOBODY'),
    amount: fc.constantFrom('80.00', '79.99', '80.001', '-1.00'),
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
    ordered_at: times,
    status: fc.constantFrom('pending', 'approved', 'declined', 'lost'),
    country: fc.constantFrom('DE', '=A1'),
  },
  { requiredKeys: ['order_id', 'amount', 'currency', 'ordered_at'] },
);

/** Some that are known to be good come first, or few facts would have anybody to be of. */
const facts: fc.Arbitrary<Facts> = fc.record({
  players: fc
    .tuple(fc.uniqueArray(users), many(player))
    .map(([known, items]) => [
      ...known.map((user_id) => ({ user_id, tag: VISIT, sign_up_at: '2026-09-01T00:00:00Z' })),
      ...items,
    ]),
  activity: many(activity),
  orders: many(order),
});

/** Items, some of them said again later. */
function many<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc
    .array(item, { minLength: 1, maxLength: 10 })
    .chain((items) => fc.array(fc.constantFrom(...items), { maxLength: 4 }).map((again) => [...items, ...again]));
} // prettier-ignore

let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  const { brandId, partnerId, campaignId } = scene;
  const promoId = scene.promos[0]!.id;
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [VISIT, partnerId, brandId, campaignId, promoId],
  );
  const poolId = randomUUID();
  await app.db.query(
    `INSERT INTO promo_code_pools (id, brand_id, name, state, created_at) VALUES ($1, $2, 'Pool', 'open', now())`,
    [poolId, brandId],
  );
  await app.db.query(
    `INSERT INTO promo_codes (id, pool_id, brand_id, code, partner_id, campaign_id, promo_id, taken_at)
     VALUES ($1, $2, $3, 'FOX10', $4, $5, $6, now())`,
    [randomUUID(), poolId, brandId, partnerId, campaignId, promoId],
  );
});
afterAll(() => app.close());

const nothing = (): Told => ({ accepted: 0, duplicate: 0, corrected: 0, rejected: 0, codes: [] });

type Report = Omit<Told, 'codes'> & { items: readonly { code?: string }[] };

function add(told: Told, { items, ...report }: Report): void {
  for (const name of ['accepted', 'duplicate', 'corrected', 'rejected'] as const) told[name] += report[name];
  told.codes.push(...items.flatMap(({ code }) => code ?? []));
  told.codes.sort();
}

/** One batch; of activity one for every interval. A batch whose interval is wrong is refused as a whole. */
const json =
  (encoding: 'gzip' | 'identity'): Way =>
  async (kind, items) => {
    const told = nothing();
    for (const batch of kind === 'activity' ? byInterval(items) : [{ [kind]: items }]) {
      const text = JSON.stringify(batch);
      const body = encoding === 'gzip' ? gzipSync(text) : Buffer.from(text);
      const headers = { ...signedHeaders(scene, body), 'content-encoding': encoding };
      const answer = await fetch(`${app.url}/api/sync/v1/${kind}`, { method: 'POST', body, headers });
      if (answer.status === 200) add(told, (await answer.json()) as Report);
      else {
        expect([kind, answer.status]).toEqual(['activity', 400]);
        const refused = batch['items'] as Item[];
        add(told, { ...nothing(), rejected: refused.length, items: refused.map(() => ({ code: 'INVALID_FIELD' })) });
      }
    }
    return told;
  }; // prettier-ignore

function byInterval(items: readonly Item[]): Item[] {
  const batches = new Map<string, { from: unknown; to: unknown; items: Item[] }>();
  for (const { from, to, ...item } of items) {
    const key = JSON.stringify([from, to]);
    if (!batches.has(key)) batches.set(key, { from, to, items: [] });
    batches.get(key)!.items.push(item);
  }
  return [...batches.values()];
}

/** The bytes in pieces of these sizes, in turn. */
async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const end = start + sizes[turn % sizes.length]!;
    yield await Promise.resolve(bytes.subarray(start, end));
    start = end;
  }
}

const lines: Way = async (kind, items, pieces) => {
  const body = ndjson(items);
  const url = `${app.url}/api/sync/v1/${kind}`;
  const answer = await sendNdjson(url, cut(body, pieces), ndjsonHeaders(scene, body));
  expect(answer.last.state).toBe('finished');
  const told = nothing();
  add(told, { ...nothing(), ...answer.last, items: answer.items });
  return told;
};

const csv: Way = async (kind, items, pieces) => {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const cellOf = (value: unknown): string => {
    if (value === undefined) return '';
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = [names, ...items.map((item) => names.map((name) => item[name]))];
  const file = Buffer.from(rows.map((row) => `${row.map(cellOf).join(',')}\n`).join(''));
  const brand = { brandId: scene.brandId, brandCurrency: 'EUR' };
  const told = nothing();
  for await (const batch of app.app
    .get(FileRecorder)
    .record(kind, brand, csvItems(kind, cut(file, pieces)))) {
    add(told, batch);
  }
  return told;
};

/** Everything that is kept of the facts, without ids and times of our own making. */
const KEPT = {
  players: `SELECT external_id, visit_id, promo_code_id, promo_id, campaign_id, partner_id, country, email_hash, profile,
                   signed_up_at, duplicate, self_excluded, disabled, query, first_deposit_at, first_deposit_minor
              FROM players`,
  activity: `SELECT p.external_id, to_jsonb(a) - '{player_id,reported_at}'::text[] AS activity
               FROM player_activity a JOIN players p ON p.id = a.player_id`,
  corrections: `SELECT p.external_id, subject, interval_from, replace(deposit_id, p.id::text, '') AS deposit_id,
                       before, after
                  FROM activity_corrections c JOIN players p ON p.id = c.player_id`,
  deposits: `SELECT p.external_id, replace(d.external_id, p.id::text, '') AS id, amount_minor, processed_at,
                    interval_from, sum_given, count_given, is_first
               FROM deposits d JOIN players p ON p.id = d.player_id`,
  listings: 'SELECT external_id, amount_minor, interval_from, sum_given, count_given FROM deposit_listings',
  orders: `SELECT external_id, partner_id, campaign_id, promo_id, visit_id, promo_code_id, amount_minor, currency,
                  ordered_at, country, status, decided_at IS NULL AS undecided
             FROM orders`,
  changes: 'SELECT DISTINCT campaign_id, partner_id, occurred_at FROM fact_changes',
  batches: 'SELECT DISTINCT kind FROM sync_batches WHERE accepted > 0',
};

async function keep(all: Facts, way: Way, pieces: readonly number[]): Promise<object> {
  await app.asOwner(
    'TRUNCATE players, fraud_signals, player_activity, deposits, deposit_listings, activity_corrections, orders, fact_changes, sync_batches',
  );
  const kept: Record<string, unknown> = {};
  for (const kind of ['players', 'activity', 'orders'] as const) {
    kept[`${kind} told`] = await way(kind, all[kind], pieces);
  }
  for (const [name, query] of Object.entries(KEPT)) {
    const rows = await app.db.query<object[]>(query);
    kept[name] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return kept;
}

describe('A07 facts', () => {
  it(
    'are the same as JSON, compressed, as NDJSON in whatever pieces, and as CSV',
    { timeout: 180_000 },
    async () => {
      const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(facts, pieces, async (all, sizes) => {
          const expected = await keep(all, json('identity'), sizes);
          expect(await keep(all, json('gzip'), sizes)).toEqual(expected);
          expect(await keep(all, lines, sizes)).toEqual(expected);
          expect(await keep(all, csv, sizes)).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    },
  );
});
