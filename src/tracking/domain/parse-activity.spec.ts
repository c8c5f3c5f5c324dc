import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityParser } from './parse-activity.js';

const parse = activityParser({
  money: ['deposits_sum', 'bets_sum', 'bonus_issues_sum', 'sb_balance_corrections_sum'],
  counts: ['deposits_count'],
});

describe('activityParser', () => {
  it('reads numbers and texts of digits alike', () => {
    const { items, refusals } = parse([
      { user_id: 'p', currency: 'eur', bets_sum_cents: 5, deposits_sum_cents: '007', deposits_count: 1 },
      {
        user_id: 'p',
        currency: 'EUR',
        bets_sum_cents: '999999999999999',
        sb_balance_corrections_sum_cents: '-3',
      },
    ]);
    expect(refusals).toEqual([]);
    expect(items.map(({ item }) => [item.currency, Object.fromEntries(item.measures)])).toEqual([
      ['EUR', { bets_sum: 5n, deposits_sum: 7n, deposits_count: 1n }],
      ['EUR', { bets_sum: 999999999999999n, sb_balance_corrections_sum: -3n }],
    ]);
  });

  const list = [{ deposit_id: 'd', amount_cents: 7, processed_at: '2026-10-10T10:00:00Z' }];

  const nothing = { deposit_id: 'n', amount_cents: 0, processed_at: '2026-10-10T10:00:00Z' };
  it.each<[string, object, Record<string, bigint>, string[] | null]>([
    ['a sum alone counts one', { deposits_sum_cents: 7 }, { deposits_sum: 7n, deposits_count: 1n }, null],
    ['an empty list beside it is none', { deposits_sum_cents: 7, deposits: [] }, { deposits_sum: 7n, deposits_count: 1n }, null],
    ['a count stays', { deposits_sum_cents: 7, deposits_count: 3 }, { deposits_sum: 7n, deposits_count: 3n }, null],
    ['a count may come alone', { deposits_count: 3 }, { deposits_count: 3n }, null],
    ['a sum of nothing counts none', { deposits_sum_cents: 0 }, { deposits_sum: 0n }, null],
    ['an empty list alone stays', { deposits: [] }, {}, []],
    ['a list says all that its totals say', { deposits_sum_cents: 7, deposits_count: 1, deposits: list }, {}, ['d']],
    ['a deposit of nothing may be counted', { deposits_count: 2, deposits: [...list, nothing] }, {}, ['d', 'n']],
    ['a deposit of nothing may be left uncounted', { deposits_count: 1, deposits: [...list, nothing] }, {}, ['d', 'n']],
  ])('reads sums and list of deposits together: %s', (_, fields, measures, deposits) => {
    const { items } = parse([{ user_id: 'p', currency: 'EUR', ...fields }]);
    expect(Object.fromEntries(items[0]!.item.measures)).toEqual(measures);
    expect(items[0]!.item.deposits?.map(({ depositId }) => depositId) ?? null).toEqual(deposits);
  }); // prettier-ignore

  it.each<[unknown, string]>([
    [{ bets_sum_cents: '1e3' }, 'bets_sum_cents'],
    [{ bets_sum_cents: '0.1' }, 'bets_sum_cents'],
    [{ bets_sum_cents: Number.NaN }, 'bets_sum_cents'],
    [{ bets_sum_cents: '-0.' }, 'bets_sum_cents'],
    [{ bets_sum_cents: '٣' }, 'bets_sum_cents'],
    [{ bets_sum_cents: '9'.repeat(16) }, 'bets_sum_cents'],
    [{ bets_sum_cents: '' }, 'bets_sum_cents'],
    [{ bets_sum_cents: [1] }, 'bets_sum_cents'],
    [{ bets_sum_cents: -1 }, 'bets_sum_cents: must not be negative'],
    [{ bets_sum: 1 }, 'bets_sum: is not a field'],
    [{ deposits_sum_cents: 1, deposits_count: 0 }, 'deposits_count: must be at least 1'],
    [{ deposits_sum_cents: 1, deposits_count: 0, deposits: [] }, 'deposits_count: must be at least 1'],
    [{ deposits: list, deposits_sum_cents: 9900 }, 'deposits_sum_cents: one of the two is wrong'],
    [{ deposits: list, deposits_sum_cents: 0 }, 'deposits_sum_cents: one of the two is wrong'],
    [{ deposits: list, deposits_sum_cents: 7, deposits_count: 7 }, 'deposits_count: one of the two is wrong'],
    [{ deposits: list, deposits_count: 0 }, 'deposits_count: one of the two is wrong'],
    [{ user_id: 7 }, 'user_id'],
    [{ currency: undefined }, 'currency'],
    [{ deposits: {} }, 'deposits'],
    [{ deposits: [7] }, 'deposits[0]'],
    [{ deposits: [{ deposit_id: 'd', amount_cents: -1, processed_at: '2026-10-10T10:00:00Z' }] }, 'deposits[0].amount_cents'], // prettier-ignore
    [
      { deposits: [{ deposit_id: 'd', amount_cents: 1, processed_at: '2026-10-10' }] },
      'deposits[0].processed_at',
    ],
    [{ deposits: ['d', 'd'].map((id) => ({ deposit_id: id, amount_cents: 1, processed_at: '2026-10-10T10:00:00Z' })) }, 'deposits[1].deposit_id'], // prettier-ignore
  ])('refuses %j and names the field', (faulty, message) => {
    const { items, refusals } = parse([{ user_id: 'p', currency: 'EUR', ...(faulty as object) }]);
    expect(items).toEqual([]);
    expect(refusals).toMatchObject([{ index: 0, code: 'INVALID_FIELD' }]);
    expect(refusals[0]!.message).toContain(message);
  });

  it('never fails, whatever the items are, and answers each of them', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.anything(), fc.record({ user_id: fc.string(), currency: fc.string(), deposits: fc.anything(), bets_sum_cents: fc.anything() }))), (raw) => {
        const { items, refusals } = parse(raw);
        expect(items.length + refusals.length).toBe(raw.length);
      }),
    ); // prettier-ignore
  });
});
