import { Injectable } from '@nestjs/common';
import { Clock, Config, Mailer, type Tx } from '../platform/index.js';
import { failureWindowStart, FAILURES_TO_LOCK, locks } from './domain/lock-out.js';
import { OneTimeTokens } from './one-time-tokens.service.js';

/** Locks users after repeated failures and mails the link that unlocks (A32, rule 10.1). */
@Injectable()
export class LockOut {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly mailer: Mailer,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a failure; the fifth within 15 minutes locks the user and mails one unlock link. For an unknown, locked,
   * blocked or invited user it does the same statements, so that the time of the answer tells nothing (`userId` is
   * then any id).
   */
  async countFailure(tx: Tx, userId: string): Promise<void> {
    const now = this.clock.now();
    const [user] = await tx.query<{ email: string; locked: boolean; blocked: boolean }[]>(
      `SELECT email, locked_at IS NOT NULL AS locked, blocked_at IS NOT NULL OR invited_at IS NOT NULL AS blocked
         FROM users WHERE id = $1 FOR UPDATE`,
      [userId],
    );
    await tx.query('INSERT INTO sign_in_failures (user_id, failed_at) VALUES ($1, $2)', [userId, now]);
    const recent = await tx.query<unknown[]>(
      'SELECT FROM sign_in_failures WHERE user_id = $1 AND failed_at > $2 LIMIT $3',
      [userId, failureWindowStart(now), FAILURES_TO_LOCK],
    );
    if (user && locks({ recentFailures: recent.length, ...user })) await this.lock(tx, userId, user.email);
  }

  /** Unlocks by the mailed token. @throws DomainError INVALID_TOKEN (422) */
  async unlockByToken(tx: Tx, token: string): Promise<void> {
    await this.unlock(tx, await this.tokens.redeem(tx, token, 'unlock'));
  }

  /** Unlocks a user and forgets the failures; tells whether the user was locked. */
  async unlock(tx: Tx, userId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE users SET locked_at = NULL WHERE id = $1 AND locked_at IS NOT NULL',
      [userId],
    );
    await tx.query('DELETE FROM sign_in_failures WHERE user_id = $1', [userId]);
    return count > 0;
  }

  private async lock(tx: Tx, userId: string, email: string): Promise<void> {
    await tx.query('UPDATE users SET locked_at = $2 WHERE id = $1', [userId, this.clock.now()]);
    const token = await this.tokens.issue(tx, userId, 'unlock');
    const link = `${this.config.publicUrl}/api/v1/auth/unlock?token=${token}`;
    await this.mailer.send(tx, {
      to: email,
      subject: 'Unlock instructions',
      text:
        `Somebody failed to sign in to your account ${FAILURES_TO_LOCK} times, so we locked it.\n\n` +
        `Unlock my account: ${link}\n\nThe link works once, for 24 hours; later, setting a new password unlocks too. ` +
        `If it was not you, change your password.`,
    });
  }
}
