import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type CountryResponse, Reader } from 'mmdb-lib';
import { Config, Timed } from '../platform/index.js';
import { AddressRanges } from './domain/address-ranges.js';
import { countryCode } from './domain/country-code.js';
import { ReferenceFile } from './reference-file.js';

/** What is known of a visitor by the address alone. */
export interface AddressFacts {
  /** ISO 3166-1 alpha-2; null when not known. */
  readonly country: string | null;
  /** Whether the address belongs to a data centre, where few people sit. */
  readonly datacenter: boolean;
}

const MAX_KNOWN = 20_000;
const NOTHING: AddressFacts = { country: null, datacenter: false };

/**
 * Tells countries and data centres of addresses, from the files that the operator names (`GEOIP_DATABASE`,
 * `DATACENTER_RANGES`). Without them nothing is known.
 */
@Injectable()
export class AddressBook implements OnModuleInit {
  private readonly logger = new Logger(AddressBook.name);
  private readonly countries: ReferenceFile<Reader<CountryResponse>> | null;
  private readonly datacenters: ReferenceFile<AddressRanges> | null;
  private readonly known = new LRUCache<string, AddressFacts>({ max: MAX_KNOWN });

  constructor({ geoIpDatabase, datacenterRanges }: Config) {
    this.countries = geoIpDatabase ? new ReferenceFile(geoIpDatabase, readCountries) : null;
    this.datacenters = datacenterRanges
      ? new ReferenceFile(datacenterRanges, (bytes) => AddressRanges.parse(bytes.toString('utf8')))
      : null;
  }

  /** @throws Error when a file cannot be read: the program does not start with half of what it was told to use */
  async onModuleInit(): Promise<void> {
    await this.countries?.refresh();
    await this.datacenters?.refresh();
  }

  /** What is known of the address; null is nobody's. */
  find(address: string | null): AddressFacts {
    if (address === null || (!this.countries && !this.datacenters)) return NOTHING;
    const remembered = this.known.get(address);
    if (remembered) return remembered;
    const facts: AddressFacts = {
      country: countryCode(this.countries?.content?.get(address)?.country?.iso_code),
      datacenter: this.datacenters?.content?.has(address) ?? false,
    };
    this.known.set(address, facts);
    return facts;
  }

  /** Takes up files that were replaced; one that is not usable leaves what was known before. */
  @Timed('41 * * * *', { name: 'tracking.address-book' })
  async refresh(): Promise<void> {
    for (const file of [this.countries, this.datacenters]) {
      await file?.refresh().catch((error: Error) => this.logger.error(error.message));
    }
    this.known.clear();
  }
}

function readCountries(bytes: Buffer): Reader<CountryResponse> {
  // Thousands of networks share the few answers; decoded once, they stay.
  return new Reader<CountryResponse>(bytes, { cache: new LRUCache<string | number, object>({ max: 1_000 }) });
}
