import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Clock, Config } from '../platform/index.js';

export const ACCESS_TOKEN_SECONDS = 300;

/** The one algorithm, issuer and audience of access tokens; anything else is refused (rule 10.3). */
export const TOKEN_ALGORITHM = 'HS256';
export const TOKEN_ISSUER = 'tributary';
export const TOKEN_AUDIENCE = 'tributary-api';
export const TOKEN_TYPE = 'access';

/** What an access token says; times in seconds since 1970. */
export interface AccessClaims {
  sub: string;
  /** The session; with `act`, the one of the operator who acts. */
  sid: string;
  typ: string;
  iat: number;
  exp: number;
  nbf?: number;
  /** Who acts in the place of `sub` (RFC 8693 §4.1), and under which impersonation. */
  act?: { sub: string };
  imp?: string;
}

/** A token as the API answers it. */
export interface AccessToken {
  accessToken: string;
  /** Seconds until it expires. */
  expiresIn: number;
}

/** Signs access tokens; the JWT strategy checks them. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** A token for one session of a user. */
  issue(userId: string, sessionId: string): AccessToken {
    return this.sign({ sub: userId, sid: sessionId }, ACCESS_TOKEN_SECONDS);
  }

  /** A token for an operator in the place of another user; it lasts as long as the impersonation may. */
  issueForImpersonation(
    { id, ownerUserId, operatorUserId }: { id: string; ownerUserId: string; operatorUserId: string },
    operatorSessionId: string,
    seconds: number,
  ): AccessToken {
    const claims = { sub: ownerUserId, sid: operatorSessionId, act: { sub: operatorUserId }, imp: id };
    return this.sign(claims, seconds);
  }

  private sign(who: Pick<AccessClaims, 'sub' | 'sid' | 'act' | 'imp'>, seconds: number): AccessToken {
    const iat = Math.floor(this.clock.now().getTime() / 1_000);
    const claims: AccessClaims = { ...who, typ: TOKEN_TYPE, iat, exp: iat + seconds };
    const accessToken = this.jwt.sign(claims, {
      secret: this.config.jwtSecret,
      algorithm: TOKEN_ALGORITHM,
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    });
    return { accessToken, expiresIn: seconds };
  }
}
