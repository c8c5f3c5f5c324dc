import { Injectable } from '@nestjs/common';
import { Jobs, SecretBox, type SocialPlatformName, type Tx } from '../../platform/index.js';
import type { Tokens } from './domain/found-post.js';

/** Job that takes tokens back at their platform. */
export const REVOCATION_JOB = 'social.revoke';

/** Payload of {@link REVOCATION_JOB}: the tokens stay encrypted. */
export interface Revocation {
  platform: SocialPlatformName;
  platformUserId: string;
  sealedTokens: string;
}

/** Tokens at rest: encrypted, bound to their account, and kept no longer than they are of use. */
@Injectable()
export class AccountTokens {
  constructor(
    private readonly secretBox: SecretBox,
    private readonly jobs: Jobs,
  ) {}

  /** Encrypts the tokens of an account. */
  seal(platform: SocialPlatformName, platformUserId: string, tokens: Tokens): string {
    return this.secretBox.seal(JSON.stringify(tokens), contextOf(platform, platformUserId));
  }

  /** Decrypts what {@link seal} made for the same account. */
  open(platform: SocialPlatformName, platformUserId: string, sealed: string): Tokens {
    const tokens = JSON.parse(this.secretBox.open(sealed, contextOf(platform, platformUserId))) as Tokens & {
      expiresAt: string;
    };
    return { ...tokens, expiresAt: new Date(tokens.expiresAt) };
  }

  /** Whether somebody has the account connected at this moment. */
  async inUse(tx: Tx, platform: SocialPlatformName, platformUserId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT FROM connected_accounts WHERE platform = $1 AND platform_user_id = $2 AND state = 'connected'`,
      [platform, platformUserId],
    );
    return rows.length > 0;
  }

  /** Forgets the account's tokens and has them revoked at the platform. */
  async drop(tx: Tx, accountId: string): Promise<void> {
    const [dropped] = await tx.query<Revocation[]>(
      `SELECT platform, platform_user_id AS "platformUserId", sealed_tokens AS "sealedTokens"
         FROM connected_accounts WHERE id = $1 FOR UPDATE`,
      [accountId],
    );
    await tx.query(
      `UPDATE connected_accounts SET state = 'disconnected', sealed_tokens = NULL, token_expires_at = NULL,
              refresh_at = NULL, refreshing_until = NULL WHERE id = $1`,
      [accountId],
    );
    if (dropped?.sealedTokens) await this.jobs.send(tx, REVOCATION_JOB, dropped);
  }
}

function contextOf(platform: SocialPlatformName, platformUserId: string): string {
  return `connected_accounts.sealed_tokens:${platform}:${platformUserId}`;
}
