import ipaddr from 'ipaddr.js';
import { plainAddress } from '../http/address-text.js';

const LONGEST_ADDRESS = 64;

/** What an address is counted as: IPv4 by itself, IPv6 with its /64, of which one household or server has all. */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (plain === null) return address.slice(0, LONGEST_ADDRESS);
  const parsed = ipaddr.parse(plain);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
