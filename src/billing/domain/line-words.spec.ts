import { describe, expect, it } from 'vitest';
import { LINE_KINDS } from './bill-lines.js';
import { lineWords } from './line-words.js';

describe('A13 lines of a bill in words', () => {
  const periodStart = new Date('2026-10-01T00:00:00Z');

  it.each([
    ['cpa', '50.00 EUR per player', 'Commission per qualified player, 50.00 EUR per player'],
    ['revshare', '25%', 'Share of revenue, 25%'],
    ['cpl', null, 'Commission per registration'],
    ['one of tomorrow', '1', 'one of tomorrow, 1'],
  ])('%s at %s', (strategy, rate, words) => {
    expect(lineWords({ kind: 'period', periodStart, strategy, rate })).toBe(words);
    expect(lineWords({ kind: 'adjustment', periodStart, strategy, rate })).toBe(
      `${words}: changes in the period from 2026-10-01`,
    );
  });

  it('every kind has words of its own', () => {
    const words = LINE_KINDS.map((kind) => lineWords({ kind, periodStart, strategy: null, rate: null }));
    expect(new Set(words).size).toBe(LINE_KINDS.length);
  });
});
