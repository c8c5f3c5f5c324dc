import { describe, expect, it } from 'vitest';
import { fraudScore } from './score.js';

const counted = (rule: string, weight: number, open: number, confirmed = 0) => ({
  rule,
  weight,
  open,
  confirmed,
});

describe('B07 the score', () => {
  it('is nothing without signals that count', () => {
    expect(fraudScore([counted('bot', 40, 0)])).toEqual({ score: 0, rules: [] });
  });

  it('counts each rule once, however many signals it has, and lists the heaviest first', () => {
    const rules = [counted('country_mismatch', 20, 7), counted('bot', 40, 0, 3), counted('abacus', 20, 1)];
    expect(fraudScore(rules)).toEqual({ score: 80, rules: [rules[1], rules[2], rules[0]] });
  });

  it('is never above 100', () => {
    expect(fraudScore([counted('one', 90, 1), counted('two', 60, 1)]).score).toBe(100);
  });
});
