import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { toDataURL } from 'qrcode';
import { Clock, SecretBox, sha256Hex, type Tx } from '../platform/index.js';
import { acceptedStep, newTotpSecret, otpauthUrl } from './domain/totp.js';
import { twoFactorNotEnabled, twoFactorState, wrongCode } from './identity.errors.js';
import { Sessions } from './sessions.service.js';
import type { User } from './user.entity.js';

const RECOVERY_CODES = 10;

export interface TwoFactorSetup {
  secret: string;
  otpauthUrl: string;
  /** PNG as a data URL. */
  qrCode: string;
}

/** Two-factor authentication by authenticator app (RFC 6238) with recovery codes (A31, rule 10.2). */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly box: SecretBox,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  /** Starts the set-up with a new secret, which waits for its first code. @throws DomainError TWO_FACTOR_STATE (409) */
  async setUp(tx: Tx, user: User): Promise<TwoFactorSetup> {
    if (user.twoFactorEnabledAt) throw twoFactorState('Two-factor authentication is already enabled.');
    const secret = newTotpSecret();
    await tx.query('UPDATE users SET two_factor_pending = $2 WHERE id = $1', [
      user.id,
      this.box.seal(secret, context(user.id)),
    ]);
    const url = otpauthUrl(secret, user.email);
    return { secret, otpauthUrl: url, qrCode: await toDataURL(url) };
  }

  /**
   * Confirms the set-up by its first code and gives the recovery codes, which are not shown again.
   * @throws DomainError TWO_FACTOR_STATE (409), INVALID_CODE (422)
   */
  async confirm(tx: Tx, user: User, code: string): Promise<string[]> {
    if (user.twoFactorEnabledAt || !user.twoFactorPending) {
      throw twoFactorState('There is no two-factor set-up to confirm.');
    }
    const step = acceptedStep(this.box.open(user.twoFactorPending, context(user.id)), code, this.clock.now());
    if (step === null) throw wrongCode();
    await tx.query(
      `UPDATE users SET two_factor_secret = two_factor_pending, two_factor_pending = NULL,
              two_factor_enabled_at = $2, two_factor_last_step = $3 WHERE id = $1`,
      [user.id, this.clock.now(), step],
    );
    return this.newRecoveryCodes(tx, user.id);
  }

  /**
   * Turns it off; the recovery codes are gone with it, and no session counts as stepped up by its codes any more.
   * @throws DomainError TWO_FACTOR_STATE (409) when it is off, also because a parallel request was faster
   */
  async disable(tx: Tx, userId: string): Promise<void> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE users SET two_factor_secret = NULL, two_factor_enabled_at = NULL
        WHERE id = $1 AND two_factor_enabled_at IS NOT NULL`,
      [userId],
    );
    if (count === 0) throw twoFactorNotEnabled();
    await tx.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
    await this.sessions.forgetStepUps(tx, userId);
  }

  /** Accepts a code of the app, or a recovery code, once; also of parallel requests only one succeeds. */
  async accept(tx: Tx, user: User, code: string): Promise<boolean> {
    if (!user.twoFactorSecret) return false;
    const step = acceptedStep(this.box.open(user.twoFactorSecret, context(user.id)), code, this.clock.now());
    if (step === null) return this.acceptRecoveryCode(tx, user.id, code);
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE users SET two_factor_last_step = $2 WHERE id = $1 AND two_factor_last_step < $2',
      [user.id, step],
    );
    return count === 1;
  }

  private async acceptRecoveryCode(tx: Tx, userId: string, code: string): Promise<boolean> {
    const digits = code.replaceAll(/[\s-]/g, '').toLowerCase();
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL',
      [userId, sha256Hex(inGroups(digits)), this.clock.now()],
    );
    return count === 1;
  }

  private async newRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, () => inGroups(randomBytes(8).toString('hex')));
    await tx.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
    await tx.query('INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::text[])', [
      userId,
      codes.map((code) => sha256Hex(code)),
    ]);
    return codes;
  }
}

/** A recovery code as it is shown and hashed: digits by four, with dashes between. */
function inGroups(digits: string): string {
  return digits.replaceAll(/(.{4})(?=.)/g, '$1-');
}

function context(userId: string): string {
  return `users.two_factor:${userId}`;
}
