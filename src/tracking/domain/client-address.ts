import ipaddr from 'ipaddr.js';
import { plainAddress } from '../../platform/http/address-text.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The address of the client behind trusted proxies: the last address of the chain `X-Forwarded-For`, connection
 * that is not itself a trusted proxy. Whatever an untrusted one claims about those before it is not believed.
 */
export class ClientAddresses {
  private readonly trusted: [Address, number][];

  /** @param trustedProxies addresses or CIDR ranges */
  constructor(trustedProxies: readonly string[]) {
    this.trusted = trustedProxies.map((text) => {
      if (text.includes('/')) return ipaddr.parseCIDR(text);
      const address = ipaddr.process(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
  }

  /**
   * @param connection address of the connection's other end
   * @param forwardedFor the `X-Forwarded-For` header
   * @returns an address in its plain form, or null when even the connection has none, or a proxy names none
   */
  find(connection: string | undefined, forwardedFor: string | undefined): string | null {
    if (connection === undefined) return null;
    if (this.trusted.length === 0) return plain(connection);
    const chain = (forwardedFor ?? '').split(',').map((part) => part.trim());
    let client = connection;
    while (this.isTrusted(client)) {
      const previous = chain.pop();
      if (previous === undefined || previous === '') break;
      const named = plainAddress(previous);
      if (named === null) return null;
      client = named;
    }
    return plain(client);
  }

  /** Whether the connection's other end is a trusted proxy. */
  isProxy(connection: string): boolean {
    return this.trusted.length > 0 && this.isTrusted(connection);
  }

  private isTrusted(text: string): boolean {
    const address = ipaddr.process(withoutZone(text));
    return this.trusted.some(
      ([range, bits]) => address.kind() === range.kind() && address.match(range, bits),
    );
  }
}

/** IPv4 addresses that arrive on an IPv6 socket are written as what they are. */
function plain(address: string): string {
  return withoutZone(address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address);
}

/** A link-local address names the interface it came by, which the database's type refuses. */
function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}
