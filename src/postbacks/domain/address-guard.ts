import ipaddr from 'ipaddr.js';

/** Global unicast addresses of IPv6; everything outside is local, mapped, translated or reserved. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Documentation (RFC 9637). */
const DOCUMENTATION = ipaddr.IPv6.parseCIDR('3fff::/20');

/** Names that never lead to a public host (RFC 6761, 6762, 8375 and the ICANN-reserved `internal`). */
const PRIVATE_NAMES = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

/**
 * Why an IP address must not be called (rule 5.4): the name of its special range, or null when it is public.
 * IPv6 forms that carry an IPv4 address (mapped, translated, 6to4, Teredo) are special whatever they carry.
 * @param address IPv4 in dotted decimal or IPv6; anything else is `unreadable`
 */
export function specialRange(address: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    const range = ipaddr.IPv4.parse(address).range();
    return range === 'unicast' ? null : range;
  }
  if (!ipaddr.IPv6.isValid(address)) return 'unreadable';
  const parsed = ipaddr.IPv6.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed.match(GLOBAL_UNICAST) && !parsed.match(DOCUMENTATION) ? null : 'reserved';
}

/** Host and port of a URL as {@link OutboundAllowList} and a connection see them. */
export interface Endpoint {
  /** Lower-case name or IP address, without brackets and without the root's dot. */
  readonly host: string;
  readonly port: number;
}

/** Endpoint of an http(s) URL, after the WHATWG parser has brought every spelling of an address to one form. */
export function endpointOf(url: URL): Endpoint {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: plainHost(url.hostname), port };
}

/** A host name or address without brackets and without the root's dot. */
export function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * Why a host must not be called, as far as its text tells: the special range of an address, `private name`, or null
 * for a public address or a name that has yet to be resolved.
 */
export function specialHost(host: string): string | null {
  if (isAddress(host)) return specialRange(host);
  return PRIVATE_NAMES.test(host.replace(/\.+$/, '')) ? 'private name' : null;
}

/** Whether a host is an IP address rather than a name. */
export function isAddress(host: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host);
}

/** `host:port` pairs that may be called although private (setting OUTBOUND_ALLOW). */
export class OutboundAllowList {
  private readonly pairs: ReadonlySet<string>;

  constructor(pairs: readonly string[]) {
    this.pairs = new Set(pairs.map((pair) => keyOf(pair.slice(0, pair.lastIndexOf(':')), pair)));
  }

  /** Whether exactly this host, as written in the URL, and port are open. */
  opens({ host, port }: Endpoint): boolean {
    return this.pairs.has(`${host}:${port}`);
  }
}

function keyOf(host: string, pair: string): string {
  return `${plainHost(host)}:${pair.slice(pair.lastIndexOf(':') + 1)}`;
}
