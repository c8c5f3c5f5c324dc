import { expect, it } from 'vitest';
import { countryCode } from './country-code.js';

it.each<[unknown, string | null]>([
  ['DE', 'DE'],
  ['de', 'DE'],
  ['xk', 'XK'],
  ['XX', null],
  ['EU', null],
  ['UK', null],
  ['ZZ', null],
  ['T1', null],
  ['DEU', null],
  ['D\n', null],
  ['', null],
  [null, null],
  [7, null],
  ['ßß', null],
])('reads %j as the country %j', (text, code) => {
  expect(countryCode(text)).toBe(code);
});
