import type { TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, open, SIGN_UP, tokenMailed } from '../identity/scene.js';

/** Somebody with a social account. */
export interface Creator {
  email: string;
  as: Caller;
  accountId: string;
}

/** Signs a creator up with a social account. */
export async function creatorWith(
  app: TestApp,
  email: string,
  socialAccount: { platform: string; handle: string },
): Promise<Creator> {
  const anybody = new Caller(app);
  body(await anybody.post('auth/register', { ...SIGN_UP, email, kind: 'creator', socialAccount }), 201);
  const token = await tokenMailed(app, email, 'Confirm your e-mail');
  body(await anybody.post('auth/verify-email', { token }), 200);
  const { as } = await open(app, email);
  const { items } = body<{ items: [{ id: string }] }>(await as.get('partner/social-accounts'), 200);
  return { email, as, accountId: items[0].id };
}

/** Asks for the verification of the creator's account and gives the code. */
export async function codeFor({ as, accountId }: Creator): Promise<string> {
  const answer = await as.post(`partner/social-accounts/${accountId}/verification`);
  return body<{ code: string }>(answer, 200).code;
}
