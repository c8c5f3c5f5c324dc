import type { Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FINANCIAL_ACTION, REQUIRED_PERMISSION, STATISTIC_TOKEN_ROUTE } from '../../../src/identity/actor.js';
import {
  keptFromImpersonators,
  needsActive,
  type Permission,
  PERMISSIONS,
  permissionsOfImpersonator,
} from '../../../src/identity/domain/permissions.js';
import { Sessions } from '../../../src/identity/sessions.service.js';
import { Accounts } from '../../../src/identity/index.js';
import { PUBLIC_ROUTE, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, codeOf, signUp } from './scene.js';

interface Route {
  /** Controller and method. */
  id: string;
  /** For example `GET /api/v1/partner/bills/{id}`. */
  name: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  isPublic: boolean;
  permission: Permission | undefined;
  financial: boolean;
  statisticToken: boolean;
  /** How often the policy is named, on the method and on the class. */
  policies: number;
}

const ROLES = [
  'operator:admin',
  'operator:manager',
  'operator:finance',
  'operator:support',
  'brand:owner',
  'brand:reviewer',
  'partner:owner',
  'partner:manager',
  'partner:finance',
  'partner:analyst',
] as const;
type Role = (typeof ROLES)[number];

/** Answered outside Nest's controllers; they carry no policy because everybody may read them. */
const WITHOUT_CONTROLLER = ['GET /r/{code}'];
const NOWHERE = '01920000-0000-7000-8000-00000000dead';

let app: TestApp;
let routes: Route[];
const callers = new Map<Role, Caller>();

beforeAll(async () => {
  app = await createTestApp({ background: false });
  routes = await routesOf(app);
  const partnerId = await signUp(app, 'tenant@example.com');
  for (const role of ROLES) callers.set(role, await callerOf(role, partnerId));
});
afterAll(() => app.close());

/** Every route that the OpenAPI document names, with the policy that its handler carries. */
async function routesOf({ app: nest }: TestApp): Promise<Route[]> {
  const document = body<{ paths: Record<string, Record<string, { operationId: string }>> }>(
    await new Caller(app).get('/api/openapi.json'),
    200,
  );
  const handlers = new Map(handlersOf(nest.get(ModulesContainer)).map((handler) => [handler.id, handler]));
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .map(([method, { operationId }]) => ({ method, path, handler: handlers.get(operationId), operationId }))
      .filter(({ method, path: at }) => !WITHOUT_CONTROLLER.includes(`${method.toUpperCase()} ${at}`))
      .map(({ method, handler, operationId }) => {
        if (!handler) throw new Error(`no handler for ${operationId}`);
        return {
          ...handler,
          name: `${method.toUpperCase()} ${path}`,
          method: method as Route['method'],
          path,
        };
      }),
  );
}

type Handler = Omit<Route, 'name' | 'method' | 'path'>;

function handlersOf(modules: ModulesContainer): Handler[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => name !== 'constructor' && Reflect.hasMetadata('method', prototype[name]!))
      .map((name) => policyOf(controller, prototype[name]!, `${controller.name}_${name}`));
  });
}

function policyOf(controller: Type, handler: object, id: string): Handler {
  const all = (key: string): unknown[] =>
    [handler, controller]
      .map((target) => Reflect.getMetadata(key, target) as unknown)
      .filter((value) => value);
  return {
    id,
    isPublic: all(PUBLIC_ROUTE).length > 0,
    permission: all(REQUIRED_PERMISSION)[0] as Permission | undefined,
    financial: all(FINANCIAL_ACTION).length > 0,
    statisticToken: all(STATISTIC_TOKEN_ROUTE).length > 0,
    policies: all(PUBLIC_ROUTE).length + all(REQUIRED_PERMISSION).length,
  };
}

