import { IsString, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../platform/index.js';
import { CodeDto } from '../auth.dto.js';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const CHALLENGE_FORM = { message: 'challenge must be BASE64URL(SHA-256(verifier)), 43 characters' };
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const VERIFIER_FORM = { message: 'verifier must be 43 to 128 letters, digits, or - . _ ~' };

export class OidcProviderDto {
  /**
   * Stands in `/auth/oidc/{provider}`.
   * @example "google"
   */
  name: string;
  /** @example "Google" */
  title: string;
}

export class OidcProviderListResponse {
  items: OidcProviderDto[];
  nextCursor: string | null;
}

export class BeginOidcQuery {
  /**
   * Address of the frontend that goes on with the answer, one of those configured; without it a page of ours.
   * @example "https://app.example.com/signed-in"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(2000)
  returnTo?: string;

  /**
   * BASE64URL(SHA-256(verifier)) of a secret that the frontend made for this sign-in; required with `returnTo`.
   * @example "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
   */
  @MayBeAbsent()
  @Matches(CHALLENGE, CHALLENGE_FORM)
  challenge?: string;

  /** From the address that `POST /me/identities/link` gives. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(128)
  link?: string;
}

export class FinishOidcQuery {
  @MayBeAbsent()
  @IsString()
  @MaxLength(128)
  code?: string;

  /** @example "access_denied" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(128)
  error?: string;
}

export class ExchangeOidcDto {
  /** What the callback added to `returnTo`; works once, for 60 seconds. */
  @IsString()
  @MaxLength(128)
  code: string;

  /**
   * The secret whose `challenge` began the sign-in; left out when it began without one.
   * @example "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
   */
  @MayBeAbsent()
  @Matches(VERIFIER, VERIFIER_FORM)
  verifier?: string;
}

export class CompleteOidcDto {
  /** From the refusal that asked for more; works for ten minutes, until it has signed in. */
  @IsString()
  @MaxLength(128)
  ticket: string;

  /** Password of the account, after `LINK_REQUIRED`. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(1024)
  password?: string;

  /**
   * Present code of the authenticator app, or a recovery code, where two-factor authentication is enabled.
   * @example "123456"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  otp?: string;
}

export class LinkIdentityDto {
  /** @example "google" */
  @IsString()
  @MaxLength(64)
  provider: string;

  @IsString()
  @MaxLength(1024)
  password: string;

  /**
   * Address of the frontend that goes on with the answer, one of those configured.
   * @example "https://app.example.com/account"
   */
  @IsString()
  @MaxLength(2000)
  returnTo: string;

  /**
   * BASE64URL(SHA-256(verifier)) of a secret that the frontend made for this.
   * @example "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
   */
  @Matches(CHALLENGE, CHALLENGE_FORM)
  challenge: string;
}

export class LinkIdentityResponse {
  /** Open it in the browser within ten minutes; it works once. */
  url: string;
}

export class FinishLinkDto extends CodeDto {
  /**
   * The secret whose `challenge` began the linking.
   * @example "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
   */
  @Matches(VERIFIER, VERIFIER_FORM)
  verifier: string;
}

export class LinkedIdentityDto {
  id: string;
  /**
   * Name of the provider.
   * @example "google"
   */
  provider: string;
  /**
   * As the provider gave it when the identity was linked.
   * @example "ann@example.com"
   */
  email: string;
  linkedAt: Date;
  lastUsedAt: Date | null;
}

export class LinkedIdentityListResponse {
  items: LinkedIdentityDto[];
  nextCursor: string | null;
}
