import type { SyncKey } from './sync-key.entity.js';

/** A sync key, without its secret. */
export class SyncKeyResponse {
  /** @example "01900000-0000-7000-8000-000000000401" */
  id: string;
  /**
   * Goes into `X-Authorization-Key`.
   * @example "sk_Zb3nq0y8Jt1wV5mXc2Rk9A"
   */
  authKey: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
  /** Since when requests with the key are refused; null while it is good. */
  revokedAt: string | null;
}

/** A new sync key with its secret, which is never shown again. */
export class NewSyncKeyResponse extends SyncKeyResponse {
  /**
   * Signs the batches: `X-Authorization-Sign` is the lower-case hex HMAC-SHA512 of the body with it.
   * @example "5f0mQvQ6S9m2o2vV3k8rJ1xg7w0Yc4tUeBzNhLpDaRs"
   */
  secret: string;
}

/** The brand's sync keys. */
export class SyncKeyList {
  items: SyncKeyResponse[];
  nextCursor: string | null;
}

/** The key as the API answers it. */
export function toSyncKeyResponse({ id, authKey, createdAt, revokedAt }: SyncKey): SyncKeyResponse {
  return { id, authKey, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}
