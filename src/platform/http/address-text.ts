import ipaddr from 'ipaddr.js';

const WITH_PORT = /^(?:\[([\da-f:.]+)\]|(\d+(?:\.\d+){3}))(?::\d{1,5})?$/i;

/**
 * An IP address as proxies write it, in its plain form: without the port that some add (`203.0.113.7:4711`,
 * `[2001:db8::1]:443`), and IPv4 as itself.
 * @returns null when the text is no address in four parts or of IPv6
 */
export function plainAddress(text: string): string | null {
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const address = six ?? four ?? text;
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
  return ipaddr.process(address).toString();
}
