import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type ActingUser, EventLog } from '../../identity/index.js';
import { normaliseHandle, Partners, SocialAccounts } from '../../partner-management/index.js';
import { Clock, Ids, notFound, type SocialPlatformName, sqlState, type Tx } from '../../platform/index.js';
import { AccountTokens } from './account-tokens.service.js';
import type { Profile, Tokens } from './domain/found-post.js';
import { refreshAt } from './domain/refresh-times.js';
import { accountTaken, otherAccountVerified } from './social.errors.js';

export type ConnectionState = 'connected' | 'reconnect_needed' | 'disconnected';

/** An account at a platform that its creator lets the program read. */
export interface ConnectedAccount {
  id: string;
  partnerId: string;
  platform: SocialPlatformName;
  /** The platform's own name of it. */
  platformUserId: string;
  /** In one spelling. */
  handle: string;
  /** Null where the creator hides them. */
  followers: number | null;
  state: ConnectionState;
  /** Refreshed before it comes; null while not connected. */
  tokenExpiresAt: Date | null;
  connectedAt: Date;
}

const UNIQUE_VIOLATION = '23505';
const COLUMNS = `id, partner_id AS "partnerId", platform, platform_user_id AS "platformUserId", handle, followers,
  state, token_expires_at AS "tokenExpiresAt", connected_at AS "connectedAt"`;

/** Creators' accounts at social platforms, connected by OAuth (T08, E05). */
@Injectable()
export class ConnectedAccounts {
  constructor(
    private readonly partners: Partners,
    private readonly socialAccounts: SocialAccounts,
    private readonly tokens: AccountTokens,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The partner's accounts, those that are disconnected too, oldest first. */
  listOf(db: DataSource | EntityManager, partnerId: string): Promise<ConnectedAccount[]> {
    return db.query<ConnectedAccount[]>(
      `SELECT ${COLUMNS} FROM connected_accounts WHERE partner_id = $1 ORDER BY id`,
      [partnerId],
    );
  }

  /** @throws DomainError NOT_FOUND, also for another partner's */
  async get(db: DataSource | EntityManager, partnerId: string, id: string): Promise<ConnectedAccount> {
    const [account] = await db.query<ConnectedAccount[]>(
      `SELECT ${COLUMNS} FROM connected_accounts WHERE id = $1 AND partner_id = $2`,
      [id, partnerId],
    );
    if (!account) throw notFound('connected account');
    return account;
  }

  /**
   * Connects an account to a partner, or connects it anew: under the same id, so that what it takes part in goes on.
   * @throws DomainError PARTNER_STATE_CONFLICT (409), SOCIAL_ACCOUNT_TAKEN (409), OTHER_ACCOUNT_VERIFIED (422)
   */
  async connect(
    tx: Tx,
    { partnerId, ...actor }: ActingUser & { partnerId: string },
    platform: SocialPlatformName,
    { profile, tokens }: { profile: Profile; tokens: Tokens },
  ): Promise<ConnectedAccount> {
    await this.partners.assertActive(tx, partnerId, 'connected to an account');
    const handle = normaliseHandle(profile.handle);
    await this.assertOwn(tx, partnerId, platform, handle);
    const now = this.clock.now();
    const sealed = this.tokens.seal(platform, profile.platformUserId, tokens);
    const [account] = await tx
      .query<ConnectedAccount[]>(
        `INSERT INTO connected_accounts
           (id, partner_id, platform, platform_user_id, handle, followers, feed, state, scopes, sealed_tokens,
            token_expires_at, refresh_at, connected_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'connected', $8, $9, $10, $11, $12)
         ON CONFLICT (partner_id, platform, platform_user_id) DO UPDATE
           SET handle = $5, followers = $6, feed = $7, state = 'connected', scopes = $8, sealed_tokens = $9,
               token_expires_at = $10, refresh_at = $11, refresh_failures = 0, refreshing_until = NULL,
               connected_at = $12
         RETURNING ${COLUMNS}`,
        [
          this.ids.next(),
          partnerId,
          platform,
          profile.platformUserId,
          handle,
          profile.followers,
          profile.feed,
          tokens.scopes,
          sealed,
          tokens.expiresAt,
          refreshAt(now, tokens.expiresAt),
          now,
        ],
      )
      .catch((error: unknown) => {
        throw sqlState(error) === UNIQUE_VIOLATION ? accountTaken() : error;
      });
    await this.tell(tx, actor, account!, 'social_account_connected');
    return account!;
  }

  /**
   * Ends the connection: its tokens go, and are revoked at the platform soon after. Again changes nothing.
   * @throws DomainError NOT_FOUND
   */
  async disconnect(tx: Tx, actor: ActingUser & { partnerId: string }, id: string): Promise<ConnectedAccount> {
    const account = await this.get(tx, actor.partnerId, id);
    if (account.state === 'disconnected') return account;
    await this.tokens.drop(tx, id);
    await this.tell(tx, actor, account, 'social_account_disconnected');
    return this.get(tx, actor.partnerId, id);
  }

  /** Whoever verified an account at the platform connects that one, and nobody connects what another verified. */
  private async assertOwn(
    tx: Tx,
    partnerId: string,
    platform: SocialPlatformName,
    handle: string,
  ): Promise<void> {
    const verified = await this.socialAccounts.listVerified(tx, { partnerId, platform, handle });
    if (verified.some((account) => account.handle === handle && account.partnerId !== partnerId))
      throw accountTaken();
    const own = verified.filter((account) => account.partnerId === partnerId);
    if (own.length > 0 && own.every((account) => account.handle !== handle))
      throw otherAccountVerified(platform, own[0]!.handle);
  }

  private async tell(
    tx: Tx,
    actor: ActingUser,
    { id, partnerId, platform, handle }: ConnectedAccount,
    type: 'social_account_connected' | 'social_account_disconnected',
  ): Promise<void> {
    await this.eventLog.record(tx, actor, { partnerId, type, subjectId: id, data: { platform, handle } });
  }
}
