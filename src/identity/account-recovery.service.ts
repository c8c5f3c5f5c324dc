import { Injectable } from '@nestjs/common';
import { Config, Mailer, type Tx, UnitOfWork } from '../platform/index.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { Passwords } from './passwords.service.js';
import { Sessions } from './sessions.service.js';

/** Confirms addresses and resets passwords by mailed tokens. */
@Injectable()
export class AccountRecovery {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly mailer: Mailer,
    private readonly config: Config,
  ) {}

  /** Confirms an address. @throws DomainError INVALID_TOKEN (422) */
  async verifyEmail(tx: Tx, token: string): Promise<void> {
    const userId = await this.tokens.redeem(tx, token, 'verify_email');
    await tx.query('UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = $1', [
      userId,
    ]);
  }

  /** Mails a link to set a new password, when the address is known; the caller cannot tell. */
  async forgotPassword(tx: Tx, email: string): Promise<void> {
    const [user] = await tx.query<{ id: string; email: string }[]>(
      'SELECT id, email FROM users WHERE lower(email) = lower($1) AND blocked_at IS NULL',
      [email.trim()],
    );
    if (!user) return;
    const token = await this.tokens.issue(tx, user.id, 'reset_password');
    await this.mailer.send(tx, {
      to: user.email,
      subject: 'Set a new password',
      text:
        `Somebody asked for a new password for your account.\n\n` +
        `Set it here: ${this.config.publicUrl}/reset-password?token=${token}\n` +
        `or send it to POST ${this.config.publicUrl}/api/v1/auth/password/reset with this token.\n\n` +
        `The link works once, for an hour. If it was not you, do nothing.`,
    });
  }

  /**
   * Sets a new password by a mailed token and ends every session; two-factor authentication stays (rule 10.2).
   * @throws DomainError WEAK_PASSWORD (422), INVALID_TOKEN (422)
   */
  async resetPassword(token: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hashNew(password);
    await this.unitOfWork.run(async (tx) => {
      const userId = await this.tokens.redeem(tx, token, 'reset_password');
      await tx.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, passwordHash]);
      await this.sessions.endAll(tx, userId);
    });
  }
}
