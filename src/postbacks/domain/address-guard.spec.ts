import { describe, expect, it } from 'vitest';
import { INSIDE_HOSTS } from '../../../test/support/inside-addresses.js';
import { endpointOf, OutboundAllowList, specialHost, specialRange } from './address-guard.js';

describe('A09 addresses that are never called', () => {
  it.each(INSIDE_HOSTS)('%s', (host) => {
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
