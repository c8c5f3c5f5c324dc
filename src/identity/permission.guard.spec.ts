import type { ExecutionContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Clock, Public } from '../platform/index.js';
import { type Actor, Financial, FreshSignIn, Requires } from './actor.js';
import { permissionsOf } from './domain/permissions.js';
import { PermissionGuard } from './permission.guard.js';

const NOW = new Date('2026-11-02T09:00:00Z');

class FixedClock extends Clock {
  override now(): Date {
    return NOW;
  }
}

class Routes {
  forgotten(): void {}

  @Public()
  open(): void {}

  @Requires('partner:bills:read')
  bills(): void {}

  @Requires('partner:wallet:withdraw')
  @Financial()
  withdraw(): void {}

  @Requires('partner:jobs:join')
  @FreshSignIn()
  join(): void {}
}

const owner: Actor = {
  userId: 'u',
  sessionId: 's',
  email: 'ann@example.com',
  realm: 'partner',
  role: 'owner',
  partnerId: 'p',
  brandId: null,
  active: true,
  permissions: permissionsOf('partner', 'owner'),
  twoFactorEnabled: true,
  signedInAt: NOW,
  steppedUpAt: NOW,
  impersonatorId: null,
  requestId: 'r',
};

let guard: PermissionGuard;

beforeAll(async () => {
  const providers = [PermissionGuard, { provide: Clock, useClass: FixedClock }];
  const module = await Test.createTestingModule({ providers }).compile();
  guard = module.get(PermissionGuard);
});

/** What the guard says to the actor on the route: `ok` or the refusal's code. */
function verdict(route: keyof Routes, actor: Partial<Actor> = {}): string {
  const context = {
    getHandler: () => Routes.prototype[route],
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => ({ user: { ...owner, ...actor } }) }),
  } as unknown as ExecutionContext;
  try {
    return guard.canActivate(context) ? 'ok' : 'no';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

describe('the permission guard', () => {
  it('closes a route that names no policy, to everybody', () => {
    expect(verdict('forgotten')).toBe('PERMISSION_DENIED');
    expect(verdict('forgotten', { permissions: permissionsOf('operator', 'admin') })).toBe(
      'PERMISSION_DENIED',
    );
  });

  it('opens public routes', () => {
    expect(verdict('open', { permissions: new Set() })).toBe('ok');
  });

  it('asks for the permission, and for an active partner where the permission says so', () => {
    expect(verdict('bills')).toBe('ok');
    expect(verdict('bills', { active: false })).toBe('ok');
    expect(verdict('bills', { permissions: new Set() })).toBe('PERMISSION_DENIED');
    expect(verdict('withdraw', { active: false })).toBe('PARTNER_NOT_ACTIVE');
  });

  it.each<[string, Partial<Actor>, string]>([
    ['no two-factor authentication', { twoFactorEnabled: false }, 'TWO_FACTOR_REQUIRED'],
    ['no code in this session', { steppedUpAt: null }, 'STEP_UP_REQUIRED'],
    ['a code 300 s ago', { steppedUpAt: secondsAgo(300) }, 'ok'],
    ['a code 301 s ago', { steppedUpAt: secondsAgo(301) }, 'STEP_UP_REQUIRED'],
  ])('A31 guards financial actions: %s', (_case, actor, expected) => {
    expect(verdict('withdraw', actor)).toBe(expected);
  });

  it.each<[string, Partial<Actor>, string]>([
    ['signed in 600 s ago', { signedInAt: secondsAgo(600), steppedUpAt: null }, 'ok'],
    ['signed in 601 s ago', { signedInAt: secondsAgo(601), steppedUpAt: null }, 'REAUTHENTICATION_REQUIRED'],
    ['a code since then', { signedInAt: secondsAgo(9_000), steppedUpAt: secondsAgo(600) }, 'ok'],
    ['no sign-in of one’s own', { signedInAt: null, steppedUpAt: null }, 'REAUTHENTICATION_REQUIRED'],
  ])('E05 guards what takes a fresh sign-in: %s', (_case, actor, expected) => {
    expect(verdict('join', actor)).toBe(expected);
  });
});
