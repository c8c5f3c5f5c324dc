import { expect, it } from 'vitest';
import { isLinkCode, isReservedCode } from './link-code.js';

it.each(['fox', 'Summer-2026', '8sKq2VbX0a', '_-_', 'a'.repeat(32)])('%s can stand in a link', (code) => {
  expect(isLinkCode(code)).toBe(true);
});

it.each(['', 'ab', 'a'.repeat(33), 'a b', 'föx', 'a/b', 'a.b', 'a%20b', 'fox\n', '../x'])(
  '%j cannot',
  (code) => {
    expect(isLinkCode(code)).toBe(false);
  },
);

it('keeps back the words that a visitor could take for a page of the program', () => {
  expect(['admin', 'LOGIN', 'Sign-In'].every(isReservedCode)).toBe(true);
  expect(['fox', 'admin-fox'].some(isReservedCode)).toBe(false);
});
