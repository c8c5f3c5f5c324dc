import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { createSecretKey } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Clock, Config } from '../platform/index.js';
import {
  type AccessClaims,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from './access-tokens.service.js';
import type { Actor } from './actor.js';
import { unauthenticated } from './identity.errors.js';
import { Impersonations } from './impersonations.service.js';
import { Sessions } from './sessions.service.js';

/**
 * Checks access tokens: signature and fixed claims by passport-jwt, times by the program's clock, and the session in
 * the database, so that an ended session is out at its next request.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy) {
  constructor(
    config: Config,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly impersonations: Impersonations,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // As a text it would be tried as a public key first, at every request. (The types are older than key objects.)
      secretOrKey: createSecretKey(config.jwtSecret, 'utf8') as unknown as Buffer,
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      passReqToCallback: true,
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
  }

  /** @throws DomainError UNAUTHENTICATED (401) */
  async validate(request: FastifyRequest, claims: AccessClaims): Promise<Actor> {
    const now = this.clock.now().getTime() / 1_000;
    const inForce = claims.typ === TOKEN_TYPE && claims.exp > now && (claims.nbf ?? 0) <= now;
    const actor = inForce ? await this.findActor(claims, request.id) : null;
    if (!actor) throw unauthenticated();
    return actor;
  }

  private findActor(claims: AccessClaims, requestId: string): Promise<Actor | null> {
    return claims.act === undefined && claims.imp === undefined
      ? this.sessions.findActor(claims.sub, claims.sid, requestId)
      : this.impersonations.findActor(claims, requestId);
  }
}
