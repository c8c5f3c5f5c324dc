import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { EventLog, type PartnerActor } from '../identity/index.js';
import { Clock, Ids, invalidField, notFound, sha256Hex, type Tx } from '../platform/index.js';
import { CODE_ALPHABET, CODE_LENGTH, normaliseHandle, TRANSITIONS } from './domain/social-account.js';
import { fixedAfterSignUp, socialAccountState } from './partner-management.errors.js';
import type { SocialAccountDto, VerificationResponse } from './social-accounts.dto.js';

const COLUMNS = `id, platform, handle, state, requested_at AS "requestedAt", decided_at AS "decidedAt",
  rejection_reason AS "rejectionReason"`;

/** Partners' social accounts: given once, at sign-up or later, then verified (T08). */
@Injectable()
export class SocialAccounts {
  constructor(
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Adds an account to a partner that signs up. @throws DomainError VALIDATION_FAILED (422) for a handle of nothing */
  async add(tx: Tx, partnerId: string, account: { platform: string; handle: string }): Promise<void> {
    const handle = normaliseHandle(account.handle);
    if (!handle) throw invalidField('socialAccount.handle', 'must be a name such as ann.reviews');
    await tx.query(
      'INSERT INTO social_accounts (id, partner_id, platform, handle, created_at) VALUES ($1, $2, $3, $4, $5)',
      [this.ids.next(), partnerId, account.platform, handle, this.clock.now()],
    );
  }

  /**
   * Adds the account of a partner that gave none at sign-up; of several at the same time one is taken.
   * @throws DomainError FIXED_AFTER_SIGN_UP (422) where there is one, VALIDATION_FAILED (422) for a handle of nothing
   */
  async addFirst(tx: Tx, partnerId: string, account: { platform: string; handle: string }): Promise<void> {
    await tx.query('SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE', [partnerId]);
    if ((await this.listOf(tx, partnerId)).length > 0) throw fixedAfterSignUp('socialAccount');
    await this.add(tx, partnerId, account);
  }

  /** The partner's accounts, oldest first. */
  listOf(db: DataSource | EntityManager, partnerId: string): Promise<SocialAccountDto[]> {
    return db.query<SocialAccountDto[]>(
      `SELECT ${COLUMNS} FROM social_accounts WHERE partner_id = $1 ORDER BY id`,
      [partnerId],
    );
  }

  /** Verified accounts at a platform: those of the partner, and the one with the handle, whoever verified it. */
  listVerified(
    db: DataSource | EntityManager,
    { partnerId, platform, handle }: { partnerId: string; platform: string; handle: string },
  ): Promise<{ partnerId: string; handle: string }[]> {
    return db.query(
      `SELECT partner_id AS "partnerId", handle FROM social_accounts
        WHERE platform = $2 AND state = 'verified' AND (partner_id = $1 OR handle = $3) ORDER BY id`,
      [partnerId, platform, handle],
    );
  }

  /** Handles by id, of the accounts that there still are. */
  async handlesOf(
    db: DataSource | EntityManager,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ id: string; handle: string }[]>(
      'SELECT id, handle FROM social_accounts WHERE id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map(({ id, handle }) => [id, handle]));
  }

  /**
   * Makes the code that the partner sends as a message from the account; one made before no longer works.
   * @throws DomainError NOT_FOUND, SOCIAL_ACCOUNT_STATE (409) when it is verified already
   */
  async requestVerification(tx: Tx, actor: PartnerActor, id: string): Promise<VerificationResponse> {
    const { partnerId } = actor;
    const code = Array.from(
      { length: CODE_LENGTH },
      () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)],
    ).join('');
    const [[socialAccount]] = await tx.query<[SocialAccountDto[], number]>(
      `UPDATE social_accounts
          SET state = $4, code_hash = $5, requested_at = $6, decided_at = NULL, decided_by = NULL,
              rejection_reason = NULL
        WHERE id = $1 AND partner_id = $2 AND state = ANY ($3) RETURNING ${COLUMNS}`,
      [id, partnerId, TRANSITIONS.request.from, TRANSITIONS.request.to, sha256Hex(code), this.clock.now()],
    );
    if (!socialAccount) {
      const own = await this.listOf(tx, partnerId);
      throw own.some((account) => account.id === id) ? socialAccountState() : notFound('social account');
    }
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'social_account_verification_requested',
      subjectId: id,
      data: { platform: socialAccount.platform },
    });
    return { code, socialAccount };
  }
}
