import { describe, expect, it } from 'vitest';
import { randomLinkCode } from './random-code.js';

describe('randomLinkCode', () => {
  it('gives ten base-62 characters, never the same', () => {
    const codes = Array.from({ length: 1_000 }, randomLinkCode);
    expect(codes.every((code) => /^[0-9A-Za-z]{10}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
