import ipaddr from 'ipaddr.js';

/** Bits of an address that are its network's: the others point at one household. */
const NETWORK_BITS = { ipv4: 24, ipv6: 48 };

/**
 * The network of a visitor's address, for those who need not know the visitor.
 * @param address IPv4 or IPv6 in any form
 * @returns a CIDR range such as `203.0.113.0/24`
 */
export function maskAddress(address: string): string {
  const parsed = ipaddr.process(address);
  const bits = NETWORK_BITS[parsed.kind()];
  const family = parsed.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString()}/${bits}`;
}
