import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { type ForgingProvider, startForgingProvider } from '../../support/forging-provider.js';
import { outboxDelivered } from '../../support/outbox.js';
import { codeAt, exchange, FRONTEND, newBrowser, newVerifier, oidcEnv, problemAt } from './oidc-scene.js';
import { Caller, codeOf, enableTwoFactor, open, type SignedIn, signUp } from './scene.js';

interface Identity {
  id: string;
  provider: string;
  email: string;
}

let provider: ForgingProvider;
let app: TestApp;
let email: string;
let subject: string;
let number = 0;

beforeAll(async () => {
  provider = await startForgingProvider();
  app = await createTestApp({ env: oidcEnv({ acme: provider.issuer }) });
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});
beforeEach(async () => {
  number += 1;
  email = `owner${number}@example.com`;
  subject = `subject${number}`;
  provider.forge({ claims: { sub: subject, email: `${subject}@private.example` } });
  await signUp(app, email);
});

/** What begins to link, with a right password unless said otherwise. */
function linkRequest(changes: object = {}) {
  const { verifier, challenge } = newVerifier();
  return {
    verifier,
    payload: { provider: 'acme', password: PASSWORD, returnTo: FRONTEND, challenge, ...changes },
  };
}

/** Goes the way to the provider and back, and gives code and verifier. */
async function fetchCode({ as }: SignedIn): Promise<{ code: string; verifier: string }> {
  const { verifier, payload } = linkRequest();
  const { url } = body<{ url: string }>(await as.post('me/identities/link', payload), 200);
  return { code: codeAt(await newBrowser(app).open(url)), verifier };
}

async function identitiesOf({ as }: SignedIn): Promise<Identity[]> {
  return body<{ items: Identity[] }>(await as.get('me/identities'), 200).items;
}

/** Signs in by the provider, without any session. */
async function signInByProvider() {
  const { verifier, challenge } = newVerifier();
  const start = new URL(`https://partners.example.test/api/v1/auth/oidc/acme`);
  start.search = new URLSearchParams({ returnTo: FRONTEND, challenge }).toString();
  return exchange(app, codeAt(await newBrowser(app).open(start)), verifier);
}

async function subjectsOf(address: string): Promise<string[]> {
  return (await app.mailbox(address)).map((mail) => mail.subject);
}

