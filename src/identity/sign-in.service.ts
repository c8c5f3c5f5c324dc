import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type Tx, UnitOfWork } from '../platform/index.js';
import {
  emailNotVerified,
  invalidCredentials,
  otpRequired,
  stepUpRequired,
  twoFactorRequired,
  wrongCode,
} from './identity.errors.js';
import type { Actor } from './actor.js';
import { LockOut } from './lock-out.service.js';
import { Passwords } from './passwords.service.js';
import { SecondFactor } from './second-factor.service.js';
import { type Device, Sessions, type SessionTokens } from './sessions.service.js';
import { User } from './user.entity.js';

export interface SignedIn extends SessionTokens {
  user: User;
}

type Outcome = { signedIn: SignedIn } | { refused: 'credentials' | 'otp' | 'email' };

/** Signs people in (A32, rule 10.1). Password hashing stays outside transactions. */
@Injectable()
export class SignIn {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    private readonly lockOut: LockOut,
  ) {}

  /**
   * Opens a session. Unknown, wrong, locked and blocked get the same answer after the same work.
   * @throws DomainError INVALID_CREDENTIALS (401), OTP_REQUIRED (401), EMAIL_NOT_VERIFIED (403)
   */
  async signIn(
    credentials: { email: string; password: string; otp?: string },
    device: Device,
  ): Promise<SignedIn> {
    const user = await this.findByEmail(credentials.email);
    // An unknown address goes on under an id that no user has, through the same work.
    const fits = await this.passwords.verify(user?.passwordHash ?? null, credentials.password);
    const outcome = await this.unitOfWork.run((tx) =>
      this.decide(tx, user?.id ?? randomUUID(), fits, credentials.otp, device),
    );
    if ('signedIn' in outcome) return outcome.signedIn;
    if (outcome.refused === 'otp') throw otpRequired();
    throw outcome.refused === 'email' ? emailNotVerified() : invalidCredentials();
  }

  /**
   * Checks the password again for a sensitive change of one's own account; a wrong one counts as a failure, and while
   * the user is locked a right one looks like it.
   * @throws DomainError INVALID_CREDENTIALS (401)
   */
  async confirmPassword(user: User, password: string): Promise<void> {
    if ((await this.passwords.verify(user.passwordHash, password)) && !user.lockedAt) return;
    await this.unitOfWork.run((tx) => this.lockOut.countFailure(tx, user.id));
    throw invalidCredentials();
  }

  /**
   * Accepts a two-factor code in the actor's session, or counts the failure and refuses.
   * @throws DomainError INVALID_CODE (422), TWO_FACTOR_REQUIRED (403), STEP_UP_REQUIRED (401) without a session
   */
  async stepUp(actor: Actor, code: string): Promise<void> {
    const { sessionId, userId, twoFactorEnabled } = actor;
    if (!sessionId) throw stepUpRequired();
    // Not a failure: a user without two-factor authentication must not lock itself out by asking.
    if (!twoFactorEnabled) throw twoFactorRequired();
    const accepted = await this.unitOfWork.run(async (tx) => {
      const user = await lockedUser(tx, userId);
      if (!user.lockedAt && (await this.secondFactor.accept(tx, user, code))) {
        await this.sessions.markSteppedUp(tx, sessionId);
        return true;
      }
      await this.lockOut.countFailure(tx, userId);
      return false;
    });
    if (!accepted) throw wrongCode();
  }

  private findByEmail(email: string): Promise<User | null> {
    return this.dataSource
      .getRepository(User)
      .createQueryBuilder('u')
      .where('lower(u.email) = lower(:email)', { email: email.trim() })
      .getOne();
  }

  private async decide(
    tx: Tx,
    userId: string,
    passwordFits: boolean,
    otp: string | undefined,
    device: Device,
  ): Promise<Outcome> {
    const user = await findLocked(tx, userId);
    const refuse = async (): Promise<Outcome> => {
      await this.lockOut.countFailure(tx, userId);
      return { refused: 'credentials' };
    };
    if (!user || user.blockedAt || user.lockedAt || !passwordFits) return refuse();
    if (user.twoFactorEnabledAt && !otp) return { refused: 'otp' };
    if (user.twoFactorEnabledAt && !(await this.secondFactor.accept(tx, user, otp!))) return refuse();
    if (!user.emailVerifiedAt) return { refused: 'email' };
    await this.lockOut.unlock(tx, user.id);
    const tokens = await this.sessions.open(tx, user.id, device, user.twoFactorEnabledAt !== null);
    return { signedIn: { ...tokens, user } };
  }
}

/** The user with its row locked, so that parallel attempts count one after the other. */
export async function lockedUser(tx: Tx, userId: string): Promise<User> {
  return tx.findOneOrFail(User, { where: { id: userId }, lock: { mode: 'pessimistic_write' } });
}

function findLocked(tx: Tx, userId: string): Promise<User | null> {
  return tx.findOne(User, { where: { id: userId }, lock: { mode: 'pessimistic_write' } });
}
