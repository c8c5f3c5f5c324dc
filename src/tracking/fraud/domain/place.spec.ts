import { describe, expect, it } from 'vitest';
import { placeOf } from './place.js';

describe('B07 where an address is', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', '203.0.113.0'],
    ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.0'],
    ['2001:db8:7:1:ffff::1', '2001:db8:7:1::', '2001:db8:7::'],
  ])('%s: line %s, area %s', (address, line, area) => {
    expect(placeOf(address)).toEqual({ line, area });
  });

  it.each([
    null,
    '',
    'unknown',
    '0.0.0.0',
    '127.0.0.1',
    '10.1.2.3',
    '192.168.1.1',
    '169.254.0.1',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
  ])('%s tells nothing', (address) => {
    expect(placeOf(address)).toBeNull();
  });
});
