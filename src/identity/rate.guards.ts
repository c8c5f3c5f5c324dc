import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { addressKey, PUBLIC_ROUTE, RateLimits, sha256Hex } from '../platform/index.js';
import type { Actor } from './actor.js';
import { rateClassOf } from './rate-class.js';

type Request = FastifyRequest & { user?: Actor };

/**
 * Counts requests on public routes, by the client's address and by the account that the body names, known or not.
 * It stands before everything else, so that a request too many costs no password hash.
 */
@Injectable()
export class AnonymousRateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { request, isPublic, rateClass } = routeOf(context, this.reflector);
    if (!isPublic || rateClass === null) return true;
    this.limits.take(rateClass, 'address', addressKey(request.ip));
    const account = accountNamedIn(request.body);
    if (account !== null && (rateClass === 'sign-in' || rateClass === 'recovery')) {
      this.limits.take(`${rateClass}-account`, 'account', account);
    }
    return true;
  }
}

/** Counts requests on all other routes by who is signed in; an impersonator uses up its own allowance. */
@Injectable()
export class ActorRateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { request, rateClass } = routeOf(context, this.reflector);
    const { user: actor } = request;
    if (!actor || rateClass === null) return true;
    this.limits.take(
      rateClass,
      actor.sessionId === null ? 'token' : 'user',
      actor.impersonatorId ?? actor.userId,
    );
    return true;
  }
}

/** A request with what its route says; `rateClass` is null where it is not counted here: the sync API counts by key. */
function routeOf(context: ExecutionContext, reflector: Reflector) {
  const request = context.switchToHttp().getRequest<Request>();
  const targets = [context.getHandler(), context.getClass()];
  const read = (key: string): unknown => reflector.getAllAndOverride(key, targets);
  const rateClass = rateClassOf(read, request.method);
  return {
    request,
    isPublic: read(PUBLIC_ROUTE) === true,
    rateClass: rateClass === 'none' || rateClass === 'sync' ? null : rateClass,
  };
}

/** Guards run before the body is checked: it may be anything. */
function accountNamedIn(body: unknown): string | null {
  const { email } = (body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? sha256Hex(email.trim().toLowerCase()) : null;
}
