import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { AddressRanges } from './address-ranges.js';

describe('AddressRanges', () => {
  const LIST = `
    # Example cloud
    203.0.113.0/25   # first half
    203.0.113.64/26
    198.51.100.7
    2001:db8:1::/48
    10.1.2.3/8
  `;

  it.each<[string, boolean]>([
    ['203.0.113.0', true],
    ['203.0.113.127', true],
    ['203.0.113.128', false],
    ['203.0.112.255', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['::ffff:198.51.100.7', true],
    ['2001:db8:1:ffff::1', true],
    ['2001:db8:2::', false],
    ['::', false],
    ['not an address', false],
  ])('finds %s: %s', (address, expected) => {
    expect(AddressRanges.parse(LIST).has(address)).toBe(expected);
  });

  it('puts ranges together that overlap', () => {
    expect(AddressRanges.parse(LIST).size).toBe(4);
    expect(AddressRanges.parse('').has('203.0.113.1')).toBe(false);
    expect(AddressRanges.parse('0.0.0.0/0').has('203.0.113.1')).toBe(true);
  });

  it.each(['203.0.113.0/33', '203.0.113.0/', '203.0.113.0/8/8', 'example.com', '10.0.0.0/-1', '::/129'])(
    'names the line that is wrong: %s',
    (line) => {
      expect(() => AddressRanges.parse(`10.0.0.0/8\n${line}`)).toThrow(`line 2: ${JSON.stringify(line)}`);
    },
  );

  it('agrees with matching one range after the other', () => {
    const address = fc.ipV4().map((text) => text.replace(/^\d+\.\d+/, '10.1'));
    const range = fc.tuple(address, fc.integer({ min: 12, max: 32 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.array(address), (ranges, wanted) => {
        const lines = ranges.map(([start, bits]) => `${start}/${bits}`);
        const known = AddressRanges.parse(lines.join('\n'));
        for (const one of wanted) {
          const inAny = lines.some((line) => ipaddr.parse(one).match(ipaddr.parseCIDR(line)));
          expect(known.has(one)).toBe(inAny);
        }
      }),
    );
  });
});
