import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import type { Browser, Page } from '../../support/browser.js';
import { type Forgery, type ForgingProvider, startForgingProvider } from '../../support/forging-provider.js';
import { listen, stop } from '../../support/openid-provider.js';
import {
  codeAt,
  exchange,
  FRONTEND,
  newBrowser,
  newVerifier,
  oidcEnv,
  problemAt,
  PUBLIC_URL,
  startUrl,
} from './oidc-scene.js';
import { Caller, codeOf, open, signUp } from './scene.js';

const VICTIM = 'victim@example.com';
const UNKNOWN = '422 OIDC_REQUEST_UNKNOWN';
const REFUSED = '401 OIDC_ANSWER_REFUSED';
const UNAVAILABLE = '503 OIDC_PROVIDER_UNAVAILABLE';

let provider: ForgingProvider;
let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  provider = await startForgingProvider();
  app = await createTestApp({ env: oidcEnv({ evil: provider.issuer, twin: provider.issuer }) });
  await signUp(app, VICTIM);
  // The victim's identity is linked, so that whatever is let in opens the victim's account.
  await app.db.query(
    `INSERT INTO user_identities (id, user_id, provider, issuer, subject, email, linked_at)
     SELECT gen_random_uuid(), id, 'evil', $1, 'victim', email, now() FROM users WHERE email = $2`,
    [provider.issuer, VICTIM],
  );
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});
beforeEach(() => {
  browser = newBrowser(app);
  provider.forge({});
});

/** Goes to the provider, which sends the browser straight back, and ends at the frontend or at a problem. */
async function signInWith(forgery: Forgery = {}, query: Record<string, string> = {}): Promise<Page> {
  provider.forge(forgery);
  return browser.open(startUrl('evil', query));
}

/** A way that ended well, and the address at which the provider sent the browser back. */
async function callbackOf(query: Record<string, string> = {}): Promise<URL> {
  const page = await new Spy(app).open(startUrl('evil', query));
  return page.url;
}

/** A browser that stops before it goes back to the program, with the cookie in its hands. */
class Spy {
  cookie = '';
  constructor(private readonly of: TestApp) {}

  async open(address: string): Promise<{ url: URL }> {
    const { pathname, search } = new URL(address);
    const start = await fetch(this.of.url + pathname + search, { redirect: 'manual' });
    this.cookie = start.headers.getSetCookie()[0]!.split(';')[0]!;
    const back = await fetch(start.headers.get('location')!, { redirect: 'manual' });
    return { url: new URL(back.headers.get('location')!) };
  }

  /** Comes back with this cookie, or another one. */
  async comeBack(url: URL, cookie = this.cookie, to = this.of): Promise<string> {
    const answer = await fetch(to.url + url.pathname + url.search, {
      headers: { cookie },
      redirect: 'manual',
    });
    if (answer.status === 302) return `302 ${answer.headers.get('location')!}`;
    return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
  }
}

