import { describe, expect, it } from 'vitest';
import { endpointOf, OutboundAllowList, specialHost, specialRange } from './address-guard.js';

describe('A09 addresses that are never called', () => {
  it.each([
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '2852039166',
    '0xA9FEA9FE',
    '0251.0376.0251.0376',
    '169.254.43518',
    '0',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:7f00:1]',
    '[::ffff:8.8.8.8]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[100::1]',
    '[5f00::1]',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    'metadata.google.internal',
    'printer.local',
    'router.home.arpa',
  ])('%s', (host) => {
    expect(specialHost(endpointOf(new URL(`http://${host}/`)).host)).not.toBeNull();
  });

  it.each([
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700:4700::1111]',
    'example.com',
    'xn--bcher-kva.example',
  ])('but %s is fine', (host) => expect(specialHost(endpointOf(new URL(`http://${host}/`)).host)).toBeNull());

  it.each(['fe80::1%eth0', '::ffff:127.0.0.1', '', 'nonsense', '0177.0.0.1'])(
    'a resolver that says %j',
    (address) => {
      expect(specialRange(address)).not.toBeNull();
    },
  );
});

describe('A09 the list of private addresses that are open', () => {
  const list = new OutboundAllowList(['127.0.0.1:4000', 'tracker:80', '[::1]:4000']);
  const opens = (url: string) => list.opens(endpointOf(new URL(url)));

  it('opens exactly the host and port', () => {
    expect(opens('http://127.0.0.1:4000/x')).toBe(true);
    expect(opens('http://0x7f000001:4000/x')).toBe(true);
    expect(opens('http://tracker/')).toBe(true);
    expect(opens('http://[::1]:4000/')).toBe(true);
    expect(opens('http://127.0.0.1:4001/')).toBe(false);
    expect(opens('https://tracker/')).toBe(false);
    expect(opens('http://localhost:4000/')).toBe(false);
  });
});
