import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Config } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, codeOf, enableTwoFactor, open, signUp, type SignedIn } from './scene.js';

type Claims = Record<string, unknown>;

let app: TestApp;
let session: SignedIn;
let secret: string;
let header: Claims;
let claims: Claims & { iat: number; exp: number };
let canary: Server;
let canaryUrl: string;
let canaryCalls = 0;

const { privateKey: rsa, publicKey: rsaPublic } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(async () => {
  canary = createServer((_request, response) => {
    canaryCalls += 1;
    response.end(
      JSON.stringify({ keys: [{ ...rsaPublic.export({ format: 'jwk' }), kid: 'evil', alg: 'RS256' }] }),
    );
  });
  await new Promise<void>((ready) => canary.listen(0, '127.0.0.1', ready));
  canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/jwks.json`;
  app = await createTestApp({ env: { OUTBOUND_ALLOW: new URL(canaryUrl).host } });
  secret = app.app.get(Config).jwtSecret;
  await signUp(app, 'token@example.com');
  session = await open(app, 'token@example.com');
  const [first, second] = session.accessToken.split('.') as [string, string];
  header = decode(first);
  claims = decode(second) as typeof claims;
});
afterAll(async () => {
  await app.close();
  canary.close();
});

function decode(part: string): Claims {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token with an HMAC, by default signed like the program's own. */
function hmacToken(
  changes: Claims = {},
  {
    key = secret,
    hash = 'sha256',
    head = header,
  }: { key?: string | Buffer; hash?: string; head?: Claims } = {},
): string {
  const signed = `${encode(head)}.${encode({ ...claims, ...changes })}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

/** A token signed by a private key. */
function keyToken(head: Claims, key: KeyObject): string {
  const signed = `${encode(head)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

async function answerTo(token: string): Promise<string> {
  return codeOf(await new Caller(app, token).get('me'));
}

const OUT = '401 UNAUTHENTICATED';

describe('forged access tokens (rule 10.3)', () => {
  it('the forger’s own copy of a right token is accepted: what follows fails for its own reason', async () => {
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(await answerTo(hmacToken())).toBe('200 OK');
  });

  it.each(['none', 'None', 'nOnE', 'NONE', ''])('alg %j, without a signature and with one', async (alg) => {
    const unsigned = `${encode({ ...header, alg })}.${encode(claims)}.`;
    expect(await answerTo(unsigned)).toBe(OUT);
    expect(await answerTo(unsigned.slice(0, -1))).toBe(OUT);
    expect(await answerTo(hmacToken({}, { head: { ...header, alg } }))).toBe(OUT);
  });

  it.each([
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('another algorithm of the family, %s, even with the right secret', async (alg, hash) => {
    expect(await answerTo(hmacToken({}, { hash, head: { ...header, alg } }))).toBe(OUT);
  });

  it('RS256 and ES256 by keys of the forger', async () => {
    expect(await answerTo(keyToken({ alg: 'RS256', typ: 'JWT' }, rsa))).toBe(OUT);
    expect(await answerTo(keyToken({ alg: 'ES256', typ: 'JWT' }, ec))).toBe(OUT);
  });

  it('RS/HS confusion: an HMAC by the bytes of a public key, or RS256 in name only', async () => {
    const pem = rsaPublic.export({ type: 'spki', format: 'pem' });
    expect(await answerTo(hmacToken({}, { key: pem }))).toBe(OUT);
    expect(await answerTo(hmacToken({}, { head: { ...header, alg: 'RS256' } }))).toBe(OUT);
  });

  it('a key in the header: jwk', async () => {
    const jwk = createPublicKey(rsa).export({ format: 'jwk' });
    expect(await answerTo(keyToken({ alg: 'RS256', typ: 'JWT', jwk }, rsa))).toBe(OUT);
    const oct = { kty: 'oct', k: Buffer.from('forged').toString('base64url') };
    expect(await answerTo(hmacToken({}, { key: 'forged', head: { ...header, jwk: oct } }))).toBe(OUT);
  });

  it('a key to be fetched: jku and x5u, which nobody fetches', async () => {
    for (const place of ['jku', 'x5u']) {
      const head = { alg: 'RS256', typ: 'JWT', kid: 'evil', [place]: canaryUrl };
      expect(await answerTo(keyToken(head, rsa))).toBe(OUT);
    }
    expect(canaryCalls).toBe(0);
  });

  it.each([
    '../../../../../../dev/null',
    '/dev/null',
    '../../package.json',
    "x' UNION SELECT 'forged' --",
    '|whoami',
    '\u0000',
  ])('kid %j with an empty or a known key', async (kid) => {
    for (const key of ['', 'forged', Buffer.alloc(1)]) {
      expect(await answerTo(hmacToken({}, { key, head: { ...header, kid } }))).toBe(OUT);
    }
  });

  it.each<[string, Claims]>([
    ['another audience', { aud: 'another-api' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['another type', { typ: 'refresh' }],
    ['no type', { typ: undefined }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is no number', { exp: 'never' }],
    ['no session', { sid: undefined }],
    ['another session', { sid: '01920000-0000-7000-8000-000000000001' }],
    ['another user', { sub: '01920000-0000-7000-8000-000000000001' }],
    ['no user', { sub: undefined }],
  ])('even by the right secret: %s', async (_what, changes) => {
    expect(await answerTo(hmacToken(changes))).toBe(OUT);
  });

  it('not yet valid, or no longer', async () => {
    const now = app.clock.now().getTime() / 1_000;
    expect(await answerTo(hmacToken({ nbf: now + 1 }))).toBe(OUT);
    expect(await answerTo(hmacToken({ nbf: 'tomorrow' }))).toBe(OUT);
    expect(await answerTo(hmacToken({ nbf: now }))).toBe('200 OK');
    expect(await answerTo(hmacToken({ exp: now }))).toBe(OUT);
  });

  it('with any bit of the signature, the header or the claims flipped', async () => {
    const parts = session.accessToken.split('.') as [string, string, string];
    for (const part of [0, 1, 2]) {
      const bytes = Buffer.from(parts[part]!, 'base64url');
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const forged = Buffer.from(bytes);
        forged[at]! ^= 1;
        expect(await answerTo(parts.with(part, forged.toString('base64url')).join('.'))).toBe(OUT);
      }
    }
    expect(await answerTo(`${parts[0]}.${parts[1]}.`)).toBe(OUT);
    expect(await answerTo(`${parts[0]}.${parts[1]}`)).toBe(OUT);
  });

  it('the refresh token in place of the access token, and the other way round', async () => {
    expect(await answerTo(session.refreshToken)).toBe(OUT);
    const swap = await new Caller(app).post('auth/refresh', { refreshToken: session.accessToken });
    // An access token is longer than any refresh token.
    expect([400, 401]).toContain(swap.status);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic dG9rZW4=', 'bearer null', 'Bearer a.b.c', 'Bearer {}'])(
    'the header %j',
    async (authorization) => {
      const answer = await fetch(`${app.url}/api/v1/me`, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('a token anywhere but in its header', async () => {
    for (const query of [`access_token=${session.accessToken}`, `token=${session.accessToken}`]) {
      expect(codeOf(await new Caller(app).get(`me?${query}`))).toBe(OUT);
    }
    const answer = await fetch(`${app.url}/api/v1/me`, {
      headers: { cookie: `access_token=${session.accessToken}` },
    });
    expect(answer.status).toBe(401);
  });
});

describe('the right access token', () => {
  it('tells its holder’s state of the moment, not of its making', async () => {
    await signUp(app, 'now@example.com');
    const before = await open(app, 'now@example.com');
    await enableTwoFactor(app, before);
    const me = body<{ user: { twoFactorEnabled: boolean } }>(await before.as.get('me'), 200);
    expect(me.user.twoFactorEnabled).toBe(true);
    await app.db.query(
      `UPDATE memberships SET role = 'analyst' FROM users u WHERE u.id = user_id AND u.email = 'now@example.com'`,
    );
    expect(codeOf(await before.as.get('partner/wallet'))).toBe('403 PERMISSION_DENIED');
  });
});
