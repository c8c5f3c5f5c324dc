import { Injectable } from '@nestjs/common';
import { type Tx, UnitOfWork } from '../platform/index.js';
import { AccountNews } from './account-news.service.js';
import type { Actor } from './actor.js';
import { twoFactorNotEnabled } from './identity.errors.js';
import { Reauthentication } from './reauthentication.service.js';
import { SecondFactor, type TwoFactorSetup } from './second-factor.service.js';
import { Sessions } from './sessions.service.js';
import { lockedUser } from './sign-in.service.js';

/** Turns two-factor authentication on and off for the actor, with the event and the mail that tell of it (A29, A31). */
@Injectable()
export class OwnTwoFactor {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    private readonly reauthentication: Reauthentication,
    private readonly news: AccountNews,
  ) {}

  /** @throws DomainError TWO_FACTOR_STATE (409) */
  async setUp(actor: Actor): Promise<TwoFactorSetup> {
    return this.unitOfWork.run(async (tx) => this.secondFactor.setUp(tx, await lockedUser(tx, actor.userId)));
  }

  /** Gives the recovery codes. @throws DomainError TWO_FACTOR_STATE (409), INVALID_CODE (422) */
  async confirm(actor: Actor, code: string): Promise<string[]> {
    return this.unitOfWork.run(async (tx) => {
      const codes = await this.secondFactor.confirm(tx, await lockedUser(tx, actor.userId), code);
      if (actor.sessionId) await this.sessions.markSteppedUp(tx, actor.sessionId);
      await this.tell(tx, actor, 'two_factor_enabled', 'Two-factor authentication enabled');
      return codes;
    });
  }

  /**
   * Needs the password and a code.
   * @throws DomainError TWO_FACTOR_STATE (409), INVALID_CREDENTIALS (401), INVALID_CODE (422)
   */
  async disable(actor: Actor, password: string, code: string): Promise<void> {
    if (!actor.twoFactorEnabled) throw twoFactorNotEnabled();
    await this.reauthentication.confirm(actor, { password, code });
    await this.unitOfWork.run(async (tx) => {
      await this.secondFactor.disable(tx, actor.userId);
      await this.tell(tx, actor, 'two_factor_disabled', 'Two-factor authentication disabled');
    });
  }

  private tell(
    tx: Tx,
    actor: Actor,
    type: 'two_factor_enabled' | 'two_factor_disabled',
    subject: string,
  ): Promise<void> {
    const text = `${subject} for your account. If it was not you, reset your password and write to us.`;
    return this.news.tell(tx, actor, {
      type,
      data: {},
      mails: [{ to: actor.email, subject, text }],
    });
  }
}
