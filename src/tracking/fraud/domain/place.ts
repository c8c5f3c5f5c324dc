import ipaddr from 'ipaddr.js';

/** Ranges of addresses that any number of people use: they tell nothing of who came. */
const TELL_NOTHING = new Set<string>([
  'unspecified',
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);
/** Bits of what one line or household has, and of what one provider gives out in one area. */
const LINE_BITS = { ipv4: 32, ipv6: 64 } as const;
const AREA_BITS = { ipv4: 24, ipv6: 48 } as const;

/** Where an address is on the internet. */
export interface Place {
  /** The network of the line: IPv4 by itself, IPv6 with its /64. */
  readonly line: string;
  /** The wider network: /24 or /48. */
  readonly area: string;
}

/**
 * Where an address is; null for one that says nothing about it: no address, or one of a private or shared network. Such
 * clicks are the program's own tests, or those of a proxy that it does not trust yet.
 */
export function placeOf(address: string | null): Place | null {
  if (address === null || !ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  if (TELL_NOTHING.has(parsed.range())) return null;
  return { line: networkOf(parsed, LINE_BITS), area: networkOf(parsed, AREA_BITS) };
}

function networkOf(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  bits: Readonly<Record<'ipv4' | 'ipv6', number>>,
): string {
  return address instanceof ipaddr.IPv4
    ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${bits.ipv4}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${bits.ipv6}`).toString();
}
