import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, codeOf, login, open, signUp, type SignedIn } from './scene.js';

const OUT = '401 UNAUTHENTICATED';

let app: TestApp;
let anybody: Caller;
let email: string;
let session: SignedIn;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  email = `session${number}@example.com`;
  await signUp(app, email);
  session = await open(app, email);
});

const refresh = (refreshToken: string) => anybody.post('auth/refresh', { refreshToken });

async function refreshed(refreshToken: string): Promise<SignedIn> {
  const tokens = body<SignedIn>(await refresh(refreshToken), 200);
  return { ...tokens, as: new Caller(app, tokens.accessToken) };
}

async function me({ as }: SignedIn): Promise<string> {
  return codeOf(await as.get('me'));
}

describe('A23 access tokens', () => {
  it('last five minutes', async () => {
    expect(session.expiresIn).toBe(300);
    app.clock.advance(299);
    expect(await me(session)).toBe('200 OK');
    app.clock.advance(1);
    expect(await me(session)).toBe(OUT);
  });

  it('are out when the user is blocked', async () => {
    await app.db.query('UPDATE users SET blocked_at = now() WHERE email = $1', [email]);
    expect(await me(session)).toBe(OUT);
    expect(codeOf(await refresh(session.refreshToken))).toBe(OUT);
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
  });

  it('are not stored, nor are refresh tokens', async () => {
    const rows = await app.db.query('SELECT 1 FROM refresh_tokens WHERE token_hash = $1', [
      session.refreshToken,
    ]);
    expect(rows).toEqual([]);
    expect(Buffer.from(session.refreshToken, 'base64url')).toHaveLength(32);
  });
});

describe('A23 refresh tokens rotate', () => {
  it('and each gives the next one', async () => {
    const second = await refreshed(session.refreshToken);
    expect(second.refreshToken).not.toBe(session.refreshToken);
    app.clock.advance(3_600);
    const third = await refreshed(second.refreshToken);
    expect(await me(third)).toBe('200 OK');
  });

  it('within ten seconds a token is good for a lost answer', async () => {
    await refreshed(session.refreshToken);
    app.clock.advance(10);
    const again = await refreshed(session.refreshToken);
    expect(await me(again)).toBe('200 OK');
    expect((await refresh(again.refreshToken)).status).toBe(200);
  });

  it('after them its reuse ends the family at once, the present holder included', async () => {
    const second = await refreshed(session.refreshToken);
    const other = await open(app, email);
    app.clock.advance(11);
    expect(codeOf(await refresh(session.refreshToken))).toBe(OUT);
    expect(await me(second)).toBe(OUT);
    expect(await me(session)).toBe(OUT);
    expect(codeOf(await refresh(second.refreshToken))).toBe(OUT);
    expect(await me(other)).toBe('200 OK');
  });

  it('parallel use of one token is a lost answer, not a theft', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(session.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('are good for thirty days', async () => {
    app.clock.advance(30 * 86_400);
    expect(codeOf(await refresh(session.refreshToken))).toBe(OUT);
    app.clock.advance(-1);
    expect((await refresh(session.refreshToken)).status).toBe(200);
  });

  it.each(['', 'nonsense', '0', 'A'.repeat(43)])('refuse %j', async (token) => {
    expect(codeOf(await refresh(token))).toBe(OUT);
  });
});

describe('A23 sessions', () => {
  it('end with the sign-out, at once', async () => {
    const other = await open(app, email);
    body(await anybody.post('auth/logout', { refreshToken: session.refreshToken }), 200);
    expect(await me(session)).toBe(OUT);
    expect(codeOf(await refresh(session.refreshToken))).toBe(OUT);
    expect(await me(other)).toBe('200 OK');
    // A second sign-out, or one with a wrong token, ends nothing and tells nothing.
    body(await anybody.post('auth/logout', { refreshToken: session.refreshToken }), 200);
    body(await anybody.post('auth/logout', { refreshToken: 'A'.repeat(43) }), 200);
  });

  it('are listed, and each can be ended from another one', async () => {
    const other = await open(app, email);
    const { items } = body<{ items: { id: string; current: boolean }[] }>(
      await other.as.get('auth/sessions'),
      200,
    );
    expect(items.map(({ current }) => current)).toEqual([true, false]);
    const first = items[1]!;
    body(await other.as.delete(`auth/sessions/${first.id}`), 200);
    expect(await me(session)).toBe(OUT);
    expect(await me(other)).toBe('200 OK');
    expect(codeOf(await other.as.delete(`auth/sessions/${first.id}`))).toBe('404 NOT_FOUND');
    const left = body<{ items: unknown[] }>(await other.as.get('auth/sessions'), 200);
    expect(left.items).toHaveLength(1);
  });

  it('all but the present one are ended in one go, refresh tokens too', async () => {
    const others = [await open(app, email), await open(app, email)];
    expect(body(await session.as.delete('auth/sessions'), 200)).toEqual({ ended: 2 });
    for (const other of others) {
      expect(await me(other)).toBe(OUT);
      expect(codeOf(await refresh(other.refreshToken))).toBe(OUT);
    }
    expect(await me(session)).toBe('200 OK');
    expect((await refresh(session.refreshToken)).status).toBe(200);
    expect(body(await session.as.delete('auth/sessions'), 200)).toEqual({ ended: 0 });
  });

  it('of somebody else cannot be seen or ended', async () => {
    const stranger = `stranger-${email}`;
    await signUp(app, stranger);
    const theirs = await open(app, stranger);
    const [{ id }] = body<{ items: [{ id: string }] }>(await session.as.get('auth/sessions'), 200).items;
    expect(codeOf(await theirs.as.delete(`auth/sessions/${id}`))).toBe('404 NOT_FOUND');
    const { items } = body<{ items: { id: string }[] }>(await theirs.as.get('auth/sessions'), 200);
    expect(items.map((item) => item.id)).not.toContain(id);
    expect(await me(session)).toBe('200 OK');
  });

  it('note the device; a forwarded address of an untrusted proxy does not count', async () => {
    const answer = await fetch(`${app.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Test/1',
        'x-forwarded-for': '203.0.113.7',
      },
      body: JSON.stringify({ email, password: 'a long and unusual pass phrase' }),
    });
    const { accessToken } = (await answer.json()) as SignedIn;
    const { items } = body<{ items: { userAgent: string; address: string }[] }>(
      await new Caller(app, accessToken).get('auth/sessions'),
      200,
    );
    expect(items[0]).toMatchObject({ userAgent: 'Test/1', address: '127.0.0.1' });
  });
});
