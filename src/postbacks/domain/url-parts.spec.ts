import { describe, expect, it } from 'vitest';
import { sameAddress } from './url-parts.js';

describe('A09 the address of a URL', () => {
  it.each([
    ['https://t.example/p?id=${clickid}', 'https://t.example/p?id=c-1', true],
    ['https://t.example/p#part', 'https://t.example/p?a=1', true],
    ['https://t.example/p', 'https://t.example/q', false],
    ['https://t.example/p', 'http://t.example/p', false],
    ['https://t.example/p?a=1', 'https://other.example/p?a=1', false],
    ['https://t.example/p', 'https://t.example:8443/p', false],
    ['https://t.example/p', 'https://t.example/p/q', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(sameAddress(one, other)).toBe(same);
  });
});
