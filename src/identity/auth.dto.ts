import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';

const LONGEST_TEXT = 320;

export class LoginDto {
  /** @example "ann@example.com" */
  @IsEmail()
  @MaxLength(LONGEST_TEXT)
  email: string;

  @IsString()
  @MaxLength(1024)
  password: string;

  /**
   * Present code of the authenticator app, or a recovery code, where two-factor authentication is enabled.
   * @example "123456"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  otp?: string;
}

/** Which kinds of mail you get; mails about your account's safety and about decisions on a request always come. */
export class EmailSubscriptionsDto {
  /** News of the program, should it mail them: so far they stand at `GET /partner/news` only. */
  news: boolean;
  /** Bills that were approved or cancelled. */
  bills: boolean;
  /** Cash-outs that were accepted, cancelled or refunded. */
  cashouts: boolean;
  /** Reports that you asked for. */
  reports: boolean;
  /** Postbacks that fail. */
  postbacks: boolean;
  /** What brands and creators decide on and say about publications. */
  publications: boolean;
  /** What is decided on contributions to public campaigns. */
  campaigns: boolean;
}

export class UserDto {
  id: string;
  /** @example "ann@example.com" */
  email: string;
  name: string;
  phone: string | null;
  /** Currency that reports are shown in by default. */
  reportCurrency: string | null;
  emailSubscriptions: EmailSubscriptionsDto;
  twoFactorEnabled: boolean;
  lastSignInAt: Date | null;
}

export class TokensDto {
  accessToken: string;
  /** Works once; each refresh gives the next one. */
  refreshToken: string;
  /**
   * Seconds until the access token expires.
   * @example 300
   */
  expiresIn: number;
}

export class LoginResponse extends TokensDto {
  user: UserDto;
}

export class RefreshDto {
  @IsString()
  @MaxLength(128)
  refreshToken: string;
}

export class TokenDto {
  /** The token of the mailed link. */
  @IsString()
  @MaxLength(128)
  token: string;
}

export class EmailDto {
  /** @example "ann@example.com" */
  @IsEmail()
  @MaxLength(LONGEST_TEXT)
  email: string;
}

export class ResetPasswordDto extends TokenDto {
  /** 8 to 128 characters, not one of the common ones. */
  @IsString()
  @MaxLength(1024)
  password: string;
}

export class CodeDto {
  /**
   * Present code of the authenticator app, or a recovery code.
   * @example "123456"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  code: string;
}

export class DisableTwoFactorDto extends CodeDto {
  @IsString()
  @MaxLength(1024)
  password: string;
}

export class TwoFactorSetupResponse {
  /** Base32, for typing into the app. */
  secret: string;
  /** What the QR code says. */
  otpauthUrl: string;
  /** PNG as a data URL. */
  qrCode: string;
}

export class RecoveryCodesResponse {
  /** Each works once in place of a code; they are not shown again. */
  recoveryCodes: string[];
}

export class DoneResponse {
  /** @example true */
  done: boolean;
}

export class SessionDto {
  id: string;
  createdAt: Date;
  /** To the minute. */
  lastSeenAt: Date;
  address: string | null;
  userAgent: string | null;
  /** Whether it is the session of this request. */
  current: boolean;
}

export class SessionListResponse {
  items: SessionDto[];
  nextCursor: string | null;
}

export class EndedSessionsResponse {
  /**
   * How many sessions ended.
   * @example 2
   */
  ended: number;
}
