import { lookup, Resolver } from 'node:dns/promises';
import { OutboundFailure } from './outbound-error.js';

/** All addresses of a name; `open` when an operator listed it, else a stranger chose it. */
export type Resolve = (host: string, open: boolean) => Promise<readonly string[]>;

const TRY_MS = 1_500;
const TRIES = 2;

/** Strangers' names are asked of the name servers directly, listed ones of the system, whose own files may know them. */
export const resolveName: Resolve = (host, open) => (open ? resolveBySystem(host) : askNameServers(host));

/**
 * Asks the system's name servers for both kinds of addresses. The system's own look-up would occupy one of the few
 * threads that the whole process shares for as long as the name's server stays silent.
 * @param servers others than the system's, as `address:port`
 * @throws OutboundFailure host_not_found
 */
export async function askNameServers(host: string, servers?: readonly string[]): Promise<string[]> {
  // A new one each time knows the servers that the system has now.
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length === 0) throw new OutboundFailure('host_not_found');
  return addresses;
}

async function resolveBySystem(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}
