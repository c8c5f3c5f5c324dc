import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Clock, type DomainError, PUBLIC_ROUTE } from '../platform/index.js';
import { type Actor, FINANCIAL_ACTION, FRESH_SIGN_IN, REQUIRED_PERMISSION } from './actor.js';
import { keptFromImpersonators, needsActive, type Permission } from './domain/permissions.js';
import {
  notWhileImpersonating,
  partnerNotActive,
  permissionDenied,
  reauthenticationRequired,
  stepUpRequired,
  twoFactorRequired,
} from './identity.errors.js';

/** Seconds that an accepted two-factor code opens financial actions for (rule 4.1). */
export const STEP_UP_SECONDS = 300;

/** Lets nobody in without the route's permission; a route that names none is closed to everybody. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const read = <T>(key: string): T | undefined =>
      this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
    if (read<boolean>(PUBLIC_ROUTE)) return true;
    const { user: actor } = context.switchToHttp().getRequest<{ user: Actor }>();
    const permission = read<Permission>(REQUIRED_PERMISSION);
    if (!permission) throw permissionDenied('none');
    if (!actor.permissions.has(permission)) throw refusal(actor, permission);
    if (needsActive(permission) && !actor.active) throw partnerNotActive();
    if (read<boolean>(FINANCIAL_ACTION)) {
      if (!actor.twoFactorEnabled) throw twoFactorRequired();
      assertSteppedUp(actor, this.clock.now());
    }
    if (read<boolean>(FRESH_SIGN_IN)) assertFreshlySignedIn(actor, this.clock.now());
    return true;
  }
}

/** @throws DomainError STEP_UP_REQUIRED (401) unless a two-factor code was accepted within the last 300 seconds */
export function assertSteppedUp({ steppedUpAt }: Actor, now: Date): void {
  const age = steppedUpAt ? now.getTime() - steppedUpAt.getTime() : Infinity;
  if (age > STEP_UP_SECONDS * 1_000) throw stepUpRequired();
}

/** Seconds that a sign-in, or a two-factor code, stands for the person at the keyboard (rule 7.2). */
const FRESH_SECONDS = 600;

/** @throws DomainError REAUTHENTICATION_REQUIRED (401) unless the person signed in or entered a code within 10 minutes */
function assertFreshlySignedIn({ signedInAt, steppedUpAt }: Actor, now: Date): void {
  const latestMs = Math.max(signedInAt?.getTime() ?? 0, steppedUpAt?.getTime() ?? 0);
  if (now.getTime() - latestMs > FRESH_SECONDS * 1_000) throw reauthenticationRequired();
}

function refusal({ impersonatorId }: Actor, permission: Permission): DomainError {
  return impersonatorId !== null && keptFromImpersonators(permission) !== null
    ? notWhileImpersonating(permission)
    : permissionDenied(permission);
}
