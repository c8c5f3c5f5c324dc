import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type DomainError, type Tx, UnitOfWork } from '../platform/index.js';
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

type Refusal = 'credentials' | 'otp' | 'email';

/** What somebody has shown who asks for a session. */
interface Shown {
  /** Whether the password fits, or a linked provider has vouched. */
  fits: boolean;
  /** The hash that the password was checked against; left out where a provider has vouched. */
  checkedHash?: string | null;
  /** The two-factor code, if any. */
  otp?: string;
}

/** What a sign-in comes to once password, or provider, have been asked. */
export type Admission = { signedIn: SignedIn } | { refused: Refusal };

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
    const user = await findByEmail(this.dataSource.manager, credentials.email);
    // An unknown address goes on under an id that no user has, through the same work.
    const checkedHash = user?.passwordHash ?? null;
    const fits = await this.passwords.verify(checkedHash, credentials.password);
    const shown = { fits, checkedHash, otp: credentials.otp };
    const admission = await this.unitOfWork.run((tx) =>
      this.admit(tx, user?.id ?? randomUUID(), shown, device),
    );
    if ('signedIn' in admission) return admission.signedIn;
    throw refusalOf(admission.refused);
  }

  /**
   * Opens a session for a user, or counts the failure and refuses. It never throws a refusal: what it counted must be
   * committed. A password that was replaced since it was checked is a wrong one.
   */
  async admit(tx: Tx, userId: string, { fits, checkedHash, otp }: Shown, device: Device): Promise<Admission> {
    const user = await findLocked(tx, userId);
    const refuse = async (): Promise<Admission> => {
      await this.lockOut.countFailure(tx, userId);
      return { refused: 'credentials' };
    };
    if (!user || user.blockedAt || user.lockedAt || !fits) return refuse();
    if (checkedHash !== undefined && checkedHash !== user.passwordHash) return refuse();
    if (user.twoFactorEnabledAt && !otp) return { refused: 'otp' };
    if (user.twoFactorEnabledAt && !(await this.secondFactor.accept(tx, user, otp!))) return refuse();
    if (!user.emailVerifiedAt) return { refused: 'email' };
    await this.lockOut.unlock(tx, user.id);
    const tokens = await this.sessions.open(tx, user.id, device, user.twoFactorEnabledAt !== null);
    return { signedIn: { ...tokens, user } };
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
}

/** The user with the address, however it is written. */
export function findByEmail(tx: Tx, email: string): Promise<User | null> {
  return tx
    .getRepository(User)
    .createQueryBuilder('u')
    .where('lower(u.email) = lower(:email)', { email: email.trim() })
    .getOne();
}

/** What a refused admission tells the person. */
export function refusalOf(refused: Refusal): DomainError {
  if (refused === 'otp') return otpRequired('otp');
  return refused === 'email' ? emailNotVerified() : invalidCredentials();
}

/** The user with its row locked, so that parallel attempts count one after the other. */
export async function lockedUser(tx: Tx, userId: string): Promise<User> {
  return tx.findOneOrFail(User, { where: { id: userId }, lock: { mode: 'pessimistic_write' } });
}

function findLocked(tx: Tx, userId: string): Promise<User | null> {
  return tx.findOne(User, { where: { id: userId }, lock: { mode: 'pessimistic_write' } });
}