/** Somebody signed in with the role. */
async function callerOf(role: Role, partnerId: string): Promise<Caller> {
  const [realm, name] = role.split(':') as ['operator' | 'partner' | 'brand', string];
  const tokens = await app.app.get(UnitOfWork).run(async (tx) => {
    const userId = await app.app.get(Accounts).register(tx, {
      email: `${name}@${realm}.example`,
      passwordHash: 'none',
      name,
      realm,
      role: name,
      partnerId: realm === 'partner' ? partnerId : null,
      brandId: realm === 'brand' ? NOWHERE : null,
      active: true,
      emailVerified: true,
    });
    return app.app.get(Sessions).open(tx, userId, { address: null, userAgent: null }, false);
  });
  return new Caller(app, tokens.accessToken);
}

/** Answer to an empty request for something that does not exist. */
async function call(caller: Caller, { method, path }: Route): Promise<string> {
  const target = path.replaceAll(/\{\w+\}/g, NOWHERE);
  return codeOf(await caller.send(method, target, method === 'get' ? undefined : {}));
}

/** Routes for which the callback tells a fault, with the fault. */
async function faults(of: Route[], check: (route: Route) => Promise<string | null>): Promise<string[]> {
  const found: string[] = [];
  for (const route of of) {
    const fault = await check(route);
    if (fault !== null) found.push(`${route.name}: ${fault}`);
  }
  return found;
}

const closed = () => routes.filter(({ isPublic }) => !isPublic);
const signedInRoutes = () => closed().filter(({ statisticToken }) => !statisticToken);