describe('T13 own identities', () => {
  it('links one with another address, signs in by it, and unlinks it; event and mail tell of both', async () => {
    const session = await open(app, email);
    const linked = body<{ items: Identity[] }>(
      await session.as.post('me/identities', await fetchCode(session)),
      200,
    );
    expect(linked.items).toMatchObject([{ provider: 'acme', email: `${subject}@private.example` }]);
    expect(body(await signInByProvider(), 200)).toMatchObject({ user: { email } });

    const stranger = await signedUpStranger();
    const own = `me/identities/${linked.items[0]!.id}`;
    expect(codeOf(await stranger.as.delete(own))).toBe('404 NOT_FOUND');
    body(await session.as.delete(own), 200);
    expect(codeOf(await session.as.delete(own))).toBe('404 NOT_FOUND');
    expect(await identitiesOf(session)).toEqual([]);
    expect(codeOf(await signInByProvider())).toBe('403 SIGN_UP_REQUIRED');

    expect(await subjectsOf(email)).toEqual(
      expect.arrayContaining(['Sign-in linked: acme', 'Sign-in unlinked: acme']),
    );
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; data: object }[] }>(
      await session.as.get('partner/events'),
      200,
    );
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['identity_linked', 'identity_unlinked']),
    );
  });

  it('needs the password to begin, and counts wrong ones', async () => {
    const { as } = await open(app, email);
    for (let i = 0; i < 5; i += 1) {
      const wrong = linkRequest({ password: 'wrong' }).payload;
      expect(codeOf(await as.post('me/identities/link', wrong))).toBe('401 INVALID_CREDENTIALS');
    }
    expect(await subjectsOf(email)).toContain('Unlock instructions');
    expect(codeOf(await as.post('me/identities/link', linkRequest().payload))).toBe(
      '401 INVALID_CREDENTIALS',
    );
  });

  it('needs a fresh code to begin, where two-factor authentication is enabled', async () => {
    const session = await open(app, email);
    const { authenticator } = await enableTwoFactor(app, session);
    app.clock.advance(301);
    const { accessToken } = body<SignedIn>(
      await new Caller(app).post('auth/refresh', { refreshToken: session.refreshToken }),
      200,
    );
    const as = new Caller(app, accessToken);
    expect(codeOf(await as.post('me/identities/link', linkRequest().payload))).toBe('401 STEP_UP_REQUIRED');
    body(await as.post('auth/step-up', { code: authenticator.freshCode() }), 200);
    expect(codeOf(await as.post('me/identities/link', linkRequest().payload))).toBe('200 OK');
  });

  it('returns to configured frontends only, to providers that are there, and with a challenge', async () => {
    const { as } = await open(app, email);
    const begin = async (changes: object) =>
      codeOf(await as.post('me/identities/link', linkRequest(changes).payload));
    expect(await begin({ returnTo: 'https://evil.example' })).toBe('422 VALIDATION_FAILED');
    expect(await begin({ provider: 'nobody' })).toBe('404 NOT_FOUND');
    expect(await begin({ challenge: undefined })).toBe('400 VALIDATION_FAILED');
    expect(await begin({ returnTo: undefined })).toBe('400 VALIDATION_FAILED');
  });

  it('takes an address to open once', async () => {
    const { as } = await open(app, email);
    const { url } = body<{ url: string }>(await as.post('me/identities/link', linkRequest().payload), 200);
    expect((await newBrowser(app).open(url)).status).toBe(0);
    expect(problemAt(await newBrowser(app).open(url))).toBe('422 OIDC_REQUEST_UNKNOWN');
  });

  it('links in the session that began only, and neither opens nor finishes anything else', async () => {
    const session = await open(app, email);
    const stranger = await signedUpStranger();
    expect(codeOf(await stranger.as.post('me/identities', await fetchCode(session)))).toBe(
      '422 INVALID_CODE',
    );
    const { code, verifier } = await fetchCode(session);
    expect(codeOf(await exchange(app, code, verifier))).toBe('422 INVALID_CODE');
    const other = await open(app, email);
    expect(codeOf(await other.as.post('me/identities', await fetchCode(session)))).toBe('422 INVALID_CODE');
    // A code for signing in links nothing.
    const own = newVerifier();
    const start = `https://partners.example.test/api/v1/auth/oidc/acme?returnTo=${FRONTEND}&challenge=${own.challenge}`;
    const signInCode = codeAt(await newBrowser(app).open(start));
    expect(codeOf(await session.as.post('me/identities', { code: signInCode, verifier: own.verifier }))).toBe(
      '422 INVALID_CODE',
    );
    expect(await identitiesOf(session)).toEqual([]);
    expect(await identitiesOf(stranger)).toEqual([]);
  });

  it('wants the provider to vouch for the address', async () => {
    provider.forge({ claims: { sub: subject, email_verified: false } });
    const session = await open(app, email);
    expect(codeOf(await session.as.post('me/identities', await fetchCode(session)))).toBe(
      '403 OIDC_EMAIL_NOT_VERIFIED',
    );
  });

  it('an identity belongs to one account, also when two link it at once', async () => {
    const [first, second] = [await open(app, email), await signedUpStranger()];
    const codes = [await fetchCode(first), await fetchCode(second)];
    const answers = await Promise.all([
      first.as.post('me/identities', codes[0]),
      second.as.post('me/identities', codes[1]),
    ]);
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', '409 IDENTITY_TAKEN']);
    expect([...(await identitiesOf(first)), ...(await identitiesOf(second))]).toHaveLength(1);
  });

  it('linking again changes nothing and tells nobody', async () => {
    const session = await open(app, email);
    body(await session.as.post('me/identities', await fetchCode(session)), 200);
    body(await session.as.post('me/identities', await fetchCode(session)), 200);
    expect(await identitiesOf(session)).toHaveLength(1);
    expect((await subjectsOf(email)).filter((mail) => mail === 'Sign-in linked: acme')).toHaveLength(1);
  });

  it('is an operator’s as well, who has no partner’s event log', async () => {
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    const { verifier, payload } = linkRequest({ password: 'correct horse battery' });
    const { url } = body<{ url: string }>(await operator.as.post('me/identities/link', payload), 200);
    const code = codeAt(await newBrowser(app).open(url));
    body(await operator.as.post('me/identities', { code, verifier }), 200);
    expect(await subjectsOf('admin@example.com')).toContain('Sign-in linked: acme');
    expect(body(await signInByProvider(), 200)).toMatchObject({ user: { email: 'admin@example.com' } });
  });
});

async function signedUpStranger(): Promise<SignedIn> {
  await signUp(app, `stranger-${email}`);
  return open(app, `stranger-${email}`);
}
