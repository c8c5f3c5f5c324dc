import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/index.js';
import { Accounts } from './accounts.service.js';
import { LockOut } from './lock-out.service.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { Passwords } from './passwords.service.js';
import { Sessions } from './sessions.service.js';

/** Lets people in who have no password: they forgot it, or are invited and have none yet. */
@Injectable()
export class AccountRecovery {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly lockOut: LockOut,
  ) {}

  /**
   * Sets a new password by a mailed token and ends every session and all other links that were mailed; two-factor
   * authentication stays (rule 10.2).
   * It unlocks too: the token proves the same as an unlock link, which may have expired.
   * @throws DomainError WEAK_PASSWORD (422), INVALID_TOKEN (422)
   */
  async resetPassword(token: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hashNew(password);
    await this.unitOfWork.run(async (tx) => {
      const userId = await this.tokens.redeem(tx, token, 'reset_password');
      await this.accounts.setPassword(tx, userId, passwordHash);
      await this.lockOut.unlock(tx, userId);
      await this.tokens.revokeMailedLinks(tx, userId);
      await this.sessions.endAll(tx, userId);
    });
  }

  /**
   * Sets the first password of an invited person by the mailed token.
   * @throws DomainError WEAK_PASSWORD (422), INVALID_TOKEN (422)
   */
  async acceptInvitation(token: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hashNew(password);
    await this.unitOfWork.run(async (tx) => {
      const userId = await this.tokens.redeem(tx, token, 'invitation');
      await this.accounts.join(tx, userId, passwordHash);
      await this.lockOut.unlock(tx, userId);
    });
  }
}
