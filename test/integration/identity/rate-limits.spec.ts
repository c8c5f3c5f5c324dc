import request, { type Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { body } from '../../support/journey.js';
import { makeTrackingScene, signedHeaders } from '../../support/tracking-scene.js';
import { impersonating } from './matrix/people.js';
import { activePartner, codeOf, open, passwordHashing, type SignedIn } from './scene.js';

const NARROW = [
  'sign-in=4/60',
  'sign-in-account=2/60',
  'recovery=3/60',
  'recovery-account=1/60',
  'confirm=2/60',
  'refused=3/60',
  'upload=2/60',
  'support=2/60',
  'read=4/60',
  'write=3/60',
  'report=2/60',
  'sync=2/60',
].join(',');
const TOO_MANY = '429 TOO_MANY_REQUESTS';

let database: TestDatabase;
/** Behind a proxy on this machine that is trusted, so that a request's client address can be chosen. */
let app: TestApp;
/** Reached without a proxy. */
let direct: TestApp;
/** The same program without limits that matter: for preparing. */
let wide: TestApp;
let client = 0;
/** An address of one's own per test. */
let address: string;

beforeAll(async () => {
  database = await createTestDatabase();
  wide = await createTestApp({ databaseUrl: database.url });
  const { clock } = wide;
  const narrow = (env: Record<string, string>) =>
    createTestApp({
      databaseUrl: database.url,
      clock,
      background: false,
      env: { RATE_LIMITS: NARROW, ...env },
    });
  direct = await narrow({});
  app = await narrow({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await direct.close();
  await wide.close();
  await database.drop();
});
beforeEach(() => {
  client += 1;
  address = `203.0.113.${client}`;
});

interface Call {
  from?: string;
  token?: string;
  body?: object;
  at?: TestApp;
}

/** Sends a request from a client address, POST when it has a body. */
async function send(
  path: string,
  { from = address, token, body: payload, at = app }: Call = {},
): Promise<Response> {
  const target = path.startsWith('/') ? path : `/api/v1/${path}`;
  const call = payload ? request(at.url).post(target) : request(at.url).get(target);
  void call.set('X-Forwarded-For', from);
  if (token !== undefined) void call.set('Authorization', `Bearer ${token}`);
  return payload ? call.send(payload) : call;
}

/** Codes of the answers to the same request sent so many times. */
async function codes(
  times: number,
  path: string,
  call: Call | ((index: number) => Call) = {},
): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < times; i += 1) {
    found.push(codeOf(await send(path, typeof call === 'function' ? call(i) : call)));
  }
  return found;
}

const wrong = (email: string): object => ({ email, password: 'not the pass phrase' });

/** A partner's session, made beside the limits. */
async function partner(email: string): Promise<SignedIn> {
  await activePartner(wide, email);
  return open(wide, email);
}

describe('rate limits: limits for people who are not signed in', () => {
  it('by address: so many at once, then one at a time, and none of them costs a password hash', async () => {
    const attempt = (i: number): Call => ({ body: wrong(`nobody${i}-${client}@example.com`) });
    expect(await codes(4, 'auth/login', attempt)).toEqual(Array(4).fill('401 INVALID_CREDENTIALS'));
    const hashing = passwordHashing();
    const refused = await send('auth/login', attempt(4));
    expect(codeOf(refused)).toBe(TOO_MANY);
    expect(refused.headers['retry-after']).toBe('15');
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ status: 429, instance: '/api/v1/auth/login', errors: [] });
    expect(codeOf(await send('auth/register', { body: {} }))).toBe(TOO_MANY);
    expect(hashing).not.toHaveBeenCalled();

    app.clock.advance(15);
    expect(await codes(2, 'auth/login', attempt)).toEqual(['401 INVALID_CREDENTIALS', TOO_MANY]);
    expect(codeOf(await send('auth/login', { ...attempt(5), from: '198.51.100.1' }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
  });

  it('by account, known or not, from wherever and however it is written', async () => {
    await activePartner(wide, 'known@example.com');
    const answers = await Promise.all(
      ['known', 'unknown'].map(async (name) => {
        const spellings = [
          `${name}@example.com`,
          ` ${name.toUpperCase()}@Example.com`,
          `${name}@EXAMPLE.com`,
        ];
        const calls = await Promise.all(
          spellings.map((email, i) =>
            send('auth/login', { body: wrong(email), from: `192.0.2.${client + i}` }),
          ),
        );
        const { requestId: _id, ...problem } = calls.find(({ status }) => status === 429)!.body as {
          requestId: string;
        };
        return { codes: calls.map(codeOf).sort(), problem };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]!.codes.at(-1)).toBe(TOO_MANY);
  });

  it('mails links to one account seldom, without telling whether there is one', async () => {
    await activePartner(wide, 'forgetful@example.com');
    for (const email of ['forgetful@example.com', 'nobody@example.com']) {
      const answers = await codes(2, 'auth/password/forgot', (i) => ({
        body: { email },
        from: `192.0.2.${100 + i}`,
      }));
      expect(answers).toEqual(['200 OK', TOO_MANY]);
    }
    const mails = await wide.mailbox('forgetful@example.com');
    expect(mails.filter(({ subject }) => subject === 'Set a new password')).toHaveLength(1);
  });

  it('takes mailed tokens by address, whatever they are', async () => {
    const attempts = ['verify-email', 'unlock', 'password/reset'];
    const answers = await codes(3, 'auth/unlock', { body: { token: 'x'.repeat(43) } });
    expect(answers).toEqual(['422 INVALID_TOKEN', '422 INVALID_TOKEN', TOO_MANY]);
    const hashing = passwordHashing();
    for (const path of attempts) {
      const payload = { token: 'x'.repeat(43), password: 'a long and unusual pass phrase' };
      expect(codeOf(await send(`auth/${path}`, { body: payload }))).toBe(TOO_MANY);
    }
    expect(hashing).not.toHaveBeenCalled();
  });

  it.each<[string, object]>([
    ['a list', { email: ['a@example.com'], password: 'x' }],
    ['an object', { email: { $ne: null }, password: 'x' }],
    ['nothing', { password: 'x' }],
    ['a very long text', { email: `${'x'.repeat(500_000)}@example.com`, password: 'x' }],
  ])('an account that is %s is counted by address only, and answered as ever', async (_what, payload) => {
    expect(codeOf(await send('auth/login', { body: payload }))).toBe('400 VALIDATION_FAILED');
  });
});

describe('rate limits: whose address it is', () => {
  it('without trusted proxies a forged X-Forwarded-For changes nothing', async () => {
    const attempt = (i: number): Call => ({
      body: wrong(`forger${i}@example.com`),
      from: `198.51.100.${i}, 203.0.113.${i}`,
      at: direct,
    });
    expect((await codes(6, 'auth/login', attempt)).slice(4)).toEqual([TOO_MANY, TOO_MANY]);
  });

  it('behind a trusted proxy only what that proxy wrote is believed', async () => {
    const forged = (i: number): Call => ({
      body: wrong(`chain${i}@example.com`),
      from: `198.51.100.${i}, 10.0.0.${i}, ${address}`,
    });
    expect((await codes(5, 'auth/login', forged))[4]).toBe(TOO_MANY);
    // The same addresses, not forged this time, are still free.
    expect(codeOf(await send('auth/login', { ...forged(0), from: '198.51.100.0' }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
  });

  it('IPv6 is counted per /64', async () => {
    const neighbour = (i: number): Call => ({
      body: wrong(`six${i}@example.com`),
      from: `2001:db8:0:${client}::${i}`,
    });
    expect((await codes(5, 'auth/login', neighbour))[4]).toBe(TOO_MANY);
    const elsewhere = { ...neighbour(0), from: `2001:db8:1:${client}::1` };
    expect(codeOf(await send('auth/login', elsewhere))).toBe('401 INVALID_CREDENTIALS');
  });
});

describe('rate limits: limits for people who are signed in', () => {
  it('go by user: not by address, not by session; reads and writes apart', async () => {
    const ann = await partner('ann@example.com');
    const again = await open(wide, 'ann@example.com');
    const ben = await partner('ben@example.com');
    const everywhere = (token: string) => (i: number) => ({ token, from: `192.0.2.${i}` });
    expect(await codes(3, 'me', everywhere(ann.accessToken))).toEqual(Array(3).fill('200 OK'));
    expect(await codes(2, 'me', everywhere(again.accessToken))).toEqual(['200 OK', TOO_MANY]);
    expect(await codes(1, 'me', everywhere(ben.accessToken))).toEqual(['200 OK']);
    const write: Call = { token: ann.accessToken, body: { title: '' } };
    expect((await codes(4, 'partner/campaigns', write)).map((code) => code === TOO_MANY)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('A25 uploads, which cost much more than other writes, have a limit of their own', async () => {
    const uploader = await partner('uploader@example.com');
    const upload: Call = { token: uploader.accessToken, body: {} };
    const refused = '415 UNSUPPORTED_MEDIA_TYPE';
    expect(await codes(3, 'partner/documents', upload)).toEqual([refused, refused, TOO_MANY]);
  });

  it('O09 an operator in a partner’s place uses its own allowance, not the partner’s', async () => {
    const partnerId = await activePartner(wide, 'visited@example.com');
    const visited = await open(wide, 'visited@example.com');
    const { token } = await impersonating(wide, { partnerId, userId: '' });
    expect(await codes(5, 'partner/campaigns', { token: token! })).toEqual([
      ...Array<string>(4).fill('200 OK'),
      TOO_MANY,
    ]);
    expect(codeOf(await send('partner/campaigns', { token: visited.accessToken }))).toBe('200 OK');
  });

  it('two-factor codes have a limit of their own', async () => {
    const { accessToken: token } = await partner('codes@example.com');
    const answers = await codes(3, 'auth/step-up', { token, body: { code: '000000' } });
    expect(answers).toEqual(['403 TWO_FACTOR_REQUIRED', '403 TWO_FACTOR_REQUIRED', TOO_MANY]);
    expect(codeOf(await send('me', { token }))).toBe('200 OK');
  });

  it('count what is refused for want of a permission as well', async () => {
    const { accessToken: token } = await partner('curious@example.com');
    const answers = await codes(5, 'operator/partners', { token });
    expect(answers).toEqual([...Array<string>(4).fill('403 PERMISSION_DENIED'), TOO_MANY]);
  });

  it('reports: by statistics token, beside the user’s own; a new token is no new allowance', async () => {
    const { accessToken, as } = await partner('figures@example.com');
    const report = '?from=2026-10-01&to=2026-10-31&columns[]=ngr';
    const tokenOf = async () => body<{ token: string }>(await as.get('me/statistic-token'), 200).token;
    const token = await tokenOf();
    const path = `/api/customer/v1/partner/report${report}`;
    expect(await codes(3, path, (i) => ({ token, from: `192.0.2.${i}` }))).toEqual([
      '200 OK',
      '200 OK',
      TOO_MANY,
    ]);
    body(await as.post('me/statistic-token/expire'), 200);
    expect(codeOf(await send(path, { token: await tokenOf() }))).toBe(TOO_MANY);
    expect(await codes(3, `partner/reports/performance${report}`, { token: accessToken })).toEqual([
      '200 OK',
      '200 OK',
      TOO_MANY,
    ]);
  });
});

describe('rate limits: wrong tokens and signatures', () => {
  it('feeds: by the token in the link, with the report API; links with a wrong one by address', async () => {
    const { as } = await partner('feeds@example.com');
    const { token } = body<{ token: string }>(await as.get('me/statistic-token'), 200);
    const query = 'from=2026-10-01&to=2026-10-31&token=';
    expect(await codes(3, `/feeds/report.csv?${query}${token}`)).toEqual(['200 OK', '200 OK', TOO_MANY]);
    const api = `/api/customer/v1/partner/report?from=2026-10-01&to=2026-10-31`;
    const refused = await send(api, { token });
    expect([codeOf(refused), refused.headers['retry-after']]).toEqual([TOO_MANY, '30']);
    expect(await codes(4, `/feeds/report.csv?${query}wrong`)).toEqual([
      ...Array<string>(3).fill('401 UNAUTHENTICATED'),
      TOO_MANY,
    ]);
  });

  it('are counted by address; the right token from there is served on, and no token is no wrong one', async () => {
    const { accessToken } = await partner('neighbour@example.com');
    const forged: Call = { token: `${accessToken.slice(0, -4)}AAAA` };
    expect(await codes(2, 'me', forged)).toEqual(Array(2).fill('401 UNAUTHENTICATED'));
    const path = '/api/customer/v1/partner/campaigns';
    expect(await codes(2, path, { token: 'a-wrong-statistics-token' })).toEqual([
      '401 UNAUTHENTICATED',
      TOO_MANY,
    ]);
    const refused = await send('me', forged);
    expect([codeOf(refused), refused.headers['retry-after']]).toEqual([TOO_MANY, '20']);
    expect(codeOf(await send('me', { token: accessToken }))).toBe('200 OK');
    expect(await codes(6, 'me')).toEqual(Array(6).fill('401 UNAUTHENTICATED'));
    expect(codeOf(await send('me', { ...forged, from: '198.51.100.77' }))).toBe('401 UNAUTHENTICATED');
  });

  it('brands’ servers: by key once the signature is right, by address while it is not', async () => {
    const scene = await makeTrackingScene(database.url);
    const text = JSON.stringify({ players: [] });
    const sync = async (headers: Record<string, string>, from: string): Promise<string> =>
      codeOf(
        await request(app.url)
          .post('/api/sync/v1/players')
          .set({ ...headers, 'x-forwarded-for': from })
          .send(text),
      );
    const right = signedHeaders(scene, text);
    const forged = signedHeaders({ ...scene, secret: 'a guess' }, text);
    const tries: string[] = [];
    for (let i = 0; i < 4; i += 1) tries.push(await sync(forged, address));
    expect(tries).toEqual([...Array<string>(3).fill('401 SYNC_NOT_AUTHENTICATED'), TOO_MANY]);
    // The forger took nothing from the brand's own allowance, not even from the same address.
    expect(await sync(right, address)).toBe('200 OK');
    expect(await sync(right, '192.0.2.9')).toBe('200 OK');
    expect(await sync(right, '192.0.2.10')).toBe(TOO_MANY);
  });
});

describe('rate limits: what is not limited', () => {
  it.each([
    '/health/live',
    '/health/ready',
    '/metrics',
    '/r/nowhere000',
    '/b/nowhere000',
    '/api/openapi.json',
  ])('%s', async (path) => {
    const answers = await codes(8, path);
    expect(answers.filter((code) => code.startsWith('429'))).toEqual([]);
  });
});

describe('rate limits: the documentation', () => {
  it('tells the limit of every route that has one, and its answer', async () => {
    const document = body<{
      paths: Record<
        string,
        Record<string, { responses: Record<string, { headers?: object }>; 'x-rate-limit'?: object }>
      >;
    }>(await request(app.url).get('/api/openapi.json'), 200);
    const unlimited = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item)
        .filter(({ responses, 'x-rate-limit': limit }) => !limit || !responses['429']?.headers)
        .map(() => path),
    );
    expect(unlimited.sort()).toEqual([
      '/',
      '/api/dev/mailbox',
      '/b/{code}',
      '/health/live',
      '/health/ready',
      // Banners are shown on other people's pages, to many behind one address.
      '/m/{file}',
      '/metrics',
      '/r/{code}',
    ]);
    const limitOf = (method: string, path: string) => document.paths[path]![method]!['x-rate-limit'];
    const per = (rateClass: string, requests: number, who: string) => ({
      class: rateClass,
      requests,
      seconds: 60,
      per: who,
    });
    expect(limitOf('post', '/api/v1/auth/login')).toEqual(per('sign-in', 4, 'client address'));
    expect(limitOf('post', '/api/v1/auth/register')).toEqual(per('sign-in', 4, 'client address'));
    expect(limitOf('post', '/api/v1/auth/password/forgot')).toEqual(per('recovery', 3, 'client address'));
    expect(limitOf('post', '/api/v1/auth/2fa/confirm')).toEqual(per('confirm', 2, 'user'));
    expect(limitOf('get', '/api/v1/me')).toEqual(per('read', 4, 'user'));
    expect(limitOf('post', '/api/v1/partner/campaigns')).toEqual(per('write', 3, 'user'));
    expect(limitOf('post', '/api/v1/partner/documents')).toEqual(per('upload', 2, 'user'));
    expect(limitOf('post', '/api/v1/partner/tickets')).toEqual(per('support', 2, 'user'));
    expect(limitOf('get', '/api/v1/partner/reports/performance')).toEqual(per('report', 2, 'user'));
    expect(limitOf('get', '/api/customer/v1/partner/report')).toEqual(per('report', 2, 'statistics token'));
    expect(limitOf('get', '/api/ads/v1/serve')).toEqual(per('ads', 12_000, 'client address'));
    expect(limitOf('post', '/api/sync/v1/players')).toEqual(per('sync', 2, 'sync key'));
  });
});
