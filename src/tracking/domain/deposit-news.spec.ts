import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newsOf } from './deposit-news.js';

const named = (amounts: readonly bigint[]) =>
  amounts.map((amountMinor, place) => ({ depositId: `d-${place}`, amountMinor }));

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, amount) => total + amount, 0n);

describe('A07 newsOf', () => {
  it.each<[string, bigint[], bigint, Record<string, bigint>]>([
    ['nothing of what was told whole', [25n, 25n], 50n, {}],
    ['what is more', [30n, 50n], 50n, { 'd-0': 30n }],
    ['what is more of a larger one', [60n], 50n, { 'd-0': 10n }],
    ['a part of one that was told in part', [40n, 20n], 50n, { 'd-1': 10n }],
    ['everything where nothing was told', [2n, 1n], 0n, { 'd-0': 2n, 'd-1': 1n }],
    ['nothing where there is nothing', [], 50n, {}],
  ])('is %s', (_, amounts, told, news) => {
    expect(Object.fromEntries(newsOf(named(amounts), told))).toEqual(news);
  });

  it('adds up to what is more than was told, in one part at most, whatever the order', () => {
    const amounts = fc.array(fc.bigInt(0n, 20n), { maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, 60n), (each, told) => {
        const news = newsOf(named(each), told);
        const total = sum(each);
        expect(sum(news.values())).toBe(total > told ? total - told : 0n);
        const parts = named(each).filter(({ depositId, amountMinor }) => {
          const untold = news.get(depositId) ?? amountMinor;
          expect(untold > 0n || amountMinor === 0n).toBe(true);
          return untold !== amountMinor;
        });
        expect(parts.length).toBeLessThanOrEqual(1);
        expect(newsOf(named(each).reverse(), told)).toEqual(news);
      }),
    );
  });
});
