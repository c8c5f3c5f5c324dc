import { describe, expect, it } from 'vitest';
import { firstTouch } from './first-touch.js';

describe('T03 the first touch', () => {
  it.each([
    ['Ann’s visit', 'Bob’s code', 'Ann’s visit'],
    ['Ann’s visit', 'Ann’s code', 'Ann’s visit'],
    ['Ann’s visit', null, 'Ann’s visit'],
    [null, 'Bob’s code', 'Bob’s code'],
    [null, null, null],
  ])('of %s and %s is %s', (visit, promoCode, owner) => {
    expect(firstTouch({ visit, promoCode })).toBe(owner);
  });
});
