import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import {
  codeAt,
  complete,
  exchange,
  FRONTEND,
  newBrowser,
  newVerifier,
  oidcEnv,
  PUBLIC_URL,
  startUrl,
} from './oidc-scene.js';
import {
  activePartner,
  Caller,
  codeOf,
  inLine,
  inLineForUser,
  joinTeam,
  login,
  open,
  tokenMailed,
} from './scene.js';

const ADMIN = { password: 'correct horse battery' };
const NEW = 'quite another pass phrase';

let provider: OpenIdProvider;
let app: TestApp;
let anybody: Caller;
let number = 0;
let email: string;

beforeAll(async () => {
  provider = await startOpenIdProvider(`${PUBLIC_URL}/api/v1/auth/oidc/acme/callback`);
  app = await createTestApp({ env: oidcEnv({ acme: provider.issuer }) });
  anybody = new Caller(app);
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});
beforeEach(async () => {
  number += 1;
  email = `ann${number}@example.com`;
  await activePartner(app, email);
});

const forgot = () => anybody.post('auth/password/forgot', { email });
const reset = (token: string) => anybody.post('auth/password/reset', { token, password: NEW });

/** Tokens of all links to set a new password that were mailed. */
async function tokensMailed(): Promise<string[]> {
  const mails = (await app.mailbox(email)).filter(({ subject }) => subject === 'Set a new password');
  return mails.map(({ text }) => /[?&]token=([\w-]+)/.exec(text)![1]!);
}

/** Asks for a link to set a new password, and gives its token. */
async function resetToken(): Promise<string> {
  body(await forgot(), 200);
  return tokenMailed(app, email, 'Set a new password');
}

/** The old password is checked, then the reset commits, then it is decided about what the password was checked for. */
async function overtakenByReset(request: () => ReturnType<Caller['post']>): Promise<string> {
  const token = await resetToken();
  const [done, answer] = await inLineForUser(app, email, [() => reset(token), request]);
  body(done!, 200);
  return codeOf(answer!);
}

async function sessionsInForce(): Promise<number> {
  const sessions = await app.db.query<unknown[]>(
    'SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND s.ended_at IS NULL',
    [email],
  );
  return sessions.length;
}

describe('A32 links to set a new password', () => {
  it('are one at a time, also when they are asked for at the same time', async () => {
    const first = await resetToken();
    // Both requests have found the first link before one of them makes a new one.
    const link = 'SELECT FROM one_time_tokens WHERE token_hash = $1 FOR UPDATE';
    for (const answer of await inLine(app, [link, sha256Hex(first)], [forgot, forgot])) body(answer, 200);
    const tokens = await tokensMailed();
    expect(new Set(tokens).size).toBe(3);
    const codes: string[] = [];
    for (const token of tokens) codes.push(codeOf(await reset(token)));
    expect(codes).toEqual(['422 INVALID_TOKEN', '422 INVALID_TOKEN', '200 OK']);
  });

  it('are one for each user and purpose in the database too', async () => {
    await resetToken();
    const again = `INSERT INTO one_time_tokens (token_hash, user_id, purpose, expires_at)
      SELECT token_hash || 'x', user_id, purpose, expires_at FROM one_time_tokens
       WHERE purpose = 'reset_password' AND used_at IS NULL`;
    await expect(app.db.query(again)).rejects.toThrow('one_time_tokens_unused_once');
  });

  it('unlock instructions stop working once a new password is set', async () => {
    for (let tries = 0; tries < 5; tries += 1) await login(app, email, { password: 'a wrong guess' });
    const token = await tokenMailed(app, email, 'Unlock instructions');
    body(await reset(await resetToken()), 200);
    expect(codeOf(await anybody.post('auth/unlock', { token }))).toBe('422 INVALID_TOKEN');
  });

  it.each([
    ['an operator', true],
    ['their team', false],
  ])('work neither while %s blocks their user nor after', async (_, byOperator) => {
    const mate = `mate-${email}`;
    const [by, path, payload] = byOperator
      ? [await open(app, 'admin@example.com', ADMIN), 'operator/users', { reason: 'Lent out' }]
      : [await open(app, email), 'partner/users', {}];
    const id = await joinTeam(app, (await open(app, email)).as, mate, 'manager');
    email = mate;
    const token = await resetToken();
    body(await by.as.post(`${path}/${id}/block`, payload), 200);
    expect(codeOf(await reset(token))).toBe('422 INVALID_TOKEN');
    body(await by.as.post(`${path}/${id}/unblock`), 200);
    expect(codeOf(await reset(token))).toBe('422 INVALID_TOKEN');
  });

  it.each(['auth/password/reset', 'auth/unlock', 'auth/verify-email'])(
    'at %s are wrong ones while their user is blocked, and are not used up',
    async (path) => {
      const purposes = { reset: 'reset_password', unlock: 'unlock', 'verify-email': 'verify_email' };
      const purpose = purposes[path.split('/').at(-1) as keyof typeof purposes];
      const token = 'x'.repeat(43) + number;
      await app.db.query(
        `INSERT INTO one_time_tokens (token_hash, user_id, purpose, expires_at)
         SELECT $1, id, $2, $3 FROM users WHERE email = $4`,
        [sha256Hex(token), purpose, new Date(app.clock.now().getTime() + 60_000), email],
      );
      const use = () =>
        anybody.post(path, purpose === 'reset_password' ? { token, password: NEW } : { token });
      await app.db.query('UPDATE users SET blocked_at = now() WHERE email = $1', [email]);
      expect(codeOf(await use())).toBe('422 INVALID_TOKEN');
      await app.db.query('UPDATE users SET blocked_at = NULL WHERE email = $1', [email]);
      body(await use(), 200);
    },
  );

  it('are not mailed any more once the block commits that they waited for', async () => {
    const block = 'UPDATE users SET blocked_at = now() WHERE email = $1';
    const [asked] = await inLine(app, [block, email], [forgot]);
    body(asked!, 200);
    expect(await tokensMailed()).toEqual([]);
  });
});

describe('A32 the old password, checked just before a reset', () => {
  it('opens no session after it', async () => {
    expect(await overtakenByReset(() => login(app, email))).toBe('401 INVALID_CREDENTIALS');
    expect(await sessionsInForce()).toBe(0);
  });

  it('links no account of a provider after it, and opens no session that way', async () => {
    const sub = `sub${number}`;
    provider.accounts.set(sub, { email, email_verified: true, name: 'Ann of Acme' });
    const browser = newBrowser(app);
    const { verifier, challenge } = newVerifier();
    const page = await browser.open(startUrl('acme', { returnTo: FRONTEND, challenge }));
    const refusal = await exchange(app, codeAt(await provider.signIn(browser, page, sub)), verifier);
    const { ticket } = refusal.body as { ticket: string };
    expect(await overtakenByReset(() => complete(app, ticket, { password: PASSWORD }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
    expect(await sessionsInForce()).toBe(0);
    expect(await app.db.query('SELECT FROM user_identities WHERE subject = $1', [sub])).toEqual([]);
  });

  it('confirms nothing after it', async () => {
    const { as } = await open(app, email);
    const change = { email: `new-${email}`, password: PASSWORD };
    expect(await overtakenByReset(() => as.post('me/email-change', change))).toBe('401 INVALID_CREDENTIALS');
  });
});
