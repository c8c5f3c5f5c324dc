import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '../platform/index.js';
import type { Actor } from './actor.js';
import { invalidCredentials, otpRequired, stepUpRequired, wrongCode } from './identity.errors.js';
import { LockOut } from './lock-out.service.js';
import { Passwords } from './passwords.service.js';
import { SecondFactor } from './second-factor.service.js';
import { Sessions } from './sessions.service.js';
import { lockedUser } from './sign-in.service.js';
import { User } from './user.entity.js';

/** What a person enters again before a change of sign-in data. */
export interface Proof {
  password: string;
  /** Needed where two-factor authentication is enabled. */
  code?: string;
}

type Outcome = 'confirmed' | 'credentials' | 'no code' | 'code';

/** Makes sure that the person at the keyboard is still the one who signed in (rule 10.1). */
@Injectable()
export class Reauthentication {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    private readonly lockOut: LockOut,
  ) {}

  /**
   * Checks the password and, where two-factor authentication is enabled, a code; gives the user as it was checked. A
   * failure counts as a failed sign-in does, and while the user is locked what is right looks wrong. An accepted code
   * is a step-up. Password hashing stays outside the transaction.
   * @throws DomainError INVALID_CREDENTIALS (401), OTP_REQUIRED (401) after a right password without a code,
   *   INVALID_CODE (422) after a right password with a wrong code, STEP_UP_REQUIRED (401) without a session
   */
  confirm(actor: Actor, proof: Proof): Promise<User> {
    return this.check(actor, proof, true);
  }

  /**
   * Checks the password like {@link confirm}, where a code was entered before or is not needed.
   * @throws DomainError INVALID_CREDENTIALS (401), STEP_UP_REQUIRED (401) without a session
   */
  confirmPassword(actor: Actor, password: string): Promise<User> {
    return this.check(actor, { password }, false);
  }

  private async check(
    { userId, sessionId }: Actor,
    { password, code }: Proof,
    codeToo: boolean,
  ): Promise<User> {
    if (!sessionId) throw stepUpRequired();
    const user = await this.dataSource.getRepository(User).findOneByOrFail({ id: userId });
    const fits = await this.passwords.verify(user.passwordHash, password);
    const outcome = await this.unitOfWork.run(async (tx): Promise<Outcome> => {
      const now = await lockedUser(tx, userId);
      const refuse = async (because: Outcome): Promise<Outcome> => {
        await this.lockOut.countFailure(tx, userId);
        return because;
      };
      // It may have been replaced since it was checked.
      const replaced = now.passwordHash !== user.passwordHash;
      if (!fits || replaced || now.lockedAt) return refuse('credentials');
      if (!codeToo || !now.twoFactorEnabledAt) return 'confirmed';
      if (!code) return 'no code';
      if (!(await this.secondFactor.accept(tx, now, code))) return refuse('code');
      await this.sessions.markSteppedUp(tx, sessionId);
      return 'confirmed';
    });
    if (outcome === 'credentials') throw invalidCredentials();
    if (outcome === 'no code') throw otpRequired('code');
    if (outcome === 'code') throw wrongCode();
    return user;
  }
}