describe('T13 attacks on the way back from the provider', () => {
  it('lets an honest answer in, so that what follows is refused for its fault', async () => {
    const { verifier, challenge } = newVerifier();
    const page = await signInWith({}, { returnTo: FRONTEND, challenge });
    expect(codeOf(await exchange(app, codeAt(page), verifier))).toBe('200 OK');
  });

  it.each([
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['an empty state', (url: URL) => url.searchParams.set('state', '')],
    ['a made-up state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['its state at another provider', (url: URL) => (url.pathname = url.pathname.replace('evil', 'twin'))],
  ])('refuses %s', async (_, tamper) => {
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil'));
    tamper(url);
    expect(await spy.comeBack(url)).toBe(UNKNOWN);
  });

  it('refuses another browser, which leaves the right one its way', async () => {
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil'));
    const stranger = new Spy(app);
    await stranger.open(startUrl('evil'));
    expect(await spy.comeBack(url, '')).toBe(UNKNOWN);
    expect(await spy.comeBack(url, stranger.cookie)).toBe(UNKNOWN);
    expect(await spy.comeBack(url, spy.cookie.replace('__Host-', ''))).toBe(UNKNOWN);
    expect(await spy.comeBack(url)).toContain('302 ');
  });

  it('comes back to another instance, and the code is exchanged at the first', async () => {
    const { url: databaseUrl } = app.db.options as { url: string };
    const env = oidcEnv({ evil: provider.issuer });
    const instance = await createTestApp({ env, databaseUrl, clock: app.clock, background: false });
    const { verifier, challenge } = newVerifier();
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil', { returnTo: FRONTEND, challenge }));
    const end = await spy.comeBack(url, spy.cookie, instance);
    await instance.close();
    expect(codeOf(await exchange(app, new URL(end.slice(4)).searchParams.get('code')!, verifier))).toBe(
      '200 OK',
    );
  });

  it('refuses a replay, also in parallel', async () => {
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => spy.comeBack(url)));
    expect(answers.filter((answer) => answer.startsWith('302'))).toHaveLength(1);
    expect(answers.filter((answer) => answer === UNKNOWN)).toHaveLength(3);
  });

  it('refuses whoever takes longer than ten minutes', async () => {
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil'));
    app.clock.advance(600);
    expect(await spy.comeBack(url)).toBe(UNKNOWN);
    app.clock.advance(-1);
    expect(await spy.comeBack(url)).toContain('302 ');
  });

  it('refuses a code that the provider gave out in another sign-in', async () => {
    const stolen = (await callbackOf()).searchParams.get('code')!;
    const spy = new Spy(app);
    const { url } = await spy.open(startUrl('evil'));
    url.searchParams.set('code', stolen);
    expect(await spy.comeBack(url)).toBe(REFUSED);
  });

  it.each<[string, Forgery]>([
    ['another nonce', { claims: { nonce: 'of another sign-in' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another issuer', { claims: { iss: 'https://accounts.example.com' } }],
    ['another audience', { claims: { aud: 'another client' } }],
    ['a second audience without authorized party', { claims: { aud: ['tributary', 'another client'] } }],
    ['an expired token', { claims: { exp: Math.floor(Date.now() / 1_000) - 3_600 } }],
    ['a token of the future', { claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } }],
    ['no subject', { claims: { sub: undefined } }],
    ['a subject that is no text', { claims: { sub: 7 } }],
    ['a NUL in the subject', { claims: { sub: 'victim\0' } }],
    ['alg none', { signature: 'none' }],
    ['alg None', { signature: 'none', header: { alg: 'None' } }],
    ['HS256 with the client’s secret', { signature: 'secret' }],
    ['a signature by an unknown key', { signature: 'foreign' }],
    ['a signature by an unknown key that names itself', { signature: 'foreign', header: { kid: 'x' } }],
    ['an embedded key', { signature: 'foreign', header: { jwk: {}, kid: undefined } }],
    ['a critical extension', { header: { crit: ['x'], x: 1 } }],
    ['a code the provider no longer knows', { token: { status: 400, body: '{"error":"invalid_grant"}' } }],
    ['no code', { redirect: { code: '' } }],
    ['another issuer beside the code', { redirect: { iss: 'https://accounts.example.com' } }],
  ])('refuses %s', async (_, forgery) => {
    expect(problemAt(await signInWith(forgery))).toBe(REFUSED);
    expect(await app.db.query(`SELECT FROM oidc_answers WHERE subject NOT IN ('victim')`)).toEqual([]);
  });

  it.each([
    [{ email_verified: false }, '403 OIDC_EMAIL_NOT_VERIFIED'],
    [{ email_verified: 'true' }, '403 OIDC_EMAIL_NOT_VERIFIED'],
    [{ email_verified: undefined }, '403 OIDC_EMAIL_NOT_VERIFIED'],
    [{ email: 'not an address' }, '403 OIDC_EMAIL_NOT_VERIFIED'],
    [{ email: undefined }, '403 OIDC_EMAIL_NOT_VERIFIED'],
    // Right words, but of a stranger: the address leads no further than the victim's password.
    [{}, '401 LINK_REQUIRED'],
  ])('a stranger with the claims %o gets %s', async (claims, expected) => {
    const page = await signInWith({ claims: { sub: 'stranger', ...claims } });
    const code = page.text.match(/value="([\w-]+)"/)![1]!;
    expect(codeOf(await exchange(app, code))).toBe(expected);
  });
});

describe('T13 a provider out of order', () => {
  it.each<[string, Forgery]>([
    ['answers 500', { token: { status: 500, body: 'oops', type: 'text/plain' } }],
    ['answers HTML', { token: { status: 200, body: '<html>', type: 'text/html' } }],
    ['cuts the connection', { token: 'reset' }],
    ['does not know the client', { token: { status: 401, body: '{"error":"invalid_client"}' } }],
    ['says that it is overloaded', { redirect: { error: 'temporarily_unavailable', code: '' } }],
  ])('that %s: 503 with Retry-After', async (_, forgery) => {
    expect(problemAt(await signInWith(forgery))).toBe(UNAVAILABLE);
  });

  it('that has no keys: 503', async () => {
    provider.forge({ status: { '/jwks': 500 } });
    expect(problemAt(await browser.open(startUrl('twin')))).toBe(UNAVAILABLE);
  });

  it('that never answers: 503 after five seconds', async () => {
    expect(problemAt(await signInWith({ token: 'hang' }))).toBe(UNAVAILABLE);
  });

  it('that lies about its issuer, leaves something out, or is not there: 503, until it is right again', async () => {
    let description: object = {};
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(description));
    });
    const issuer = await listen(server);
    const other = await createTestApp({ env: oidcEnv({ shaky: issuer, gone: 'http://127.0.0.1:1' }) });
    const start = (name: string) => fetch(`${other.url}/api/v1/auth/oidc/${name}`, { redirect: 'manual' });
    const endpoints = {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    };
    try {
      for (const wrong of [
        { issuer: 'https://accounts.example.com', ...endpoints },
        { issuer },
        { issuer, ...endpoints, jwks_uri: undefined },
        { issuer, ...endpoints, authorization_endpoint: 'nowhere' },
      ]) {
        description = wrong;
        expect((await start('shaky')).status).toBe(503);
      }
      const gone = await start('gone');
      expect([gone.status, gone.headers.get('retry-after')]).toEqual([503, '30']);

      description = { issuer, ...endpoints };
      asked = 0;
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => start('shaky')));
      for (const { headers } of answers) expect(headers.get('location')).toContain(`${issuer}/authorize?`);
      await stop(server);
      expect((await start('shaky')).status).toBe(302);
      expect(asked).toBe(1);
    } finally {
      await other.close();
      server.close();
    }
  });

  it('that is not configured: 404', async () => {
    expect(problemAt(await browser.open(startUrl('nobody')))).toBe('404 NOT_FOUND');
    expect(problemAt(await browser.open(`${PUBLIC_URL}/api/v1/auth/oidc/nobody/callback?state=x`))).toBe(
      UNKNOWN,
    );
  });
});

