import { describe, expect, it } from 'vitest';
import { ClientAddresses } from './client-address.js';

describe('ClientAddresses', () => {
  it('believes nobody without trusted proxies', () => {
    const addresses = new ClientAddresses([]);
    expect(addresses.find('192.0.2.1', '203.0.113.7')).toBe('192.0.2.1');
    expect(addresses.find('::ffff:192.0.2.1', undefined)).toBe('192.0.2.1');
    expect(addresses.find('fe80::1%eth0', undefined)).toBe('fe80::1');
    expect(addresses.find(undefined, '203.0.113.7')).toBeNull();
  });

  it.each<[string, string | undefined, string | null]>([
    ['10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['10.0.0.1', '203.0.113.7, 10.2.3.4', '203.0.113.7'],
    ['10.0.0.1', '10.2.3.4', '10.2.3.4'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['10.0.0.1', '[2001:db8::1]:443, 10.2.3.4:80', '2001:db8::1'],
    ['10.0.0.1', '2001:DB8::1', '2001:db8::1'],
    // A proxy that does not know, or says what is no address: the visitor's is unknown, and not the proxy's.
    ['10.0.0.1', 'unknown', null],
    ['10.0.0.1', '_hidden', null],
    ['10.0.0.1', '1', null],
    ['10.0.0.1', '203.0.113', null],
    ['192.0.2.9', '203.0.113.7', '192.0.2.9'],
    ['2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
  ])('takes %s with %j for %s', (connection, forwarded, client) => {
    const addresses = new ClientAddresses(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.1']);
    expect(addresses.find(connection, forwarded)).toBe(client);
  });
});
