import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { BillingScene, SHARE_25 } from './scene.js';
import { finishedRun } from './waiting-bill.js';

interface ListedBill {
  id: string;
  partner: { id: string };
  plan: { id: string };
  state: string;
  period: { firstDay: string; lastDay: string };
  payable: { amount: string; currency: string };
  createdAt: string;
}
interface BillList {
  items: ListedBill[];
  nextCursor: string | null;
}

const SORTS = ['createdAt', 'period', 'amount', 'state'] as const;
const DIRECTIONS = ['', '-'] as const;
type Key = readonly (string | bigint)[];

/** What each order goes by, written down a second time. */
const KEYS: Record<(typeof SORTS)[number], (bill: ListedBill) => Key> = {
  createdAt: ({ createdAt, id }) => [createdAt, id],
  period: ({ period, id }) => [period.firstDay, id],
  amount: ({ payable, id }) => [payable.currency, BigInt(payable.amount.replace('.', '')), id],
  state: ({ state, createdAt, id }) => [state, createdAt, id],
};

function compare(a: Key, b: Key): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

describe('A13 the list of bills', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;
  let ids: { partners: string[]; plans: string[] };
  let all: ListedBill[];

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    const scene = await BillingScene.open(app);
    const other = await scene.join('ben@partners.example');
    ({ operator, partner } = scene);
    const plans = [
      await scene.account({ strategies: [SHARE_25] }),
      await scene.account({ strategies: [SHARE_25] }),
    ];
    ids = { partners: [scene.partnerId, other.partnerId], plans: plans.map(({ planId }) => planId) };
    await writeBills(app, scene.brandId, ids);
    all = await walk(operator, 'operator/bills?limit=200');
  });
  afterAll(() => app.close());

  async function walk(who: Person, path: string): Promise<ListedBill[]> {
    const items: ListedBill[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: BillList = body(await who.get(cursor === '' ? path : `${path}&cursor=${cursor}`), 200);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  it('comes in every order, page by page, without a gap or a repetition, whatever is filtered', async () => {
    const filters = fc.record(
      {
        planId: fc.constantFrom(...ids.plans),
        state: fc.constantFrom('pending', 'paid'),
        currency: fc.constantFrom('EUR', 'JPY'),
      },
      { requiredKeys: [] },
    );
    const asked = fc.record({
      own: fc.boolean(),
      sort: fc.constantFrom(...SORTS),
      direction: fc.constantFrom(...DIRECTIONS),
      limit: fc.integer({ min: 1, max: 40 }),
      filter: filters,
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ own, sort, direction, limit, filter }) => {
        const query = new URLSearchParams({ ...filter, sort: `${direction}${sort}`, limit: String(limit) });
        const seen = await walk(
          own ? partner : operator,
          `${own ? 'partner' : 'operator'}/bills?${query.toString()}`,
        );
        const expected = all.filter(
          (bill) =>
            (!own || bill.partner.id === ids.partners[0]) &&
            (filter.planId ?? bill.plan.id) === bill.plan.id &&
            (filter.state ?? bill.state) === bill.state &&
            (filter.currency ?? bill.payable.currency) === bill.payable.currency,
        );
        expected.sort((a, b) => compare(KEYS[sort](a), KEYS[sort](b)) * (direction === '-' ? -1 : 1));
        expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });

  it('is newest first when nothing else is asked for', async () => {
    const times = all.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().reverse());
    expect(all).toHaveLength(96);
  });

  it('shows a partner the bills of one plan, and no others’ bills', async () => {
    const own = await walk(partner, `partner/bills?planId=${ids.plans[0]}`);
    expect(own).toHaveLength(24);
    expect(own.every((bill) => bill.partner.id === ids.partners[0] && bill.plan.id === ids.plans[0])).toBe(
      true,
    );
    expect(await walk(partner, `partner/bills?planId=${randomUUID()}`)).toEqual([]);
    expect((await partner.get(`partner/bills?partnerId=${ids.partners[1]}`)).status).toBe(400);
  });

  it('refuses orders that it does not know, and cursors of another order', async () => {
    for (const query of [
      'sort=payable',
      'sort=--amount',
      'sort=',
      'sort=id',
      'planId=x',
      'currency=euro',
      'currency=ZZZ',
    ]) {
      const { errors } = body<{ errors: { path: string }[] }>(
        await operator.get(`operator/bills?${query}`),
        400,
      );
      expect(errors[0]!.path).toBe(query.split('=')[0]);
    }
    const cursorOf = async (sort: string): Promise<string> =>
      body<BillList>(await operator.get(`operator/bills?limit=1&sort=${sort}`), 200).nextCursor!;
    const cursors = await Promise.all(SORTS.map(cursorOf));
    const made = [
      ['2026-W10-1', randomUUID()],
      ['+275760-01-01T00:00:00.000Z', randomUUID()],
      ['2026-02-30', randomUUID()],
      ['EUR', '9223372036854775808', randomUUID()],
      ['EUR', '-1', randomUUID()],
      ['E\0R', '1', randomUUID()],
      ['paid', '2026-10-01T00:00:00.000Z', 'x'],
      ['\0', '2026-10-01T00:00:00.000Z', randomUUID()],
    ].map((key) => Buffer.from(JSON.stringify(key)).toString('base64url'));
    for (const [index, sort] of SORTS.entries()) {
      for (const cursor of [...cursors.filter((_, other) => other !== index), ...made]) {
        const answer = await operator.get(`operator/bills?sort=${sort}&cursor=${cursor}`);
        expect(body<{ code: string }>(answer, 400).code).toBe('INVALID_CURSOR');
      }
    }
  });
});

/** Months of two partners' bills by two plans in two currencies, alike in many ways: 96 of them. */
async function writeBills(
  app: TestApp,
  brandId: string,
  { partners, plans }: { partners: string[]; plans: string[] },
): Promise<void> {
  await app.db.transaction(async (tx) => {
    const runId = await finishedRun(tx);
    await tx.query(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone,
                          first_day, last_day, state, issued_minor, payable_minor, cancel_reason, run_id, created_at,
                          processed_at)
       SELECT gen_random_uuid(), partner, plan, 1, $3, currency, start, start + interval '1 month', 'UTC',
              start::date, (start + interval '1 month')::date - 1, state, amount, amount,
              CASE state WHEN 'cancelled' THEN 'Own clicks' END, $4, timestamptz '2027-01-01' + month % 4 * interval '1 hour',
              CASE WHEN state <> 'pending' THEN now() END
         FROM unnest($1::uuid[]) AS partner, unnest($2::uuid[]) AS plan, unnest('{EUR,JPY}'::text[]) AS currency,
              generate_series(0, 11) AS month,
              LATERAL (SELECT timestamptz '2026-01-01Z' + month * interval '1 month' AS start,
                              (array[5, 20, 100, 100, 1000])[1 + (month * 7 + length(currency)) % 5] AS amount,
                              (array['pending', 'paid', 'cancelled'])[1 + month % 3] AS state) AS made`,
      [partners, plans, brandId, runId],
    );
    await tx.query(
      `INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, quantity,
                               amount_minor, explanation)
       SELECT gen_random_uuid(), id, partner_id, plan_id, 1, 'period', period_start, 'line', 1, issued_minor, '{}' FROM bills`,
    );
  });
}
