import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, notFound, randomToken, SecretBox, type Tx } from '../../platform/index.js';
import { keyAlreadyRevoked } from '../brands.errors.js';
import { Brands } from '../brands.service.js';
import { SyncKey } from './sync-key.entity.js';

/** What is needed to check and book a brand server's batch. */
export interface SyncCredentials {
  keyId: string;
  brandId: string;
  brandCurrency: string;
  /** Key of the HMAC-SHA512 over the body. */
  secret: string;
}

const secretContext = (keyId: string): string => `sync_keys.secret:${keyId}`;

/** The credentials of the brands' servers (rules §2.3). */
@Injectable()
export class SyncKeys {
  constructor(
    private readonly brands: Brands,
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly audit: AuditLog,
  ) {}

  /** The brand and secret behind an authorization key, or null when it is unknown or revoked. */
  async findByAuthKey(db: EntityManager | DataSource, authKey: string): Promise<SyncCredentials | null> {
    // The server refuses NUL in text; such a key is simply unknown.
    if (authKey.includes('\0')) return null;
    const [key] = await db.query<(Omit<SyncCredentials, 'secret'> & { secretSealed: string })[]>(
      `SELECT k.id AS "keyId", k.secret_sealed AS "secretSealed", b.id AS "brandId", b.currency AS "brandCurrency"
         FROM sync_keys k JOIN brands b ON b.id = k.brand_id WHERE k.auth_key = $1 AND k.revoked_at IS NULL`,
      [authKey],
    );
    if (!key) return null;
    const { secretSealed, ...credentials } = key;
    return { ...credentials, secret: this.revealSecret({ id: key.keyId, secretSealed }) };
  }

  /** The brand's keys, newest first. */
  async list(db: EntityManager | DataSource, brandId: string): Promise<SyncKey[]> {
    return db.getRepository(SyncKey).find({ where: { brandId }, order: { id: 'DESC' } });
  }

  /**
   * The key of that brand.
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager | DataSource, brandId: string, keyId: string): Promise<SyncKey> {
    const key = await db.getRepository(SyncKey).findOneBy({ id: keyId, brandId });
    if (!key) throw notFound('sync key');
    return key;
  }

  /** The secret in clear; to be shown only to whoever has just made the key. */
  revealSecret(key: Pick<SyncKey, 'id' | 'secretSealed'>): string {
    return this.secretBox.open(key.secretSealed, secretContext(key.id));
  }

  /**
   * Makes a key for the brand's server; keys made before stay good until they are revoked, so that they can be rotated.
   * @throws DomainError NOT_FOUND for the brand
   */
  async create(tx: Tx, actor: Actor, brandId: string): Promise<SyncKey> {
    await this.brands.get(tx, brandId);
    const id = this.ids.next();
    const key: SyncKey = {
      id,
      brandId,
      authKey: `sk_${randomToken(16)}`,
      secretSealed: this.secretBox.seal(randomToken(), secretContext(id)),
      createdAt: this.clock.now(),
      revokedAt: null,
    };
    await tx.getRepository(SyncKey).insert(key);
    await this.audit.record(tx, actor, {
      action: 'sync_key.create',
      subject: { type: 'sync_key', id },
      before: null,
      after: { brandId, authKey: key.authKey },
    });
    return key;
  }

  /**
   * Refuses the key's requests from now on.
   * @throws DomainError NOT_FOUND, SYNC_KEY_REVOKED
   */
  async revoke(tx: Tx, actor: Actor, brandId: string, keyId: string): Promise<SyncKey> {
    const revokedAt = this.clock.now();
    const changed = await tx
      .getRepository(SyncKey)
      .update({ id: keyId, brandId, revokedAt: IsNull() }, { revokedAt });
    const key = await this.get(tx, brandId, keyId);
    if (changed.affected === 0) throw keyAlreadyRevoked();
    await this.audit.record(tx, actor, {
      action: 'sync_key.revoke',
      subject: { type: 'sync_key', id: keyId },
      before: { revokedAt: null },
      after: { revokedAt },
    });
    return key;
  }
}
