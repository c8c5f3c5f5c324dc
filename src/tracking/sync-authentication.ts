import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type SyncCredentials, SyncKeys } from '../brands/index.js';
import { syncNotAuthenticated } from './tracking.errors.js';

/** The parts of a request that its signature is checked by. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came. */
  readonly rawBody?: Buffer;
}

const MAX_KEY_LENGTH = 200;

/** Knows brands' servers by key and signature (rules §2.3). */
@Injectable()
export class SyncAuthentication {
  constructor(
    private readonly dataSource: DataSource,
    private readonly syncKeys: SyncKeys,
  ) {}

  /**
   * The brand whose server signed the request's body.
   * @throws DomainError SYNC_NOT_AUTHENTICATED
   */
  async getBrand({ headers, rawBody }: SignedRequest): Promise<SyncCredentials> {
    const key = headers['x-authorization-key'];
    const signature = headers['x-authorization-sign'];
    if (typeof key !== 'string' || key.length > MAX_KEY_LENGTH) throw syncNotAuthenticated();
    const credentials = await this.syncKeys.findByAuthKey(this.dataSource, key);
    // An unknown key costs the same work as a wrong signature.
    const expected = createHmac('sha512', credentials?.secret ?? 'unknown')
      .update(rawBody ?? '')
      .digest();
    const given =
      typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature) ? signature : '0'.repeat(128);
    const matches = timingSafeEqual(expected, Buffer.from(given, 'hex'));
    if (!credentials || !matches) throw syncNotAuthenticated();
    return credentials;
  }
}
