import { describe, expect, it } from 'vitest';
import { codeFaults } from './promo-code.js';

describe('T03 promo codes', () => {
  it('are plain', () => {
    expect(codeFaults(['FOX10', 'fox-11', 'a_b', 'x'.repeat(40)])).toEqual([]);
  });

  it.each(['', 'ab', 'x'.repeat(41), 'FOX 10', 'FOX10\n', '=FOX', 'ＦＯＸ１', "F'OX", 'straße'])(
    'are not %j',
    (code) => {
      expect(codeFaults(['FOX', code])).toEqual([
        { place: 1, message: 'must be 3 to 40 letters, digits, _ or -' },
      ]);
    },
  );

  it('come once in a list, in whatever case', () => {
    expect(codeFaults(['FOX', 'BEE', 'fox', 'Fox'])).toEqual([
      { place: 2, message: 'is the same as codes.0' },
      { place: 3, message: 'is the same as codes.0' },
    ]);
  });
});