describe('every route', () => {
  it('is in the OpenAPI document', () => {
    const documented = new Set(routes.map(({ id }) => id));
    const hidden = handlersOf(app.app.get(ModulesContainer)).filter(({ id }) => !documented.has(id));
    expect(hidden.map(({ id }) => id)).toEqual([]);
    expect(routes.length).toBeGreaterThan(60);
  });

  it('carries exactly one policy', () => {
    expect(routes.filter(({ policies }) => policies !== 1).map(({ name }) => name)).toEqual([]);
  });

  it('requires a permission of the table', () => {
    const unknown = closed().filter(({ permission }) => !(permission! in PERMISSIONS));
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it('requires a permission of its realm', () => {
    const wrong = routes.filter(({ path, permission }) => {
      const realm = /^\/api\/v1\/(partner|operator|brand)\//.exec(path)?.[1];
      return realm !== undefined && !permission?.startsWith(`${realm}:`);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('is open to everybody only where it must be', () => {
    expect(
      routes
        .filter(({ isPublic }) => isPublic)
        .map(({ name }) => name)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "GET /api/dev/mailbox",
        "GET /api/v1/auth/email-change/cancel",
        "GET /api/v1/auth/email-change/confirm",
        "GET /api/v1/auth/invitation",
        "GET /api/v1/auth/oidc/finish",
        "GET /api/v1/auth/oidc/providers",
        "GET /api/v1/auth/oidc/{provider}",
        "GET /api/v1/auth/oidc/{provider}/callback",
        "GET /api/v1/auth/password/reset",
        "GET /api/v1/auth/unlock",
        "GET /api/v1/auth/verify-email",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "POST /api/sync/v1/activity",
        "POST /api/sync/v1/players",
        "POST /api/v1/auth/email-change/cancel",
        "POST /api/v1/auth/email-change/confirm",
        "POST /api/v1/auth/invitation",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/logout",
        "POST /api/v1/auth/oidc/complete",
        "POST /api/v1/auth/oidc/exchange",
        "POST /api/v1/auth/password/forgot",
        "POST /api/v1/auth/password/reset",
        "POST /api/v1/auth/refresh",
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/unlock",
        "POST /api/v1/auth/verify-email",
      ]
    `);
  });

  it('A31 is a financial action where money or its way out is touched', () => {
    const money =
      /\/(cashouts|payment-methods|payment-method-types|balance-corrections|payout-batches)(\/|$)|\/bills\/\{id\}\/(approve|corrections)$/;
    const unguarded = closed().filter(
      ({ method, path, financial }) => method !== 'get' && money.test(path) && !financial,
    );
    expect(unguarded.map(({ name }) => name)).toEqual([]);
  });
});

describe('the route matrix', () => {
  it('anonymous: 401 everywhere but on open routes', async () => {
    const found = await faults(closed(), async (route) => {
      const answer = await call(new Caller(app), route);
      return answer === '401 UNAUTHENTICATED' ? null : answer;
    });
    expect(found).toEqual([]);
  });

  it.each(ROLES)('%s: 403 without the permission, let in with it', async (role) => {
    const found = await faults(signedInRoutes(), async (route) => {
      const answer = await call(callers.get(role)!, route);
      const holds = (PERMISSIONS[route.permission!].roles as readonly string[]).includes(role);
      const refused = answer === '403 PERMISSION_DENIED';
      if (holds && route.financial) return answer === '403 TWO_FACTOR_REQUIRED' ? null : answer;
      if (holds === !refused && !answer.startsWith('401') && !answer.startsWith('5')) return null;
      return answer;
    });
    expect(found).toEqual([]);
  });

  it.each(ROLES)('%s: 403 on every route of the other realms', async (role) => {
    const realm = role.split(':')[0]!;
    const foreign = signedInRoutes().filter(({ path }) => {
      const owner = /^\/api\/v1\/(partner|operator|brand)\//.exec(path)?.[1];
      return owner !== undefined && owner !== realm;
    });
    expect(foreign.length).toBeGreaterThan(10);
    const found = await faults(foreign, async (route) => {
      const answer = await call(callers.get(role)!, route);
      return answer === '403 PERMISSION_DENIED' ? null : answer;
    });
    expect(found).toEqual([]);
  });

  it('O09 impersonator: what the owner may, without what is kept from impersonators, and no operator’s work', async () => {
    const [[{ id: partnerId }]] = await app.db.query<[[{ id: string }], number]>(
      `UPDATE partners SET state = 'active', package_id = (SELECT id FROM packages LIMIT 1) RETURNING id`,
    );
    const { accessToken } = body<{ accessToken: string }>(
      await callers
        .get('operator:admin')!
        .post(`operator/partners/${partnerId}/impersonate`, { reason: 'Walk.' }),
      200,
    );
    const impersonator = new Caller(app, accessToken);
    const granted = permissionsOfImpersonator(false);
    const found = await faults(signedInRoutes(), async (route) => {
      // Would end the walk.
      if (route.permission === 'operator:impersonation:exit') return null;
      const answer = await call(impersonator, route);
      if (granted.has(route.permission!)) return /^(401|403|5)/.test(answer) ? answer : null;
      const kept = route.path.includes('/operator/') ? null : keptFromImpersonators(route.permission!);
      return answer === (kept ? '403 NOT_WHILE_IMPERSONATING' : '403 PERMISSION_DENIED') ? null : answer;
    });
    expect(found).toEqual([]);
    const financial = signedInRoutes().filter(
      ({ path, financial }) => financial && path.includes('/partner/'),
    );
    expect(financial.length).toBeGreaterThan(3);
    expect(financial.filter(({ permission }) => keptFromImpersonators(permission!) === null)).toEqual([]);
  });

  it('statistics-token routes: no access token opens them', async () => {
    const byToken = closed().filter(({ statisticToken }) => statisticToken);
    expect(byToken.length).toBeGreaterThan(2);
    const found = await faults(byToken, async (route) => {
      const answer = await call(callers.get('partner:owner')!, route);
      return answer === '401 UNAUTHENTICATED' ? null : answer;
    });
    expect(found).toEqual([]);
  });

  it('a partner that is not active: 403 PARTNER_NOT_ACTIVE where the permission says so', async () => {
    await app.db.query(`UPDATE memberships SET active = false WHERE realm = 'partner'`);
    const found = await faults(signedInRoutes(), async (route) => {
      const answer = await call(callers.get('partner:owner')!, route);
      const holds = (PERMISSIONS[route.permission!].roles as readonly string[]).includes('partner:owner');
      const expected = holds && needsActive(route.permission!);
      return (answer === '403 PARTNER_NOT_ACTIVE') === expected ? null : answer;
    });
    expect(found).toEqual([]);
  });
});
