import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type SyncCredentials, SyncKeys } from '../brands/index.js';
import { addressKey, type DomainError, RateLimits } from '../platform/index.js';
import { syncNotAuthenticated } from './tracking.errors.js';

/** The parts of a request beside its body that its signature is checked by. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The client's address. */
  readonly ip: string;
}

/** A signature that can be checked when the last byte of the body has come. */
export interface PendingSignature {
  readonly keyId: string;
  /** Takes in the next bytes of the body, as sent. */
  update(bytes: Buffer): void;
  /**
   * The brand whose server signed what has come; to be asked once, at the end.
   * @throws DomainError SYNC_NOT_AUTHENTICATED (401), TOO_MANY_REQUESTS (429) by key, and by address for wrong ones
   */
  getBrand(): Promise<SyncCredentials>;
}

const KEY_HEADER = 'x-authorization-key';
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
    if (!credentials) throw this.refusal(request);
    this.limits.take('sync', 'key', credentials.keyId);
    return credentials;
  }

  /**
   * The signature of a body that comes bit by bit, whose key is known. A body is not even taken in for other keys:
   * anybody could fill the disk.
   * @throws DomainError SYNC_NOT_AUTHENTICATED (401)
   */
  async begin(request: SignedRequest): Promise<PendingSignature> {
    const credentials = await this.findKey(request);
    if (!credentials) throw this.refusal(request);
    const hmac = createHmac('sha512', credentials.secret);
    return {
      keyId: credentials.keyId,
      update: (bytes) => void hmac.update(bytes),
      getBrand: async () => {
        const matches = isSignature(request, hmac.digest());
        // The key may have been revoked since the body began.
        if (!matches || !(await this.findKey(request))) throw this.refusal(request);
        this.limits.take('sync', 'key', credentials.keyId);
        return credentials;
      },
    };
  }

  private refusal({ ip }: SignedRequest): DomainError {
    this.limits.take('refused', 'address', addressKey(ip));
    return syncNotAuthenticated();
  }

  private async findBrand(request: SignedRequest, body: Buffer): Promise<SyncCredentials | null> {
    const credentials = await this.findKey(request);
    // An unknown key costs the same work as a wrong signature.
    const expected = createHmac('sha512', credentials?.secret ?? 'unknown')
      .update(body)
      .digest();
    return isSignature(request, expected) ? credentials : null;
  }

  private async findKey({ headers }: SignedRequest): Promise<SyncCredentials | null> {
    const key = headers[KEY_HEADER];
    if (typeof key !== 'string' || key.length > MAX_KEY_LENGTH) return null;
    return this.syncKeys.findByAuthKey(this.dataSource, key);
  }
}

function isSignature({ headers }: SignedRequest, expected: Buffer): boolean {
  const signature = headers['x-authorization-sign'];
  const given =
    typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature) ? signature : '0'.repeat(128);
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}
