import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { BODIES, MISSING, parametersOf } from './matrix/objects.js';
import { ANONYMOUS, byStatisticToken, impersonating, personOf, ROLES, type Person } from './matrix/people.js';
import { routesOf, type Route } from './matrix/routes.js';
import { makeBrand, makePartner, makeScene, type Scene, type Tenant } from './matrix/scene.js';

/** Whose object the path names; a path without parameters is one's own. */
type Whose = 'own' | 'foreign' | 'missing';
/** Whose object stands in the place of the parameter of that number. */
interface Target {
  whose: Whose;
  at: number;
}
type Outcome = '401' | '403' | '404' | 'allowed';

const COLUMNS = ['anonymous', ...ROLES, 'owner of another partner', 'impersonator', 'statistics token'];

/** These end what the caller calls with: each is called by somebody made for it. */
const ENDING = ['POST /api/v1/impersonation/exit', 'POST /api/v1/operator/impersonation/exit'];

/** One's own of which there may be none: 404 then says so. */
const MAY_BE_NONE = ['DELETE /api/v1/me/email-change'];

let app: TestApp;
let scene: Scene;
let routes: Route[];
/** The callers' partner, and the one that is foreign to them. */
let own: Tenant;
let other: Tenant;
/** Makes the caller of a column. */
let casting: Map<string, () => Promise<Person>>;

beforeAll(async () => {
  app = await createTestApp();
  scene = await makeScene(app);
  routes = (await routesOf(app)).filter(({ isPublic }) => !isPublic);
  const tenant = async (brandId: string): Promise<Tenant> => {
    const partnerId = await makePartner(scene);
    return { partnerId, brandId, userId: (await personOf(app, 'partner:owner', partnerId)).userId! };
  };
  own = await tenant(scene.brandId);
  other = await tenant(await makeBrand(app));
  const tenantId = (role: string): string => (role.startsWith('brand:') ? scene.brandId : own.partnerId);
  casting = new Map<string, () => Promise<Person>>([
    ['anonymous', () => Promise.resolve(ANONYMOUS)],
    ...ROLES.map((role) => [role, () => personOf(app, role, tenantId(role))] as const),
    ['owner of another partner', () => personOf(app, 'partner:owner', other.partnerId)],
    ['impersonator', () => impersonating(app, own)],
    [
      'statistics token',
      async () => byStatisticToken(app, await personOf(app, 'partner:owner', own.partnerId)),
    ],
  ]);
});
afterAll(() => app.close());

/** What to call a route for: its own objects, then every parameter once foreign and once missing. */
function targetsOf(route: Route): Target[] {
  const others = parametersOf(route.path).flatMap(({ kind }, at): Target[] => [
    ...(kind!.shared || isOperators(route) ? [] : [{ whose: 'foreign' as const, at }]),
    { whose: 'missing', at },
  ]);
  return [{ whose: 'own', at: -1 }, ...others];
}

/** The route's path with objects that were made for this call. */
async function makePath({ path }: Route, { whose, at }: Target, person: Person): Promise<string> {
  const [home, stranger] = person.partnerId === other.partnerId ? [other, own] : [own, other];
  const caller = { ...home, userId: person.userId ?? home.userId };
  const kinds = parametersOf(path).map(({ kind }) => kind!);
  const make = async (tenant: Tenant): Promise<string[]> => {
    const ids: string[] = [];
    for (const kind of kinds) ids.push(await kind.make(scene, tenant, ids));
    return ids;
  };
  const ids = await make(caller);
  if (whose === 'foreign') ids[at] = (await make(stranger))[at]!;
  if (whose === 'missing') ids[at] = MISSING;
  return path.replaceAll(/\{\w+\}/g, () => ids.shift()!);
}

/** Paths of calls that are refused before any object is looked at: everybody's are the same. */
const refusedPaths = new Map<string, string>();

async function pathFor(route: Route, target: Target, person: Person): Promise<string> {
  if (expected(route, person, 'own') === 'allowed') return makePath(route, target, person);
  const key = `${route.name} ${target.whose} ${target.at}`;
  const path = refusedPaths.get(key) ?? (await makePath(route, target, ANONYMOUS));
  refusedPaths.set(key, path);
  return path;
}

/** Operators see the objects of all partners. */
function isOperators({ path }: Route): boolean {
  return path.startsWith('/api/v1/operator/');
}

/** What the permissions table says (rule 10.4), and 404 for what is not the caller's. */
function expected(route: Route, person: Person, whose: Whose): Outcome {
  if (person.token === null || route.statisticToken !== person.byStatisticToken) return '401';
  if (!person.permissions.has(route.permission!)) return '403';
  return whose === 'own' ? 'allowed' : '404';
}

/** Calls the route, with a body that passes for one. Gives status and code. */
async function call(route: Route, path: string, { token }: Person): Promise<string> {
  const body = route.takesBody ? JSON.stringify(BODIES[route.name] ?? {}) : undefined;
  const response = await fetch(app.url + path, {
    method: route.method.toUpperCase(),
    headers: {
      'idempotency-key': randomUUID(),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body,
    redirect: 'manual',
  });
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? '';
  return `${response.status} ${code}`.trim();
}

function outcomeOf(answer: string): Outcome | 'fault' {
  const status = answer.slice(0, 3);
  if (status === '401' || status === '403' || status === '404') return status;
  return status.startsWith('5') ? 'fault' : 'allowed';
}

/** What differs from the expectation when the person calls the route. */
async function surprises(route: Route, person: Person): Promise<string[]> {
  const found: string[] = [];
  for (const target of targetsOf(route)) {
    const answer = await call(route, await pathFor(route, target, person), person);
    const right = expected(route, person, target.whose);
    const none = answer.startsWith('404') && right === 'allowed' && MAY_BE_NONE.includes(route.name);
    if (outcomeOf(answer) !== right && !none) {
      found.push(`${route.name}, ${target.whose}: ${answer} in place of ${right}`);
    }
  }
  return found;
}

describe('A24 the route matrix', () => {
  it('has objects for every parameter of every path', () => {
    const lacking = routes.flatMap(({ name, path }) =>
      parametersOf(path)
        .filter(({ kind }) => !kind)
        .map(({ key }) => `${name}: tell in matrix/objects.ts how to make what '${key}/…' names`),
    );
    expect(lacking).toEqual([]);
    expect(routes.length).toBeGreaterThan(80);
  });

  it.each(COLUMNS)('%s: every route, with own, foreign and missing objects', async (column) => {
    const make = casting.get(column)!;
    const person = await make();
    const found: string[] = [];
    for (const route of routes) {
      found.push(...(await surprises(route, ENDING.includes(route.name) ? await make() : person)));
    }
    expect(found).toEqual([]);
  });
});
