import { Injectable } from '@nestjs/common';
import { Clock, Config, Ids, Mailer, sqlState, type Tx } from '../platform/index.js';
import { greeted, type Reader } from './domain/greeting.js';
import type { Realm } from './domain/permissions.js';
import { AccountNews } from './account-news.service.js';
import { emailTaken, invalidToken } from './identity.errors.js';
import { Membership } from './membership.entity.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { User } from './user.entity.js';

export interface NewAccount {
  email: string;
  /** Null for somebody who is invited and sets it when joining. */
  passwordHash: string | null;
  name: string;
  phone?: string | null;
  realm: Realm;
  role: string;
  partnerId?: string | null;
  brandId?: string | null;
  /** Whether the tenant is active from the start. */
  active: boolean;
  /** Operators' and demo users' addresses count as confirmed; others get a mail. */
  emailVerified: boolean;
}

const UNIQUE_VIOLATION = '23505';

/** Users and where they belong: the door through which other rooms make and steer accounts. */
@Injectable()
export class Accounts {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly mailer: Mailer,
    private readonly news: AccountNews,
    private readonly config: Config,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a user with its membership. Mails the link that confirms the address, unless the person is invited: then
   * the invitation confirms it.
   * @throws DomainError EMAIL_TAKEN (409)
   */
  async register(tx: Tx, account: NewAccount): Promise<string> {
    const now = this.clock.now();
    const user = tx.create(User, {
      id: this.ids.next(),
      email: account.email.trim(),
      passwordHash: account.passwordHash,
      name: account.name,
      phone: account.phone ?? null,
      createdAt: now,
      invitedAt: account.passwordHash === null ? now : null,
      blockedByTeam: false,
      emailVerifiedAt: account.emailVerified ? now : null,
      twoFactorLastStep: '0',
      mailOptOuts: [],
    });
    try {
      await tx.insert(User, user);
    } catch (error) {
      throw sqlState(error) === UNIQUE_VIOLATION ? emailTaken() : error;
    }
    await tx.insert(Membership, {
      id: this.ids.next(),
      userId: user.id,
      realm: account.realm,
      role: account.role,
      partnerId: account.partnerId ?? null,
      brandId: account.brandId ?? null,
      active: account.active,
    });
    if (!account.emailVerified && !user.invitedAt) await this.mailVerification(tx, user);
    return user.id;
  }

  /** Confirms an address by the mailed token. @throws DomainError INVALID_TOKEN (422) */
  async confirmEmail(tx: Tx, token: string): Promise<void> {
    const userId = await this.tokens.redeem(tx, token, 'verify_email');
    await tx.query('UPDATE users SET email_verified_at = coalesce(email_verified_at, $2) WHERE id = $1', [
      userId,
      this.clock.now(),
    ]);
  }

  /** Mails a link to set a new password, when the address is known and not blocked; the caller cannot tell. */
  async mailPasswordReset(tx: Tx, email: string): Promise<void> {
    const [user] = await tx.query<(Reader & { id: string; email: string })[]>(
      `SELECT id, email, name, email_verified_at IS NOT NULL AS "emailConfirmed" FROM users
        WHERE lower(email) = lower($1) AND blocked_at IS NULL AND invited_at IS NULL
          FOR UPDATE`,
      [email.trim()],
    );
    if (!user) return;
    const token = await this.tokens.issue(tx, user.id, 'reset_password');
    await this.mailer.send(tx, {
      to: user.email,
      subject: 'Set a new password',
      text: greeted(
        user,
        `somebody asked for a new password for your account. Set it here: ` +
          `${this.config.publicUrl}/api/v1/auth/password/reset?token=${token}\n\n` +
          `The link works once, for an hour. If it was not you, do nothing.`,
      ),
    });
  }

  /** Mails the link by which an invited person sets a password and joins; those mailed before no longer work. */
  async mailInvitation(
    tx: Tx,
    to: { id: string; email: string },
    invitation: { from: string; team: string; role: string },
  ): Promise<void> {
    const { from, team, role } = invitation;
    const token = await this.tokens.issue(tx, to.id, 'invitation');
    await this.mailer.send(tx, {
      to: to.email,
      subject: 'You are invited',
      text:
        `Hello,\n\n${from} invites you to ${team} as ${role}. Set a password to join: ` +
        `${this.config.publicUrl}/api/v1/auth/invitation?token=${token}\n\n` +
        `The link works once, for seven days. If you do not expect this, do nothing.`,
    });
  }

  /**
   * Lets an invited person join with the password; the invitation proves the address.
   * @throws DomainError INVALID_TOKEN (422) for somebody who has joined or is blocked
   */
  async join(tx: Tx, userId: string, passwordHash: string): Promise<void> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE users SET password_hash = $2, email_verified_at = $3, invited_at = NULL
        WHERE id = $1 AND invited_at IS NOT NULL AND blocked_at IS NULL`,
      [userId, passwordHash, this.clock.now()],
    );
    if (count === 0) throw invalidToken();
  }

  /** Replaces the password of a user who proved to own the address, which confirms it too. */
  async setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
    const [[user]] = await tx.query<[[{ email: string; partnerId: string | null }], number]>(
      `UPDATE users u SET password_hash = $2, email_verified_at = coalesce(email_verified_at, $3) FROM memberships m
        WHERE u.id = $1 AND m.user_id = u.id RETURNING u.email, m.partner_id AS "partnerId"`,
      [userId, passwordHash, this.clock.now()],
    );
    const { email, partnerId } = user;
    await this.news.passwordChanged(tx, { userId, impersonatorId: null, partnerId, email });
  }

  private async mailVerification(tx: Tx, user: User): Promise<void> {
    const token = await this.tokens.issue(tx, user.id, 'verify_email');
    await this.mailer.send(tx, {
      to: user.email,
      subject: 'Confirm your e-mail',
      text:
        // Whoever signed up may have named a stranger's address: the mail holds no text of theirs.
        `Hello,\n\nconfirm your address to finish the sign-up: ` +
        `${this.config.publicUrl}/api/v1/auth/verify-email?token=${token}\n\nThe link works once, for three days.`,
    });
  }
}
