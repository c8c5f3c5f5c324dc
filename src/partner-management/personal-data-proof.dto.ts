import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';

/** Proof that it is you, before all of your data leaves the program or is erased. */
export class PersonalDataProofDto {
  /** Your password. */
  @IsString()
  @MaxLength(128)
  password: string;

  /**
   * Code of your authenticator app, when two-factor authentication is enabled.
   * @example "123456"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  code?: string;
}
