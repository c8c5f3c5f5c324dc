import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import type { Browser, Page } from '../../support/browser.js';
import { body, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import {
  codeAt,
  complete,
  exchange,
  FRONTEND,
  newBrowser,
  newVerifier,
  oidcEnv,
  problemAt,
  PUBLIC_URL,
  startUrl,
} from './oidc-scene.js';
import {
  activePartner,
  Caller,
  codeOf,
  enableTwoFactor,
  login,
  open,
  type SignedIn,
  signUp,
} from './scene.js';

let provider: OpenIdProvider;
let app: TestApp;
let browser: Browser;
let email: string;
let number = 0;

beforeAll(async () => {
  provider = await startOpenIdProvider(`${PUBLIC_URL}/api/v1/auth/oidc/acme/callback`);
  app = await createTestApp({ env: oidcEnv({ acme: provider.issuer }) });
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});
beforeEach(() => {
  number += 1;
  email = `oidc${number}@example.com`;
  browser = newBrowser(app);
  provider.accounts.set(`sub${number}`, { email, email_verified: true, name: 'Ann of Acme' });
});

/** Goes to the provider and back to the frontend, as the person `sub`. */
async function goThere(query: Record<string, string> = {}, sub = `sub${number}`): Promise<Page> {
  return provider.signIn(browser, await browser.open(startUrl('acme', query)), sub);
}

/** Signs in at the provider and exchanges the code. */
async function signInByProvider(sub = `sub${number}`) {
  const { verifier, challenge } = newVerifier();
  const code = codeAt(await goThere({ returnTo: FRONTEND, challenge }, sub));
  return exchange(app, code, verifier);
}

/** The ticket of a refusal. */
function ticketOf(refusal: { body: { ticket?: string } }): string {
  return refusal.body.ticket ?? `no ticket in ${JSON.stringify(refusal.body)}`;
}

/** Signs up by password, and links the identity by the first sign-in with the provider. */
async function linkedUser(): Promise<void> {
  await signUp(app, email);
  const refusal = await signInByProvider();
  body(await complete(app, ticketOf(refusal), { password: PASSWORD }), 200);
}

async function mailsOf(subject: string): Promise<number> {
  return (await app.mailbox(email)).filter((mail) => mail.subject === subject).length;
}

describe('T13 sign-in by an OpenID provider', () => {
  it('lists the providers for the sign-in page', async () => {
    const list = await new Caller(app).get('auth/oidc/providers');
    expect(body(list, 200)).toEqual({ items: [{ name: 'acme', title: 'acme' }], nextCursor: null });
    expect(list.text).not.toContain('secret');
  });

  it('goes to the provider by code, PKCE, state and nonce, with a cookie of this browser only', async () => {
    const answer = await fetch(`${app.url}/api/v1/auth/oidc/acme`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    const target = new URL(answer.headers.get('location')!);
    expect(target.origin).toBe(provider.issuer);
    expect(Object.fromEntries(target.searchParams)).toEqual({
      client_id: 'tributary',
      redirect_uri: `${PUBLIC_URL}/api/v1/auth/oidc/acme/callback`,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('links an account of the same address by its password, then signs in without', async () => {
    const partnerId = await activePartner(app, email);
    const refusal = await signInByProvider();
    expect(codeOf(refusal)).toBe('401 LINK_REQUIRED');
    expect(refusal.body).toMatchObject({ email, ticket: expect.any(String) });
    const linked = body<SignedIn>(await complete(app, ticketOf(refusal), { password: PASSWORD }), 200);
    const me = body(await new Caller(app, linked.accessToken).get('me'), 200);
    expect(me).toMatchObject({ user: { email }, realm: 'partner', partnerId });
    expect(await mailsOf('Sign-in linked: acme')).toBe(1);

    browser = newBrowser(app);
    const again = body<SignedIn>(await signInByProvider(), 200);
    expect(again).toMatchObject({ expiresIn: 300, refreshToken: expect.any(String), user: { email } });
    const caller = new Caller(app, again.accessToken);
    const { items } = body<{ items: object[] }>(await caller.get('me/identities'), 200);
    expect(items).toMatchObject([{ provider: 'acme', email, lastUsedAt: app.clock.now().toISOString() }]);
    await outboxDelivered(app);
    const events = body<{ items: { type: string }[] }>(await caller.get('partner/events'), 200);
    expect(events.items.filter(({ type }) => type === 'identity_linked')).toHaveLength(1);
    const sessions = body<{ items: object[] }>(await caller.get('auth/sessions'), 200);
    expect(sessions.items).toHaveLength(2);
  });

  it('finds the account whatever the case of the address', async () => {
    await signUp(app, email);
    provider.accounts.set(`sub${number}`, { email: email.toUpperCase(), email_verified: true });
    expect(codeOf(await signInByProvider())).toBe('401 LINK_REQUIRED');
  });

  it('leads who is invited to the invitation, which can still be accepted or taken back', async () => {
    const owner = `owner-${email}`;
    await activePartner(app, owner);
    const { as } = await open(app, owner);
    const invitation = { email, name: 'Bob', role: 'manager' };
    const { id } = body<{ id: string }>(await as.post('partner/users', invitation), 201);
    expect(codeOf(await signInByProvider())).toBe('403 INVITATION_PENDING');
    body(await as.delete(`partner/users/${id}`), 200);
    expect(codeOf(await signInByProvider())).toBe('403 SIGN_UP_REQUIRED');
  });

  it('remembers the identity by its subject, when its address changes or is no longer vouched for', async () => {
    await linkedUser();
    provider.accounts.set(`sub${number}`, { email: 'moved@example.com', email_verified: false });
    expect(body(await signInByProvider(), 200)).toMatchObject({ user: { email } });
  });

  it('makes no account silently: an unknown address is led to sign-up', async () => {
    const refusal = await signInByProvider();
    expect(codeOf(refusal)).toBe('403 SIGN_UP_REQUIRED');
    expect(refusal.body).toMatchObject({ signUp: { email, name: 'Ann of Acme' } });
    expect(await app.db.query('SELECT FROM users WHERE email = $1', [email])).toEqual([]);
  });

  it('comes back to the frontend when the person declines', async () => {
    const { challenge } = newVerifier();
    const page = await browser.open(startUrl('acme', { returnTo: FRONTEND, challenge }));
    const end = await provider.decline(browser, page);
    expect(end.url.href).toBe(`${FRONTEND}?error=access_denied`);
  });

  it('without a frontend ends on a page whose button exchanges the code', async () => {
    await linkedUser();
    const page = await goThere();
    expect([page.status, page.url.pathname]).toEqual([200, '/api/v1/auth/oidc/finish']);
    expect(page.text).toContain('<form method="post" action="exchange">');
    const code = /name="code" value="([\w-]+)"/.exec(page.text)![1]!;
    const answer = await browser.open(new URL('exchange', page.url), { code });
    expect(JSON.parse(answer.text)).toMatchObject({ accessToken: expect.any(String), user: { email } });
    const stranger = newBrowser(app);
    const declined = await provider.decline(stranger, await stranger.open(startUrl('acme')));
    expect(problemAt(declined)).toBe('403 OIDC_DECLINED');
  });

  it('keeps neither state, code nor ticket as they are', async () => {
    await signUp(app, email);
    const secrets: string[] = [];
    const { verifier, challenge } = newVerifier();
    const page = await browser.open(startUrl('acme', { returnTo: FRONTEND, challenge }));
    const stored = async () => JSON.stringify(await app.db.query('SELECT secret_hash FROM oidc_requests'));
    expect(await stored()).not.toContain(page.url.searchParams.get('state') ?? 'none');
    const code = codeAt(await provider.signIn(browser, page, `sub${number}`));
    secrets.push(code);
    secrets.push(ticketOf(await exchange(app, code, verifier)));
    const answers = JSON.stringify(await app.db.query('SELECT * FROM oidc_answers'));
    for (const secret of secrets) expect(answers).not.toContain(secret);
  });
});

describe('T13 a linked identity opens no more than a password', () => {
  it('asks for the two-factor code, which counts as a step-up', async () => {
    await linkedUser();
    const { authenticator } = await enableTwoFactor(app, await open(app, email));
    const refusal = await signInByProvider();
    expect(codeOf(refusal)).toBe('401 OTP_REQUIRED');
    const ticket = ticketOf(refusal);
    expect(codeOf(await complete(app, ticket))).toBe('401 OTP_REQUIRED');
    expect(codeOf(await complete(app, ticket, { otp: '000000' }))).toBe('401 INVALID_CREDENTIALS');
    const code = authenticator.freshCode();
    const { accessToken } = body<SignedIn>(await complete(app, ticket, { otp: code }), 200);
    expect(body(await new Caller(app, accessToken).get('me'), 200)).toMatchObject({
      user: { twoFactorEnabled: true },
    });
    expect(codeOf(await complete(app, ticket, { otp: authenticator.freshCode() }))).toBe(
      '422 INVALID_TICKET',
    );
    // The code was used: neither password nor provider takes it again.
    expect(codeOf(await login(app, email, { otp: code }))).toBe('401 INVALID_CREDENTIALS');
  });

  it('signs in once when the ticket is used in parallel', async () => {
    await linkedUser();
    const { authenticator, recoveryCodes } = await enableTwoFactor(app, await open(app, email));
    const ticket = ticketOf(await signInByProvider());
    const codes = [authenticator.freshCode(), ...recoveryCodes.slice(0, 3)];
    const answers = await Promise.all(codes.map((otp) => complete(app, ticket, { otp })));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array<string>(3).fill('422 INVALID_TICKET')]);
  });

  it('asks for password and code to link, where two-factor authentication is enabled', async () => {
    await signUp(app, email);
    const { authenticator } = await enableTwoFactor(app, await open(app, email));
    const ticket = ticketOf(await signInByProvider());
    expect(codeOf(await complete(app, ticket, { password: PASSWORD }))).toBe('401 OTP_REQUIRED');
    const otp = authenticator.freshCode();
    expect(codeOf(await complete(app, ticket, { otp }))).toBe('422 VALIDATION_FAILED');
    expect(codeOf(await complete(app, ticket, { password: PASSWORD, otp }))).toBe('200 OK');
  });

  it('counts wrong passwords and codes towards lock-out', async () => {
    await signUp(app, email);
    const ticket = ticketOf(await signInByProvider());
    for (let i = 0; i < 5; i += 1) {
      expect(codeOf(await complete(app, ticket, { password: 'wrong' }))).toBe('401 INVALID_CREDENTIALS');
    }
    expect(await mailsOf('Unlock instructions')).toBe(1);
    expect(codeOf(await complete(app, ticket, { password: PASSWORD }))).toBe('401 INVALID_CREDENTIALS');
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
  });

  it.each(['locked_at', 'blocked_at'])('refuses a user with %s like a wrong password', async (column) => {
    await linkedUser();
    await app.db.query(`UPDATE users SET ${column} = now() WHERE email = $1`, [email]);
    expect(codeOf(await signInByProvider())).toBe('401 INVALID_CREDENTIALS');
  });

  it('does not let a ticket in after the user was blocked or the identity unlinked', async () => {
    await linkedUser();
    const session = await open(app, email);
    const { authenticator } = await enableTwoFactor(app, session);
    const first = ticketOf(await signInByProvider());
    const { items } = body<{ items: { id: string }[] }>(await session.as.get('me/identities'), 200);
    body(await session.as.delete(`me/identities/${items[0]!.id}`), 200);
    expect(codeOf(await complete(app, first, { otp: authenticator.freshCode() }))).toBe('422 INVALID_TICKET');
    const second = ticketOf(await signInByProvider());
    await app.db.query('UPDATE users SET blocked_at = now() WHERE email = $1', [email]);
    const proof = { password: PASSWORD, otp: authenticator.freshCode() };
    expect(codeOf(await complete(app, second, proof))).toBe('401 INVALID_CREDENTIALS');
  });

  it('does not open an account whose own address was never confirmed', async () => {
    await new Caller(app).post('auth/register', {
      email,
      password: PASSWORD,
      name: 'Ann',
      kind: 'affiliate',
      country: 'DE',
    });
    const ticket = ticketOf(await signInByProvider());
    expect(codeOf(await complete(app, ticket, { password: PASSWORD }))).toBe('403 EMAIL_NOT_VERIFIED');
    expect(codeOf(await complete(app, ticket, { password: 'a guess' }))).toBe('401 INVALID_CREDENTIALS');
  });

  it('forgets a ticket after ten minutes', async () => {
    await signUp(app, email);
    const ticket = ticketOf(await signInByProvider());
    app.clock.advance(600);
    expect(codeOf(await complete(app, ticket, { password: PASSWORD }))).toBe('422 INVALID_TICKET');
    app.clock.advance(-1);
    expect(codeOf(await complete(app, ticket, { password: PASSWORD }))).toBe('200 OK');
  });
});
