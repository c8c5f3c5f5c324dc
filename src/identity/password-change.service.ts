import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/index.js';
import { AccountNews } from './account-news.service.js';
import type { Actor } from './actor.js';
import { invalidCredentials, weakPassword } from './identity.errors.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { Passwords } from './passwords.service.js';
import { type Proof, Reauthentication } from './reauthentication.service.js';
import { Sessions } from './sessions.service.js';

/** Lets people change their password (A22). */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reauthentication: Reauthentication,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly tokens: OneTimeTokens,
    private readonly news: AccountNews,
  ) {}

  /**
   * Replaces the password; all other sessions end, and links that were mailed before no longer work.
   * @throws DomainError WEAK_PASSWORD (422), and those of {@link Reauthentication.confirm}
   */
  async change(actor: Actor, proof: Proof, newPassword: string): Promise<void> {
    if (newPassword === proof.password) throw weakPassword('is your present password', 'newPassword');
    const passwordHash = await this.passwords.hashNew(newPassword, 'newPassword');
    const user = await this.reauthentication.confirm(actor, proof);
    await this.unitOfWork.run(async (tx) => {
      const [, count] = await tx.query<[unknown[], number]>(
        'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
        [actor.userId, user.passwordHash, passwordHash],
      );
      // Somebody changed it after it was checked.
      if (count === 0) throw invalidCredentials();
      await this.tokens.revokeMailedLinks(tx, actor.userId);
      await this.sessions.endOthers(tx, actor.userId, actor.sessionId);
      await this.news.passwordChanged(tx, actor);
    });
  }
}
