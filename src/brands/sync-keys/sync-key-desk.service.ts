import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import { Idempotency, type IdempotencyKey, UnitOfWork, wholeList } from '../../platform/index.js';
import { Brands } from '../brands.service.js';
import { NewSyncKeyResponse, SyncKeyList, SyncKeyResponse, toSyncKeyResponse } from './sync-keys.dto.js';
import { SyncKeys } from './sync-keys.service.js';

/** What operators and brands do with a brand's sync keys, as the API answers it (A07). */
@Injectable()
export class SyncKeyDesk {
  constructor(
    private readonly brands: Brands,
    private readonly syncKeys: SyncKeys,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Makes a key, once per idempotency key; the answer alone holds its secret.
   * @throws DomainError NOT_FOUND for the brand
   */
  async make(actor: Actor, key: IdempotencyKey | null, brandId: string): Promise<NewSyncKeyResponse> {
    // Only the id is stored for a replay: the secret is at rest nowhere but sealed.
    const { id } = await this.idempotency.run(key, async (tx) => {
      const made = await this.syncKeys.create(tx, actor, brandId);
      return { id: made.id };
    });
    const made = await this.syncKeys.get(this.dataSource, brandId, id);
    return { ...toSyncKeyResponse(made), secret: this.syncKeys.revealSecret(made) };
  }

  /** The brand's keys, newest first. @throws DomainError NOT_FOUND for the brand */
  async list(brandId: string): Promise<SyncKeyList> {
    await this.brands.get(this.dataSource, brandId);
    return wholeList((await this.syncKeys.list(this.dataSource, brandId)).map(toSyncKeyResponse));
  }

  /** Refuses the key's requests from now on. @throws DomainError NOT_FOUND, SYNC_KEY_REVOKED (409) */
  async revoke(actor: Actor, brandId: string, keyId: string): Promise<SyncKeyResponse> {
    return toSyncKeyResponse(
      await this.unitOfWork.run((tx) => this.syncKeys.revoke(tx, actor, brandId, keyId)),
    );
  }
}
