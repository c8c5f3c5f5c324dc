import type { Response } from 'supertest';
import type { TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { type SignedIn, tokenMailed } from './scene.js';

/** Subject of the mail to the present address. */
export const TO_OLD = 'Your e-mail is about to change';
const TO_NEW = 'Confirm your new e-mail';

/** Somebody with another address to change to. */
export interface Person {
  email: string;
  newEmail: string;
  signedIn: SignedIn;
}

/** What the links carry that a change mails. */
export interface ChangeTokens {
  new: string;
  old: string;
  cancel: string;
}

/** Asks for a change of e-mail. */
export function startEmailChange(who: Person, payload: object = {}): Promise<Response> {
  return who.signedIn.as.post('me/email-change', { email: who.newEmail, password: PASSWORD, ...payload });
}

/** Starts a change and gives its tokens. */
export async function askedToChangeEmail(app: TestApp, who: Person): Promise<ChangeTokens> {
  body(await startEmailChange(who), 200);
  const letters = (await app.mailbox(who.email)).filter(({ subject }) => subject === TO_OLD);
  return {
    new: await tokenMailed(app, who.newEmail, TO_NEW),
    old: await tokenMailed(app, who.email, TO_OLD),
    cancel: /cancel\?token=([\w-]+)/.exec(letters.at(-1)!.text)![1]!,
  };
}
