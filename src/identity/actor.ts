import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Permission, Realm } from './domain/permissions.js';

/** Who makes a request, and for whom. */
export interface Actor {
  userId: string;
  /** Null for a statistics token, which has no session. */
  sessionId: string | null;
  email: string;
  realm: Realm;
  role: string;
  partnerId: string | null;
  brandId: string | null;
  /** Whether the partner is approved and not suspended; true for the other realms. */
  active: boolean;
  permissions: ReadonlySet<Permission>;
  twoFactorEnabled: boolean;
  /** When the session began, by signing in; null without a session of one's own. */
  signedInAt: Date | null;
  /** When a two-factor code was accepted last in this session. */
  steppedUpAt: Date | null;
  /** The operator who acts in the user's place. */
  impersonatorId: string | null;
  /** Set exactly when there is an impersonator. */
  impersonation?: RunningImpersonation;
  requestId: string;
}

/** Who did something, and who acted as them; what logs keep of an actor. */
export type ActingUser = Pick<Actor, 'userId' | 'impersonatorId'>;

/** Whose own affairs are open to the actor, whatever its permissions: nobody's to who acts in another's place. */
export function selfOf({ userId, impersonatorId }: ActingUser): string | null {
  return impersonatorId === null ? userId : null;
}

/** An operator in the place of a partner's owner, as the request's actor carries it. */
export interface RunningImpersonation {
  id: string;
  operatorName: string;
  reason: string;
  /** When it ends at the latest. */
  endsAt: Date;
}

/** An actor of a partner: its objects are found by `partnerId`. */
export type PartnerActor = Actor & { partnerId: string };

/** An actor of a brand: its objects are found by `brandId`. */
export type BrandActor = Actor & { brandId: string };

export const REQUIRED_PERMISSION = 'tributary:permission';
export const FINANCIAL_ACTION = 'tributary:financial';
export const FRESH_SIGN_IN = 'tributary:fresh-sign-in';
export const STATISTIC_TOKEN_ROUTE = 'tributary:statistic-token';

/** Names the permission that a route requires. A route without this and without `@Public()` is refused. */
export const Requires = (permission: Permission): MethodDecorator & ClassDecorator =>
  SetMetadata(REQUIRED_PERMISSION, permission);

/** Marks a financial action, or one as grave: it needs two-factor authentication and a code of the last 300 seconds (rule 4.1). */
export const Financial = (): MethodDecorator => SetMetadata(FINANCIAL_ACTION, true);

/**
 * Marks what takes a sign-in, or an accepted two-factor code, of the last 10 minutes (rule 7.2): what a stolen session
 * alone must not do, also for people without two-factor authentication.
 */
export const FreshSignIn = (): MethodDecorator => SetMetadata(FRESH_SIGN_IN, true);

/** Where a route takes a statistics token: from the `Authorization` header, or from the query's `token` too. */
export type StatisticTokenPlace = 'header' | 'link';

/** Marks a route that is opened by a statistics token instead of a sign-in (rule 10.5). */
export const StatisticTokenRoute = (
  place: StatisticTokenPlace = 'header',
): MethodDecorator & ClassDecorator => SetMetadata(STATISTIC_TOKEN_ROUTE, place);

/** The actor of the request. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  return context.switchToHttp().getRequest<{ user: Actor }>().user;
});
