import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { Config, UserAgents } from '../platform/index.js';
import { AddressBook } from './address-book.js';
import { readClickHeaders } from './domain/click-headers.js';
import { ClientAddresses } from './domain/client-address.js';
import { countryCode } from './domain/country-code.js';
import type { Visitor } from './visit.js';

const MAX_PROXIES = 1_000;

/** Reads from a click who came: where from, with what, and whether that looks like a person. */
@Injectable()
export class Visitors {
  private readonly addresses: ClientAddresses;
  private readonly countryHeader: string | null;
  /** Whether a connection comes from a trusted proxy. */
  private readonly proxies = new LRUCache<string, boolean>({ max: MAX_PROXIES });

  constructor(
    config: Config,
    private readonly addressBook: AddressBook,
    private readonly userAgents: UserAgents,
  ) {
    this.addresses = new ClientAddresses(config.trustedProxies);
    this.countryHeader = config.countryHeader;
  }

  /** The visitor who sent the request. */
  read({ rawHeaders, socket }: IncomingMessage): Visitor {
    const headers = readClickHeaders(rawHeaders, this.countryHeader);
    const ip = this.addresses.find(socket.remoteAddress, headers.forwardedFor);
    const { country, datacenter } = this.addressBook.find(ip);
    return {
      ip,
      userAgent: headers.userAgent,
      referer: headers.referer,
      country: country ?? this.claimedCountry(headers.country, socket.remoteAddress),
      bot: this.userAgents.isBot(headers.userAgent),
      datacenter,
    };
  }

  /** The country that a header names, believed as `X-Forwarded-For` is: from a trusted proxy. */
  private claimedCountry(claim: string | null, connection: string | undefined): string | null {
    if (claim === null || connection === undefined) return null;
    const trusted = remember(this.proxies, connection, (address) => this.addresses.isProxy(address));
    return trusted ? countryCode(claim) : null;
  }
}

/** What was decided of the key before, or is decided now. */
function remember(cache: LRUCache<string, boolean>, key: string, decide: (key: string) => boolean): boolean {
  let known = cache.get(key);
  if (known === undefined) {
    known = decide(key);
    cache.set(key, known);
  }
  return known;
}
