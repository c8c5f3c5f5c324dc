import { describe, expect, it } from 'vitest';
import { maskAddress } from './mask-address.js';

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8:ffff:ffff::1', '2001:db8:ffff::/48'],
    ['::1', '::/48'],
  ])('%s is in %s', (address, network) => {
    expect(maskAddress(address)).toBe(network);
  });
});
