import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { Caller, codeOf, enableTwoFactor, login, open, signUp, type SignedIn, tokenMailed } from './scene.js';

const NEW = 'quite another pass phrase';

let app: TestApp;
let people = 0;
let email: string;
let ann: SignedIn;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  people += 1;
  email = `ann${people}@example.com`;
  await signUp(app, email);
  ann = await open(app, email);
});

const subjects = async () => (await app.mailbox(email)).map(({ subject }) => subject);
const change = (payload: object = {}) =>
  ann.as.post('me/password', { password: PASSWORD, newPassword: NEW, ...payload });

describe('A22 password change', () => {
  it('takes the new one, ends all other sessions, mails and tells in the event log', async () => {
    const other = await open(app, email);
    body(await change(), 200);

    expect((await ann.as.get('me')).status).toBe(200);
    expect((await other.as.get('me')).status).toBe(401);
    expect(codeOf(await new Caller(app).post('auth/refresh', { refreshToken: other.refreshToken }))).toBe(
      '401 UNAUTHENTICATED',
    );
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
    body(await login(app, email, { password: NEW }), 200);
    expect(await subjects()).toContain('Your password was changed');
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; data: object }[] }>(
      await ann.as.get('partner/events'),
      200,
    );
    expect(items[0]).toMatchObject({ type: 'password_changed', data: {} });
  });

  it('makes a reset link worthless that was mailed before', async () => {
    body(await new Caller(app).post('auth/password/forgot', { email }), 200);
    const token = await tokenMailed(app, email, 'Set a new password');
    body(await change(), 200);
    const answer = await new Caller(app).post('auth/password/reset', { token, password: PASSWORD });
    expect(codeOf(answer)).toBe('422 INVALID_TOKEN');
  });

  it.each([
    ['short', '422 WEAK_PASSWORD'],
    ['password1', '422 WEAK_PASSWORD'],
    ['x'.repeat(129), '422 WEAK_PASSWORD'],
    [PASSWORD, '422 WEAK_PASSWORD'],
    ['', '422 WEAK_PASSWORD'],
    [null, '400 VALIDATION_FAILED'],
    [['a long enough phrase'], '400 VALIDATION_FAILED'],
  ])('refuses the new password %j and names the field', async (newPassword, code) => {
    const answer = await change({ newPassword });
    expect(codeOf(answer)).toBe(code);
    expect(answer.body.errors[0].path).toBe('newPassword');
    body(await login(app, email), 200);
  });

  it('wrong passwords lock the account as failed sign-ins do, and then the right one looks wrong', async () => {
    for (let tries = 0; tries < 3; tries += 1) {
      expect(codeOf(await change({ password: 'a wrong guess' }))).toBe('401 INVALID_CREDENTIALS');
    }
    for (let tries = 0; tries < 2; tries += 1) await login(app, email, { password: 'a wrong guess' });
    expect(await subjects()).toContain('Unlock instructions');
    expect(codeOf(await change())).toBe('401 INVALID_CREDENTIALS');
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');

    const token = await tokenMailed(app, email, 'Unlock instructions');
    body(await new Caller(app).post('auth/unlock', { token }), 200);
    body(await change(), 200);
  });

  it('parallel guesses: after five failures the right one among them is refused', async () => {
    const wrong = Array.from({ length: 12 }, () => change({ password: 'a wrong guess' }));
    const answers = await Promise.all(wrong);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['401 INVALID_CREDENTIALS']));
    expect(codeOf(await change())).toBe('401 INVALID_CREDENTIALS');
    const mails = (await subjects()).filter((subject) => subject === 'Unlock instructions');
    expect(mails).toHaveLength(1);
  });

  it('of many changes at once, one wins', async () => {
    // Who is checked after the first has won gives a wrong password: five of those would lock the account.
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, number) => change({ newPassword: `${NEW} ${number}` })),
    );
    const won = answers.map((answer) => answer.status);
    expect(won.filter((status) => status === 200)).toHaveLength(1);
    body(await login(app, email, { password: `${NEW} ${won.indexOf(200)}` }), 200);
  });

  it('with two-factor authentication needs a code, each once; a wrong one counts as a failure', async () => {
    const { authenticator, recoveryCodes } = await enableTwoFactor(app, ann);
    expect(codeOf(await change())).toBe('401 OTP_REQUIRED');
    const used = authenticator.freshCode();
    expect(codeOf(await change({ code: '000000' }))).toBe('422 INVALID_CODE');
    body(await change({ code: used }), 200);
    const again = { password: NEW, newPassword: PASSWORD };
    expect(codeOf(await change({ ...again, code: used }))).toBe('422 INVALID_CODE');
    body(await change({ ...again, code: recoveryCodes[0] }), 200);
    for (let tries = 0; tries < 3; tries += 1) await change({ code: '000000' });
    expect(await subjects()).toContain('Unlock instructions');
    expect(codeOf(await change({ code: authenticator.freshCode() }))).toBe('401 INVALID_CREDENTIALS');
  });

  it.each(['userId', 'passwordHash', 'twoFactorEnabled', 'email'])(
    'refuses the field %s by name',
    async (field) => {
      const answer = await change({ [field]: 'x' });
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(answer.body.errors[0].path).toBe(field);
    },
  );
});
