import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import { activePartner, Caller, codeOf, inLineForUser, login, open, tokenMailed } from './scene.js';

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
