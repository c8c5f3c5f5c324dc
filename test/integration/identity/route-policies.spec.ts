import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptFromImpersonators, needsActive, PERMISSIONS } from '../../../src/identity/domain/permissions.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { MISSING } from './matrix/objects.js';
import { personOf, type Person } from './matrix/people.js';
import { handlersOf, routesOf, type Route } from './matrix/routes.js';
import { makePartner, makeScene } from './matrix/scene.js';
import { Caller, codeOf } from './scene.js';

let app: TestApp;
let routes: Route[];
let owner: Person;
let admin: Person;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  routes = await routesOf(app);
  owner = await personOf(app, 'partner:owner', await makePartner(await makeScene(app)));
  admin = await personOf(app, 'operator:admin', owner.partnerId!);
});
afterAll(() => app.close());

/** Routes that the person may call, with the answer to an empty call for something that does not exist. */
async function answersTo(person: Person, of: (route: Route) => boolean): Promise<[Route, string][]> {
  const caller = new Caller(app, person.token);
  const called = closed().filter(
    (route) => !route.statisticToken && person.permissions.has(route.permission!) && of(route),
  );
  const answers: [Route, string][] = [];
  for (const route of called) {
    const path = route.path.replaceAll(/\{\w+\}/g, MISSING);
    const body = route.method === 'get' ? undefined : {};
    answers.push([route, codeOf(await caller.send(route.method, path, body))]);
  }
  return answers;
}

const closed = () => routes.filter(({ isPublic }) => !isPublic);

describe('every route', () => {
  it('is in the OpenAPI document', () => {
    const documented = new Set(routes.map(({ id }) => id));
    const hidden = handlersOf(app).filter(({ id }) => !documented.has(id));
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
        "GET /",
        "GET /api/ads/v1/click/{token}",
        "GET /api/ads/v1/files/{id}",
        "GET /api/ads/v1/serve",
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
        "GET /api/v1/social-accounts/connected",
        "GET /api/v1/social-accounts/{platform}/callback",
        "GET /api/v1/terms",
        "GET /api/v1/unsubscribe",
        "GET /health/live",
        "GET /health/ready",
        "GET /m/{file}",
        "GET /metrics",
        "GET /sign-up",
        "POST /api/ads/v1/render/{token}",
        "POST /api/sync/v1/activity",
        "POST /api/sync/v1/orders",
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
        "POST /api/v1/inbound/mails",
        "POST /api/v1/unsubscribe",
        "POST /sign-up",
      ]
    `);
  });

  it('A31 is a financial action where money or its way out is touched', () => {
    const money =
      /\/(cashouts|cashout-schedules(?!\/preview)|payment-methods|payment-method-types|balance-corrections|payout-batches)(\/|$)|\/bills\/\{id\}\/(approve|corrections)$/;
    const unguarded = closed().filter(
      ({ method, path, financial }) => method !== 'get' && money.test(path) && !financial,
    );
    expect(unguarded.map(({ name }) => name)).toEqual([]);
  });

  it('O09 is kept from impersonators where a partner’s money is moved', () => {
    const financial = closed().filter(({ path, financial }) => financial && path.includes('/partner/'));
    expect(financial.length).toBeGreaterThan(3);
    const open = financial.filter(({ permission }) => keptFromImpersonators(permission!) === null);
    expect(open.map(({ name }) => name)).toEqual([]);
  });
});

describe('beyond the permission', () => {
  it.each(['partner', 'operator'])(
    'A31 %s: financial actions are shut without two-factor authentication',
    async (realm) => {
      const person = realm === 'partner' ? owner : admin;
      await app.db.query(
        'UPDATE users SET two_factor_secret = NULL, two_factor_enabled_at = NULL WHERE id = $1',
        [person.userId],
      );
      const answers = await answersTo(person, ({ financial }) => financial);
      expect(answers.length).toBeGreaterThan(3);
      expect(answers.filter(([, answer]) => answer !== '403 TWO_FACTOR_REQUIRED')).toEqual([]);
    },
  );

  it('a partner that is not active: 403 PARTNER_NOT_ACTIVE where the permission says so, and there only', async () => {
    await app.db.query(`UPDATE memberships SET active = false WHERE realm = 'partner'`);
    const answers = await answersTo(owner, () => true);
    const wrong = answers.filter(
      ([{ permission }, answer]) => (answer === '403 PARTNER_NOT_ACTIVE') !== needsActive(permission!),
    );
    expect(wrong.map(([{ name }, answer]) => `${name}: ${answer}`)).toEqual([]);
  });
});