describe('T13 attacks on the way to the frontend', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    'https://app.example.test',
    `${FRONTEND}/`,
    `${FRONTEND}?next=x`,
    `${FRONTEND}#x`,
    `${FRONTEND}/../other`,
    'https://app.example.test/SIGNED-IN',
    'https://app.example.test@evil.example/signed-in',
    'https://app.example.test.evil.example/signed-in',
    'https://app.example.test\\@evil.example/signed-in',
    'https://app.example.test:444/signed-in',
    'http://app.example.test/signed-in',
    'javascript:alert(1)',
    ` ${FRONTEND}`,
    `${FRONTEND}\r\nLocation: https://evil.example`,
    '',
  ])('returns to no address that is not configured: %j', async (returnTo) => {
    const page = await browser.open(startUrl('evil', { returnTo, challenge: newVerifier().challenge }));
    expect(problemAt(page)).toBe('422 VALIDATION_FAILED');
    expect(JSON.parse(page.text)).toMatchObject({ errors: [{ path: 'returnTo' }] });
  });

  it('takes one address, not several', async () => {
    const query = `returnTo=${FRONTEND}&returnTo=https://evil.example&challenge=${newVerifier().challenge}`;
    expect(problemAt(await browser.open(`${startUrl('evil')}${query}`))).toBe('400 VALIDATION_FAILED');
  });

  it('wants a challenge with it, in its form', async () => {
    const without = await browser.open(startUrl('evil', { returnTo: FRONTEND }));
    expect(JSON.parse(without.text)).toMatchObject({ status: 422, errors: [{ path: 'challenge' }] });
    const short = await browser.open(startUrl('evil', { returnTo: FRONTEND, challenge: 'short' }));
    expect(JSON.parse(short.text)).toMatchObject({ status: 400, errors: [{ path: 'challenge' }] });
  });

  it('a code opens one session, when it is exchanged by many at once', async () => {
    const { verifier, challenge } = newVerifier();
    const code = codeAt(await signInWith({}, { returnTo: FRONTEND, challenge }));
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => exchange(app, code, verifier)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array<string>(4).fill('422 INVALID_CODE')]);
    expect(codeOf(await exchange(app, code, verifier))).toBe('422 INVALID_CODE');
  });

  it('a code works for 60 seconds', async () => {
    const { verifier, challenge } = newVerifier();
    const late = codeAt(await signInWith({}, { returnTo: FRONTEND, challenge }));
    app.clock.advance(60);
    expect(codeOf(await exchange(app, late, verifier))).toBe('422 INVALID_CODE');
    app.clock.advance(-1);
    expect(codeOf(await exchange(app, late, verifier))).toBe('200 OK');
  });

  it('a stolen code is of no use without the verifier, and is then used up', async () => {
    for (const wrong of [undefined, newVerifier().verifier]) {
      const { verifier, challenge } = newVerifier();
      const code = codeAt(await signInWith({}, { returnTo: FRONTEND, challenge }));
      expect(codeOf(await exchange(app, code, wrong))).toBe('422 INVALID_CODE');
      expect(codeOf(await exchange(app, code, verifier))).toBe('422 INVALID_CODE');
    }
  });

  it('a stranger’s code brings no victim into the stranger’s session', async () => {
    // Begun without a frontend, hence without a challenge, and put before the victim's frontend, which always has one.
    const page = await signInWith();
    const code = page.text.match(/value="([\w-]+)"/)![1]!;
    expect(codeOf(await exchange(app, code, newVerifier().verifier))).toBe('422 INVALID_CODE');
  });

  it('neither states, links nor tickets are codes', async () => {
    const { url } = await new Spy(app).open(startUrl('evil'));
    expect(codeOf(await exchange(app, url.searchParams.get('state')!))).toBe('422 INVALID_CODE');
    const code = codeAt(await signInWith({}, { returnTo: FRONTEND, challenge: newVerifier().challenge }));
    const asTicket = await new Caller(app).post('auth/oidc/complete', { ticket: code, otp: '000000' });
    expect(codeOf(asTicket)).toBe('422 INVALID_TICKET');
    expect(problemAt(await browser.open(startUrl('evil', { link: code })))).toBe(UNKNOWN);
    expect(problemAt(await browser.open(startUrl('evil', { link: url.searchParams.get('state')! })))).toBe(
      UNKNOWN,
    );
  });

  it('forgets what expired', async () => {
    const { IdentityHousekeeping } = await import('../../../src/identity/housekeeping.job.js');
    const { accessToken } = await open(app, VICTIM);
    expect(accessToken).toBeDefined();
    app.clock.advance(601);
    await app.app.get(IdentityHousekeeping).run();
    for (const table of ['oidc_requests', 'oidc_answers']) {
      expect(await app.db.query(`SELECT FROM ${table}`), table).toEqual([]);
    }
  });
});
