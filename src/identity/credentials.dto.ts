import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';

/** What is entered again before a change of sign-in data. */
class ProofDto {
  /** Your present password. */
  @IsString()
  @MaxLength(1024)
  password: string;

  /**
   * Present code of the authenticator app, or a recovery code; required where two-factor authentication is enabled.
   * @example "123456"
   */
  @MayBeAbsent()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  code?: string;
}

export class ChangePasswordDto extends ProofDto {
  /**
   * 8 to 128 characters, not one of the common ones.
   * @example "another long and unusual pass phrase"
   */
  @IsString()
  @MaxLength(1024)
  newPassword: string;
}

export class ChangeEmailDto extends ProofDto {
  /**
   * The new address.
   * @example "ann@new.example"
   */
  @IsEmail()
  @MaxLength(320)
  email: string;
}

export class EmailChangeConfirmedResponse {
  /** Whether the e-mail is changed now; `false` while the other address has not confirmed yet. */
  changed: boolean;
}
