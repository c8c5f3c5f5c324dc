import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, type SocialPlatformName, UnitOfWork } from '../../platform/index.js';
import { AccountTokens } from './account-tokens.service.js';
import { PlatformFault } from './domain/platform-fault.js';
import type { Reader } from './platforms/platform-client.js';
import { Platforms } from './platforms/platforms.js';
import { TokenRefresh } from './token-refresh.service.js';

/** An account with a live token. */
export type ReadableAccount = Reader & { platform: SocialPlatformName };

interface Row {
  platform: SocialPlatformName;
  platformUserId: string;
  feed: string | null;
  sealedTokens: string;
  tokenExpiresAt: Date;
}

/** Opens connected accounts for reading; a token that its platform does not take is renewed once. */
@Injectable()
export class AccountReaders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: AccountTokens,
    private readonly refresh: TokenRefresh,
    private readonly platforms: Platforms,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads an account; null when it is not connected, or its platform not set up.
   * @param work asks the platform; it may be called twice
   * @throws PlatformFault of the work, but for tokens that could be renewed
   */
  async read<T>(accountId: string, work: (account: ReadableAccount) => Promise<T>): Promise<T | null> {
    for (let attempt = 1; ; attempt += 1) {
      const row = await this.find(accountId);
      if (!row) return null;
      try {
        return await this.readWith(accountId, row, work);
      } catch (fault) {
        if (!(fault instanceof PlatformFault)) throw fault;
        if (fault.kind === 'revoked') {
          await this.unitOfWork.run((tx) => this.refresh.requireReconnect(tx, accountId));
          return null;
        }
        const renewed =
          fault.kind === 'token' &&
          attempt === 1 &&
          (await this.refresh.renewRefused(accountId, row.sealedTokens));
        if (!renewed) throw fault;
      }
    }
  }

  private async readWith<T>(
    accountId: string,
    { platform, platformUserId, feed, sealedTokens, tokenExpiresAt }: Row,
    work: (account: ReadableAccount) => Promise<T>,
  ): Promise<T> {
    if (tokenExpiresAt <= this.clock.now()) throw new PlatformFault('token', 'The access token has ended');
    const { accessToken } = this.tokens.open(platform, platformUserId, sealedTokens);
    return work({ accountId, platform, platformUserId, feed, accessToken });
  }

  private async find(accountId: string): Promise<Row | null> {
    const [row] = await this.dataSource.query<Row[]>(
      `SELECT platform, platform_user_id AS "platformUserId", feed, sealed_tokens AS "sealedTokens",
              token_expires_at AS "tokenExpiresAt"
         FROM connected_accounts WHERE id = $1 AND state = 'connected' AND platform = ANY ($2)`,
      [accountId, this.platforms.configured()],
    );
    return row ?? null;
  }
}
