import { createHash, randomBytes } from 'node:crypto';
import type { Response } from 'supertest';
import type { TestApp } from '../../support/app.js';
import { Browser, type Page } from '../../support/browser.js';
import { CLIENT } from '../../support/openid-provider.js';
import { Caller } from './scene.js';

/** The program as browsers see it, behind https; the test's browser knows where it really is. */
export const PUBLIC_URL = 'https://partners.example.test';
export const FRONTEND = 'https://app.example.test/signed-in';

/** Settings of a program with these providers. */
export function oidcEnv(issuers: Record<string, string>): Record<string, string> {
  const providers = Object.entries(issuers).map(([name, issuer]) => [name, { issuer, ...CLIENT }]);
  return {
    PUBLIC_URL,
    OIDC_PROVIDERS: JSON.stringify(Object.fromEntries(providers)),
    OIDC_RETURN_URLS: `${FRONTEND},https://app.example.test/other`,
  };
}

/** A browser of its own, which reaches the program and its frontend. */
export function newBrowser(app: TestApp): Browser {
  return new Browser({ [PUBLIC_URL]: app.url, [new URL(FRONTEND).origin]: null });
}

/** A secret of the frontend, with the challenge that begins a sign-in. */
export function newVerifier(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Address that begins a sign-in. */
export function startUrl(provider: string, query: Record<string, string> = {}): string {
  return `${PUBLIC_URL}/api/v1/auth/oidc/${provider}?${new URLSearchParams(query).toString()}`;
}

/** The code that a way ended with at the frontend. */
export function codeAt(page: Page): string {
  return page.url.searchParams.get('code') ?? `no code at ${page.url.href}: ${page.status} ${page.text}`;
}

/** Status and code of a problem that a browser was shown. */
export function problemAt({ status, text }: Page): string {
  return `${status} ${(JSON.parse(text) as { code: string }).code}`;
}

/** Exchanges a code. */
export function exchange(app: TestApp, code: string, verifier?: string): Promise<Response> {
  return new Caller(app).post('auth/oidc/exchange', { code, verifier });
}

/** Goes on with a ticket. */
export function complete(
  app: TestApp,
  ticket: string,
  proof: { password?: string; otp?: string } = {},
): Promise<Response> {
  return new Caller(app).post('auth/oidc/complete', { ticket, ...proof });
}
