import { Injectable, Logger } from '@nestjs/common';
import { EventLog, PartnerMails } from '../../identity/index.js';
import { Clock, type SocialPlatformName, type Tx, UnitOfWork } from '../../platform/index.js';
import { AccountTokens } from './account-tokens.service.js';
import type { Tokens } from './domain/found-post.js';
import { PlatformFault } from './domain/platform-fault.js';
import { refreshAt, retryAt } from './domain/refresh-times.js';
import { Platforms } from './platforms/platforms.js';
import { PLATFORM_TITLES } from './social.errors.js';

/** Longer than a refresh takes; who has not noted an outcome by then is taken for dead. */
const LEASE_SECONDS = 180;

/** An account whose tokens somebody has taken to refresh. */
interface Claimed {
  id: string;
  partnerId: string;
  platform: SocialPlatformName;
  platformUserId: string;
  handle: string;
  sealedTokens: string;
  failures: number;
}

const CLAIMED = `id, partner_id AS "partnerId", platform, platform_user_id AS "platformUserId", handle,
  sealed_tokens AS "sealedTokens", refresh_failures AS failures`;

/**
 * Keeps accounts readable (rule 7.2): tokens are renewed before they end, and when a platform does not take one any
 * more. One at a time: a refresh token may be good for one use only. When a platform renews them no more, its creator
 * is asked to connect again.
 */
@Injectable()
export class TokenRefresh {
  private readonly logger = new Logger(TokenRefresh.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly platforms: Platforms,
    private readonly tokens: AccountTokens,
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
    private readonly clock: Clock,
  ) {}

  /** Renews every token that is due. */
  async work(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const claimed = await this.unitOfWork.run((tx) => this.claimDue(tx));
      if (!claimed) return;
      await this.renew(claimed);
    }
  }

  /**
   * Renews an account's tokens because its platform refused the access token.
   * @param sealedTokens those that were refused; when there are others by now, these were renewed already
   * @returns whether it is worth another try
   */
  async renewRefused(accountId: string, sealedTokens: string): Promise<boolean> {
    const [current, claimed] = await this.unitOfWork.run(async (tx) => {
      const [account] = await tx.query<{ sealedTokens: string | null }[]>(
        'SELECT sealed_tokens AS "sealedTokens" FROM connected_accounts WHERE id = $1',
        [accountId],
      );
      const refused = account?.sealedTokens === sealedTokens;
      return [account?.sealedTokens, refused ? await this.claim(tx, accountId) : null] as const;
    });
    if (claimed) return this.renew(claimed);
    return Boolean(current) && current !== sealedTokens;
  }

  /** Asks the creator to connect the account again: it cannot be read any more. */
  async requireReconnect(tx: Tx, accountId: string): Promise<void> {
    const [[lost]] = await tx.query<[Pick<Claimed, 'partnerId' | 'platform' | 'handle'>[], number]>(
      `UPDATE connected_accounts
          SET state = 'reconnect_needed', sealed_tokens = NULL, token_expires_at = NULL, refresh_at = NULL,
              refreshing_until = NULL
        WHERE id = $1 AND state = 'connected'
        RETURNING partner_id AS "partnerId", platform, handle`,
      [accountId],
    );
    if (!lost) return;
    const { partnerId, platform, handle } = lost;
    const title = PLATFORM_TITLES[platform];
    await this.eventLog.record(tx, null, {
      partnerId,
      type: 'social_account_reconnect_needed',
      subjectId: accountId,
      data: { platform, handle },
    });
    await this.mails.sendToOwners(tx, partnerId, {
      subject: `Connect your account at ${title} again`,
      text:
        `${title} no longer lets us read your account ${handle}. Until you connect it again, posts are not found and ` +
        `their figures stay as they are.`,
    });
  }

  private async claimDue(tx: Tx): Promise<Claimed | null> {
    const now = this.clock.now();
    const [due] = await tx.query<{ id: string }[]>(
      `SELECT id FROM connected_accounts
        WHERE state = 'connected' AND refresh_at <= $1 AND platform = ANY ($2)
          AND (refreshing_until IS NULL OR refreshing_until <= $1)
        ORDER BY refresh_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [now, this.platforms.configured()],
    );
    return due ? this.claim(tx, due.id) : null;
  }

  private async claim(tx: Tx, accountId: string): Promise<Claimed | null> {
    const now = this.clock.now();
    const [[claimed]] = await tx.query<[Claimed[], number]>(
      `UPDATE connected_accounts SET refreshing_until = $3
        WHERE id = $1 AND state = 'connected' AND (refreshing_until IS NULL OR refreshing_until <= $2)
        RETURNING ${CLAIMED}`,
      [accountId, now, new Date(now.getTime() + LEASE_SECONDS * 1_000)],
    );
    return claimed ?? null;
  }

  /** Whether there are fresh tokens now. */
  private async renew(claimed: Claimed): Promise<boolean> {
    const { platform, platformUserId, sealedTokens } = claimed;
    try {
      const old = this.tokens.open(platform, platformUserId, sealedTokens);
      const fresh = await this.platforms.get(platform).refresh(old);
      return await this.unitOfWork.run((tx) => this.keep(tx, claimed, fresh));
    } catch (fault) {
      if (!(fault instanceof PlatformFault)) throw fault;
      await this.unitOfWork.run((tx) => this.noteFault(tx, claimed, fault));
      return false;
    }
  }

  /** Keeps fresh tokens, unless the account was disconnected or connected anew meanwhile. */
  private async keep(tx: Tx, claimed: Claimed, fresh: Tokens): Promise<boolean> {
    const { id, platform, platformUserId, sealedTokens } = claimed;
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE connected_accounts
          SET sealed_tokens = $3, token_expires_at = $4, refresh_at = $5, refresh_failures = 0, refreshing_until = NULL
        WHERE id = $1 AND sealed_tokens = $2`,
      [
        id,
        sealedTokens,
        this.tokens.seal(platform, platformUserId, fresh),
        fresh.expiresAt,
        refreshAt(this.clock.now(), fresh.expiresAt),
      ],
    );
    return count > 0;
  }

  private async noteFault(tx: Tx, { id, platform, sealedTokens, failures }: Claimed, fault: PlatformFault) {
    this.logger.warn(
      { platform, accountId: id, fault: fault.kind, reason: fault.message },
      'Tokens not renewed',
    );
    const [account] = await tx.query<{ id: string }[]>(
      'SELECT id FROM connected_accounts WHERE id = $1 AND sealed_tokens = $2 FOR UPDATE',
      [id, sealedTokens],
    );
    if (!account) return;
    if (fault.kind === 'revoked') return this.requireReconnect(tx, id);
    await tx.query(
      `UPDATE connected_accounts SET refresh_at = $2, refresh_failures = $3, refreshing_until = NULL WHERE id = $1`,
      [id, retryAt(this.clock.now(), failures), failures + 1],
    );
  }
}
