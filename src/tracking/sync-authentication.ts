import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type SyncCredentials, SyncKeys } from '../brands/index.js';
import { addressKey, RateLimits } from '../platform/index.js';
import { syncNotAuthenticated } from './tracking.errors.js';

/** The parts of a request beside its body that its signature is checked by. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The client's address. */
  readonly ip: string;
}

const MAX_KEY_LENGTH = 200;

/** Knows brands' servers by key and signature (rules §2.3). */
@Injectable()
export class SyncAuthentication {
  constructor(
    private readonly dataSource: DataSource,
    private readonly syncKeys: SyncKeys,
    private readonly limits: RateLimits,
  ) {}

  /**
   * The brand whose server signed the request's body.
   * @param body as it was sent; nothing has looked into it
   * @throws DomainError SYNC_NOT_AUTHENTICATED (401), TOO_MANY_REQUESTS (429) by key, and by address for wrong ones
   */
  async getBrand(request: SignedRequest, body: Buffer): Promise<SyncCredentials> {
    const credentials = await this.findBrand(request, body);
    if (!credentials) {
      this.limits.take('refused', 'address', addressKey(request.ip));
      throw syncNotAuthenticated();
    }
    this.limits.take('sync', 'key', credentials.keyId);
    return credentials;
  }

  private async findBrand({ headers }: SignedRequest, body: Buffer): Promise<SyncCredentials | null> {
    const key = headers['x-authorization-key'];
    const signature = headers['x-authorization-sign'];
    if (typeof key !== 'string' || key.length > MAX_KEY_LENGTH) return null;
    const credentials = await this.syncKeys.findByAuthKey(this.dataSource, key);
    // An unknown key costs the same work as a wrong signature.
    const expected = createHmac('sha512', credentials?.secret ?? 'unknown')
      .update(body)
      .digest();
    const given =
      typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature) ? signature : '0'.repeat(128);
    const matches = timingSafeEqual(expected, Buffer.from(given, 'hex'));
    return matches ? credentials : null;
  }
}
