import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type ForgingProvider, startForgingProvider } from '../../support/forging-provider.js';
import { CLIENT } from '../../support/openid-provider.js';
import { type AppProcess, spawnApp } from '../../support/process.js';
import { FRONTEND, newVerifier, oidcEnv, PUBLIC_URL, startUrl } from './oidc-scene.js';

let database: TestDatabase;
let provider: ForgingProvider;
let app: AppProcess;

beforeAll(async () => {
  [database, provider] = await Promise.all([createTestDatabase(), startForgingProvider()]);
  const env = oidcEnv({ acme: provider.issuer });
  app = await spawnApp({ ...env, DATABASE_URL: database.url, LOG_LEVEL: 'trace' });
});
afterAll(async () => {
  await app.kill();
  await provider.stop();
  await database.drop();
});

describe('T13 the log', () => {
  it('names what went wrong at a provider, and holds no secret of anybody', async () => {
    const browser = new Browser({ [PUBLIC_URL]: app.url, [new URL(FRONTEND).origin]: null });
    const { verifier, challenge } = newVerifier();
    const begin = startUrl('acme', { returnTo: FRONTEND, challenge });
    const { url, setCookies } = await browser.open(begin);
    const code = url.searchParams.get('code')!;
    const exchange = await fetch(`${app.url}/api/v1/auth/oidc/exchange`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, verifier }),
    });
    expect(exchange.status).toBe(403);

    const secrets = [CLIENT.clientSecret, code, verifier, challenge, /=([\w-]+)/.exec(setCookies[0]!)![1]!];
    for (const forgery of [
      { signature: 'foreign' },
      { claims: { nonce: 'x', email: 'someone@private.example' } },
      { token: { status: 500, body: 'secret of the provider' } },
      {
        token: {
          status: 400,
          body: '{"error":"invalid_grant","error_description":"secret of the provider"}',
        },
      },
      { token: 'reset' },
    ] as const) {
      provider.forge(forgery);
      const failed = await browser.open(begin);
      expect([401, 503]).toContain(failed.status);
      secrets.push(failed.url.searchParams.get('state')!, failed.url.searchParams.get('code')!);
    }
    // The process writes its log out before it ends.
    await app.kill();
    const log = app.output();
    expect(log.match(/Sign-in by a provider failed/g)).toHaveLength(5);
    expect(log).toContain('signature verification failed');
    for (const secret of [...secrets, 'someone@private.example', 'secret of the provider']) {
      expect(log, secret).not.toContain(secret);
    }
  });
});
