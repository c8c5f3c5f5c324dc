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
  sid: string;
  typ: string;
  iat: number;
  exp: number;
  nbf?: number;
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
  issue(userId: string, sessionId: string): { accessToken: string; expiresIn: number } {
    const iat = Math.floor(this.clock.now().getTime() / 1_000);
    const claims: AccessClaims = {
      sub: userId,
      sid: sessionId,
      typ: TOKEN_TYPE,
      iat,
      exp: iat + ACCESS_TOKEN_SECONDS,
    };
    const accessToken = this.jwt.sign(claims, {
      secret: this.config.jwtSecret,
      algorithm: TOKEN_ALGORITHM,
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    });
    return { accessToken, expiresIn: ACCESS_TOKEN_SECONDS };
  }
}
