import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reauthentication } from '../../../src/identity/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import {
  askedToChangeEmail,
  type ChangeTokens,
  type Person,
  startEmailChange,
} from './email-change-scene.js';
import { activePartner, Caller, codeOf, joinTeam, open, signUp, tokenMailed } from './scene.js';

let app: TestApp;
let anybody: Caller;
let people = 0;
let ann: Person;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  people += 1;
  const email = `ann${people}@old.example`;
  await signUp(app, email);
  ann = { email, newEmail: `ann${people}@new.example`, signedIn: await open(app, email) };
});

const confirm = (token: string) => anybody.post('auth/email-change/confirm', { token });
const cancel = (token: string) => anybody.post('auth/email-change/cancel', { token });

describe('A22 an e-mail change that waits', () => {
  const NEW_PASSWORD = 'quite another pass phrase';

  async function resetPassword(who: Person): Promise<Response> {
    body(await anybody.post('auth/password/forgot', { email: who.email }), 200);
    const token = await tokenMailed(app, who.email, 'Set a new password');
    return anybody.post('auth/password/reset', { token, password: NEW_PASSWORD });
  }

  async function changePassword(who: Person): Promise<Response> {
    return who.signedIn.as.post('me/password', { password: PASSWORD, newPassword: NEW_PASSWORD });
  }

  async function blockAndUnblock(by: Caller, users: string, who: Person): Promise<Response> {
    const { items } = body<{ items: { id: string; email: string }[] }>(await by.get(users), 200);
    const { id } = items.find(({ email }) => email === who.email)!;
    body(
      await by.post(`${users}/${id}/block`, users === 'operator/users' ? { reason: 'Lent out' } : {}),
      200,
    );
    return by.post(`${users}/${id}/unblock`);
  }

  /** Somebody of a team, with its owner. */
  async function teammate(): Promise<{ owner: Caller; mate: Person }> {
    await activePartner(app, 'owner@team.example');
    const owner = (await open(app, 'owner@team.example')).as;
    const [email, newEmail] = ['mate@team.example', 'mate@new.example'] as const;
    await joinTeam(app, owner, email, 'manager');
    return { owner, mate: { email, newEmail, signedIn: await open(app, email) } };
  }

  async function expectGone(tokens: ChangeTokens): Promise<void> {
    for (const token of [tokens.new, tokens.old])
      expect(codeOf(await confirm(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await cancel(tokens.cancel))).toBe('422 INVALID_TOKEN');
  }

  it.each([
    ['reset', resetPassword],
    ['changed', changePassword],
  ])('is gone once the password is %s', async (_, replacePassword) => {
    const tokens = await askedToChangeEmail(app, ann);
    body(await confirm(tokens.new), 200);
    body(await replacePassword(ann), 200);
    await expectGone(tokens);
  });

  it('is gone once an operator has blocked its user, also after the unblock', async () => {
    const tokens = await askedToChangeEmail(app, ann);
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    body(await blockAndUnblock(operator.as, 'operator/users', ann), 200);
    await expectGone(tokens);
  });

  it('is gone once the team has blocked its user, also after the unblock', async () => {
    const { owner, mate } = await teammate();
    const tokens = await askedToChangeEmail(app, mate);
    body(await blockAndUnblock(owner, 'partner/users', mate), 200);
    await expectGone(tokens);
  });

  it('is not begun any more once the password is reset that it was confirmed by', async () => {
    body(await anybody.post('auth/password/forgot', { email: ann.email }), 200);
    const token = await tokenMailed(app, ann.email, 'Set a new password');
    const reauthentication = app.app.get(Reauthentication);
    const confirm = reauthentication.confirm.bind(reauthentication);
    vi.spyOn(reauthentication, 'confirm').mockImplementationOnce(async (actor, proof) => {
      const user = await confirm(actor, proof);
      body(await anybody.post('auth/password/reset', { token, password: NEW_PASSWORD }), 200);
      return user;
    });
    expect(codeOf(await startEmailChange(ann))).toBe('401 INVALID_CREDENTIALS');
    expect(await app.mailbox(ann.newEmail)).toEqual([]);
  });

  it('stays when its user signs out', async () => {
    const tokens = await askedToChangeEmail(app, ann);
    body(await anybody.post('auth/logout', { refreshToken: ann.signedIn.refreshToken }), 200);
    body(await confirm(tokens.new), 200);
    expect(body(await confirm(tokens.old), 200)).toEqual({ changed: true });
  });
});
