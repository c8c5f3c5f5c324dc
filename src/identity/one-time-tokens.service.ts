import { Injectable } from '@nestjs/common';
import { Clock, randomToken, sha256Hex, type Tx } from '../platform/index.js';
import { invalidToken } from './identity.errors.js';

export type TokenPurpose = 'verify_email' | 'reset_password' | 'unlock' | 'invitation';

/** How long a mailed link works. */
export const LIFETIME_HOURS: Readonly<Record<TokenPurpose, number>> = {
  verify_email: 72,
  reset_password: 1,
  unlock: 24,
  invitation: 7 * 24,
};

/** Tokens that are mailed and work once: 256 bit, kept as SHA-256. */
@Injectable()
export class OneTimeTokens {
  constructor(private readonly clock: Clock) {}

  /** Makes a token; those of the same user and purpose from before no longer work. */
  async issue(tx: Tx, userId: string, purpose: TokenPurpose): Promise<string> {
    const token = randomToken();
    const expiresAt = new Date(this.clock.now().getTime() + LIFETIME_HOURS[purpose] * 3_600_000);
    await tx.query(
      `INSERT INTO one_time_tokens (token_hash, user_id, purpose, expires_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (user_id, purpose) WHERE used_at IS NULL
       DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
      [sha256Hex(token), userId, purpose, expiresAt],
    );
    return token;
  }

  /**
   * Makes every link worthless that the user was mailed: unused tokens of all purposes, and those of a change of e-mail
   * that waits. Ending sessions does not: a change outlives the sign-out of the one who asked for it.
   */
  async revokeMailedLinks(tx: Tx, userId: string): Promise<void> {
    await tx.query('DELETE FROM one_time_tokens WHERE user_id = $1 AND used_at IS NULL', [userId]);
    await tx.query('DELETE FROM email_changes WHERE user_id = $1', [userId]);
  }

  /**
   * Uses a token up and gives its user, whose row is locked first, as by everybody who makes or revokes tokens.
   * @throws DomainError INVALID_TOKEN (422) when it is wrong, expired, used, for another purpose or of a blocked user
   */
  async redeem(tx: Tx, token: string, purpose: TokenPurpose): Promise<string> {
    const now = this.clock.now();
    await tx.query(
      'SELECT FROM users WHERE id = (SELECT user_id FROM one_time_tokens WHERE token_hash = $1) FOR UPDATE',
      [sha256Hex(token)],
    );
    const [rows] = await tx.query<[{ user_id: string }[], number]>(
      `UPDATE one_time_tokens t SET used_at = $3 FROM users u
        WHERE t.token_hash = $1 AND t.purpose = $2 AND t.used_at IS NULL AND t.expires_at > $3
          AND u.id = t.user_id AND u.blocked_at IS NULL RETURNING t.user_id`,
      [sha256Hex(token), purpose, now],
    );
    const [row] = rows;
    if (!row) throw invalidToken();
    return row.user_id;
  }
}
