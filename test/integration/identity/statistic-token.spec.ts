import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { activePartner, Caller, codeOf, open, type SignedIn } from './scene.js';

const REPORT_ROUTES = ['report?from=2026-10-01&to=2026-10-31', 'report/attributes', 'campaigns'].map(
  (route) => `/api/customer/v1/partner/${route}`,
);
const OUT = '401 UNAUTHENTICATED';

let app: TestApp;
let session: SignedIn;
let partnerId: string;

beforeAll(async () => {
  app = await createTestApp();
  partnerId = await activePartner(app, 'stats@example.com');
  session = await open(app, 'stats@example.com');
});
afterAll(() => app.close());

async function shownToken({ as } = session): Promise<string> {
  return body<{ token: string }>(await as.get('me/statistic-token'), 200).token;
}

/** Status of a GET with this `Authorization` header. */
async function get(path: string, authorization: string): Promise<number> {
  return (await fetch(app.url + path, { headers: { authorization }, redirect: 'manual' })).status;
}

describe('A18 statistics token', () => {
  it('is one per user, of 256 bits, shown again, and stored sealed', async () => {
    const token = await shownToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const shown = await Promise.all([1, 2, 3, 4].map(() => shownToken()));
    expect(new Set([token, ...shown]).size).toBe(1);
    const stored = await app.db.query<object[]>('SELECT * FROM statistic_tokens');
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('is made once when first asked for at the same time', async () => {
    await activePartner(app, 'first@example.com');
    const first = await open(app, 'first@example.com');
    const shown = await Promise.all([1, 2, 3, 4, 5].map(() => shownToken(first)));
    expect(new Set(shown).size).toBe(1);
  });

  it('can be shown and expired at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2 ? session.as.post('me/statistic-token/expire') : session.as.get('me/statistic-token'),
      ),
    );
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['200 OK']));
  });

  it.each(REPORT_ROUTES)('opens %s, raw and as Bearer', async (route) => {
    const token = await shownToken();
    expect(await get(route, token)).toBe(200);
    expect(await get(route, `Bearer ${token}`)).toBe(200);
    expect(await get(route, `bearer ${token}`)).toBe(200);
  });

  it.each(REPORT_ROUTES)('no other token opens %s; the answer is a 401 in JSON', async (route) => {
    const token = await shownToken();
    const wrong = [
      '',
      'Bearer ',
      'x'.repeat(43),
      token.slice(0, -1),
      `${token} `.repeat(2),
      `Basic ${token}`,
      session.accessToken,
      session.refreshToken,
    ];
    for (const authorization of wrong) {
      const answer = await fetch(app.url + route, { headers: { authorization }, redirect: 'manual' });
      expect(answer.status, authorization).toBe(401);
      expect(answer.headers.get('content-type')).toContain('json');
    }
    expect(await get(`${route}${route.includes('?') ? '&' : '?'}token=${token}`, '')).toBe(401);
  });

  it('opens nothing that needs a sign-in', async () => {
    const asToken = new Caller(app, await shownToken());
    for (const path of [
      'me',
      'me/statistic-token',
      'auth/sessions',
      'partner/reports/performance',
      'partner/wallet',
    ]) {
      expect(codeOf(await asToken.get(path)), path).toBe(OUT);
    }
    expect(codeOf(await asToken.post('me/statistic-token/expire'))).toBe(OUT);
    expect(codeOf(await asToken.post('auth/2fa/setup'))).toBe(OUT);
    expect(codeOf(await asToken.post('partner/campaigns'))).toBe(OUT);
  });

  it('is out at once when expired; the next one is new', async () => {
    const old = await shownToken();
    body(await session.as.post('me/statistic-token/expire'), 200);
    expect(await get(REPORT_ROUTES[1]!, old)).toBe(401);
    const next = await shownToken();
    expect(next).not.toBe(old);
    expect(await get(REPORT_ROUTES[1]!, next)).toBe(200);
    expect(await get(REPORT_ROUTES[1]!, old)).toBe(401);
  });

  it('is for people of partners: operators have no reports of their own', async () => {
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    expect(codeOf(await operator.as.get('me/statistic-token'))).toBe('403 PERMISSION_DENIED');
  });

  it('is out while its user is blocked, and refused while its partner is suspended', async () => {
    const token = await shownToken();
    await app.db.query(`UPDATE users SET blocked_at = now() WHERE email = 'stats@example.com'`);
    expect(await get(REPORT_ROUTES[0]!, token)).toBe(401);
    await app.db.query(`UPDATE users SET blocked_at = NULL WHERE email = 'stats@example.com'`);

    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    body(await operator.as.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    expect(await get(REPORT_ROUTES[0]!, token)).toBe(403);
    body(await operator.as.post(`operator/partners/${partnerId}/reactivate`), 200);
    expect(await get(REPORT_ROUTES[0]!, token)).toBe(200);
  });
});
