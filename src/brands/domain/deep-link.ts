import { httpUrlFault } from '../../platform/http/http-url.js';

const LONGEST = 253;
const LABELS = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;
const IPV4 = /^\d+(\.\d+){3}$/;

/**
 * Why the text cannot stand in a brand's list of allowed hosts, or null when it can: a host name (`shop.example`), or
 * `*.` and a domain (`*.fox.example`, every host below it but not the domain itself).
 */
export function hostPatternFault(text: string): string | null {
  const { wildcard, host } = split(text);
  if (text.length > LONGEST || host === null || !LABELS.test(host)) {
    return 'must be a host such as shop.example or *.shop.example, without scheme, port or path';
  }
  if (wildcard && (IPV4.test(host) || !host.includes('.'))) {
    return 'must have a domain of two or more labels after *.';
  }
  return null;
}

/** The pattern as hosts of parsed addresses are compared with it: in lower case, international names in Punycode. */
export function normalHostPattern(pattern: string): string {
  const { wildcard, host } = split(pattern);
  return wildcard ? `*.${host}` : host!;
}

/**
 * Where a deep link may send its visitor, or null when it may not: an absolute http(s) address on an allowed host, at
 * its scheme's own port, without credentials (rules §2.1).
 * @param text the address as it came with the click
 * @param allowedHosts normal patterns
 * @returns the address as the host was compared, so that no browser can read another host into it
 */
export function deepLink(text: string, allowedHosts: readonly string[]): string | null {
  if (httpUrlFault(text) !== null) return null;
  const { hostname, port, href } = new URL(text);
  return port === '' && allowedHosts.some((pattern) => matches(hostname, pattern)) ? href : null;
}

function matches(hostname: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return hostname === pattern;
  const end = pattern.slice(1);
  return hostname.endsWith(end) && hostname.length > end.length && !hostname.startsWith('.');
}

/** Parts of a pattern, the host as the URL standard writes it; null when it is none. */
function split(pattern: string): { wildcard: boolean; host: string | null } {
  const wildcard = pattern.startsWith('*.');
  const rest = wildcard ? pattern.slice(2) : pattern;
  const address = `https://${rest}/`;
  if (/[\s/\\:@?#%*[\]\p{Cc}]/u.test(rest) || !URL.canParse(address)) return { wildcard, host: null };
  return { wildcard, host: new URL(address).hostname };
}
