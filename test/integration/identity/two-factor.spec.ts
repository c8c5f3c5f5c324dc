import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import {
  activePartner,
  Authenticator,
  Caller,
  codeOf,
  enableTwoFactor,
  login,
  open,
  type SignedIn,
  tokenMailed,
} from './scene.js';

let app: TestApp;
let email: string;
let session: SignedIn;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  email = `two${number}@example.com`;
  await activePartner(app, email);
  session = await open(app, email);
});

const stepUp = (code: string, { as } = session) => as.post('auth/step-up', { code });

describe('A31 setting two-factor authentication up', () => {
  it('shows a QR code; the first code finishes it and gives ten recovery codes', async () => {
    const setup = body<{ secret: string; otpauthUrl: string; qrCode: string }>(
      await session.as.post('auth/2fa/setup'),
      200,
    );
    expect(setup.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(setup.otpauthUrl).toContain(`secret=${setup.secret}`);
    expect(setup.qrCode).toMatch(/^data:image\/png;base64,/);

    // Not in force before it is confirmed.
    expect((await login(app, email)).status).toBe(200);
    expect(codeOf(await session.as.post('auth/2fa/confirm', { code: '000000' }))).toBe('422 INVALID_CODE');

    const code = new Authenticator(app, setup.secret).code();
    const { recoveryCodes } = body<{ recoveryCodes: string[] }>(
      await session.as.post('auth/2fa/confirm', { code }),
      200,
    );
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(codeOf(await login(app, email))).toBe('401 OTP_REQUIRED');
    const me = body<{ user: { twoFactorEnabled: boolean } }>(await session.as.get('me'), 200);
    expect(me.user.twoFactorEnabled).toBe(true);
  });

  it('refuses a second set-up, and a confirmation without a set-up', async () => {
    expect(codeOf(await session.as.post('auth/2fa/confirm', { code: '123456' }))).toBe(
      '409 TWO_FACTOR_STATE',
    );
    await enableTwoFactor(app, session);
    expect(codeOf(await session.as.post('auth/2fa/setup'))).toBe('409 TWO_FACTOR_STATE');
    expect(codeOf(await session.as.post('auth/2fa/confirm', { code: '123456' }))).toBe(
      '409 TWO_FACTOR_STATE',
    );
  });

  it('takes a sign-in of the last ten minutes', async () => {
    app.clock.advance(601);
    const { refreshToken } = session;
    const tokens = body<SignedIn>(await new Caller(app).post('auth/refresh', { refreshToken }), 200);
    const stale = new Caller(app, tokens.accessToken);
    expect(codeOf(await stale.post('auth/2fa/setup'))).toBe('401 REAUTHENTICATION_REQUIRED');
    body(await (await open(app, email)).as.post('auth/2fa/setup'), 200);
  });

  it('keeps no secret and no recovery code in the clear', async () => {
    const { authenticator, recoveryCodes } = await enableTwoFactor(app, session);
    const rows = await app.db.query(
      `SELECT u.two_factor_secret, array_agg(r.code_hash) AS hashes
         FROM users u JOIN recovery_codes r ON r.user_id = u.id WHERE u.email = $1 GROUP BY u.id`,
      [email],
    );
    const stored = JSON.stringify(rows);
    for (const secret of [authenticator.secret, ...recoveryCodes]) expect(stored).not.toContain(secret);
  });
});

describe('A31 each code once', () => {
  it('refuses the code that confirmed the set-up', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    expect(codeOf(await stepUp(authenticator.code()))).toBe('422 INVALID_CODE');
    expect(codeOf(await login(app, email, { otp: authenticator.code() }))).toBe('401 INVALID_CREDENTIALS');
  });

  it('accepts a code once across sign-in and step-up', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    const code = authenticator.freshCode();
    expect((await stepUp(code)).status).toBe(200);
    expect(codeOf(await login(app, email, { otp: code }))).toBe('401 INVALID_CREDENTIALS');
  });

  it('accepts one of parallel sign-ins with the same code', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    const otp = authenticator.freshCode();
    const answers = await Promise.all([1, 2, 3, 4].map(() => login(app, email, { otp })));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(3).fill('401 INVALID_CREDENTIALS')]);
  });

  it('accepts one of parallel step-ups with the same code', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    const code = authenticator.freshCode();
    const answers = await Promise.all([1, 2, 3, 4].map(() => stepUp(code)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(3).fill('422 INVALID_CODE')]);
  });

  it('accepts the neighbouring steps and not those behind them', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    app.clock.advance(300);
    const fresh = await open(app, email, { otp: authenticator.code(-1) });
    expect(codeOf(await stepUp(authenticator.code(-2), fresh))).toBe('422 INVALID_CODE');
    expect(codeOf(await stepUp(authenticator.code(2), fresh))).toBe('422 INVALID_CODE');
    expect((await stepUp(authenticator.code(0), fresh)).status).toBe(200);
    expect((await stepUp(authenticator.code(1), fresh)).status).toBe(200);
    // An older one than the last accepted is out, although its time has not passed.
    expect(codeOf(await stepUp(authenticator.code(0), fresh))).toBe('422 INVALID_CODE');
  });

  it('accepts a recovery code once, also in parallel, at sign-in or step-up', async () => {
    const { recoveryCodes } = await enableTwoFactor(app, session);
    const [first, second] = recoveryCodes as [string, string];
    const answers = await Promise.all([1, 2, 3].map(() => login(app, email, { otp: first })));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(2).fill('401 INVALID_CREDENTIALS')]);
    expect((await stepUp(` ${second.toUpperCase()} `)).status).toBe(200);
    expect(codeOf(await stepUp(second))).toBe('422 INVALID_CODE');
    // However people write the dashes down.
    expect((await stepUp(recoveryCodes[2]!.replaceAll('-', ''))).status).toBe(200);
    expect((await stepUp(recoveryCodes[3]!.replaceAll('-', ' '))).status).toBe(200);
  });

  it('accepts no other user’s recovery code', async () => {
    const { recoveryCodes } = await enableTwoFactor(app, session);
    const other = `other-${email}`;
    await activePartner(app, other);
    const others = await open(app, other);
    await enableTwoFactor(app, others);
    expect(codeOf(await stepUp(recoveryCodes[0]!, others))).toBe('422 INVALID_CODE');
  });
});

describe('A31 financial actions', () => {
  /** Without a body: whoever gets past the guard is told so by 400. */
  const withdraw = ({ as }: SignedIn) => as.post('partner/cashouts');

  it('need two-factor authentication', async () => {
    expect(codeOf(await withdraw(session))).toBe('403 TWO_FACTOR_REQUIRED');
    expect(codeOf(await stepUp('123456'))).toBe('403 TWO_FACTOR_REQUIRED');
  });

  it('need a code of the last 300 seconds in the same session', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    expect((await withdraw(session)).status).toBe(400);
    app.clock.advance(299);
    expect((await withdraw(session)).status).toBe(400);
    app.clock.advance(2);
    const refreshed = await refresh(session);
    expect(codeOf(await withdraw(refreshed))).toBe('401 STEP_UP_REQUIRED');

    body(await stepUp(authenticator.freshCode(), refreshed), 200);
    expect((await withdraw(refreshed)).status).toBe(400);

    const elsewhere = await open(app, email, { otp: authenticator.freshCode() });
    expect((await withdraw(elsewhere)).status).toBe(400);
  });

  it('are not opened by another session’s code', async () => {
    const other = await open(app, email);
    const { authenticator } = await enableTwoFactor(app, session);
    expect(codeOf(await withdraw(other))).toBe('401 STEP_UP_REQUIRED');
    body(await stepUp(authenticator.freshCode(), other), 200);
    expect((await withdraw(other)).status).toBe(400);
  });

  async function refresh({ refreshToken }: SignedIn): Promise<SignedIn> {
    const tokens = body<SignedIn>(await new Caller(app).post('auth/refresh', { refreshToken }), 200);
    return { ...tokens, as: new Caller(app, tokens.accessToken) };
  }
});

describe('A31 turning it off', () => {
  const disable = (password: string, code: string) => session.as.post('auth/2fa/disable', { password, code });

  it('needs the password and a code', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    expect(codeOf(await disable('not the pass phrase', authenticator.freshCode()))).toBe(
      '401 INVALID_CREDENTIALS',
    );
    expect(codeOf(await disable(PASSWORD, '000000'))).toBe('422 INVALID_CODE');
    expect(codeOf(await session.as.post('auth/2fa/disable', { password: PASSWORD }))).toBe(
      '400 VALIDATION_FAILED',
    );
    body(await disable(PASSWORD, authenticator.freshCode()), 200);
    expect((await login(app, email)).status).toBe(200);
    expect(codeOf(await session.as.post('partner/cashouts'))).toBe('403 TWO_FACTOR_REQUIRED');
    expect(codeOf(await disable(PASSWORD, '123456'))).toBe('409 TWO_FACTOR_STATE');
  });

  it('is done once, also when asked for in parallel with several codes', async () => {
    const { recoveryCodes } = await enableTwoFactor(app, session);
    const answers = await Promise.all(recoveryCodes.slice(0, 4).map((code) => disable(PASSWORD, code)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(3).fill('409 TWO_FACTOR_STATE')]);
    const subjects = (await app.mailbox(email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.endsWith('disabled'))).toHaveLength(1);
  });

  it('ends every step-up with it: the next set-up opens no session by the codes of the last', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    const elsewhere = await open(app, email, { otp: authenticator.freshCode() });
    body(await disable(PASSWORD, authenticator.freshCode()), 200);
    app.clock.advance(30);
    await enableTwoFactor(app, session);
    expect(codeOf(await elsewhere.as.post('partner/cashouts'))).toBe('401 STEP_UP_REQUIRED');
  });

  it('ends the recovery codes; a new set-up gives others', async () => {
    const { authenticator, recoveryCodes } = await enableTwoFactor(app, session);
    body(await disable(PASSWORD, authenticator.freshCode()), 200);
    app.clock.advance(30);
    const again = await enableTwoFactor(app, session);
    expect(again.authenticator.secret).not.toBe(authenticator.secret);
    expect(codeOf(await stepUp(recoveryCodes[0]!))).toBe('422 INVALID_CODE');
    expect((await stepUp(again.recoveryCodes[0]!)).status).toBe(200);
  });

  it('A29 is told to the partner’s people, by event and mail', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    body(await disable(PASSWORD, authenticator.freshCode()), 200);
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; subjectType: string }[] }>(
      await session.as.get('partner/events'),
      200,
    );
    expect(items.map(({ type }) => type).slice(0, 2)).toEqual(['two_factor_disabled', 'two_factor_enabled']);
    const subjects = (await app.mailbox(email)).map(({ subject }) => subject);
    expect(subjects.slice(-2)).toEqual([
      'Two-factor authentication enabled',
      'Two-factor authentication disabled',
    ]);
  });
});

describe('A31 a new password', () => {
  it('ends every session and keeps two-factor authentication', async () => {
    const { authenticator } = await enableTwoFactor(app, session);
    const elsewhere = await open(app, email, { otp: authenticator.freshCode() });
    const anybody = new Caller(app);
    body(await anybody.post('auth/password/forgot', { email: email.toUpperCase() }), 200);
    const token = await tokenMailed(app, email, 'Set a new password');
    const password = 'quite another pass phrase';
    expect(codeOf(await anybody.post('auth/password/reset', { token, password: 'password' }))).toBe(
      '422 WEAK_PASSWORD',
    );
    body(await anybody.post('auth/password/reset', { token, password }), 200);

    for (const { as, refreshToken } of [session, elsewhere]) {
      expect(codeOf(await as.get('me'))).toBe('401 UNAUTHENTICATED');
      expect(codeOf(await anybody.post('auth/refresh', { refreshToken }))).toBe('401 UNAUTHENTICATED');
    }
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
    expect(codeOf(await login(app, email, { password }))).toBe('401 OTP_REQUIRED');
    const otp = authenticator.freshCode();
    expect((await login(app, email, { password, otp })).status).toBe(200);
    expect(codeOf(await anybody.post('auth/password/reset', { token, password }))).toBe('422 INVALID_TOKEN');
  });

  it('A29 is told to the partner’s people, by event and mail', async () => {
    const anybody = new Caller(app);
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const token = await tokenMailed(app, email, 'Set a new password');
    const password = 'a third and newer pass phrase';
    body(await anybody.post('auth/password/reset', { token, password }), 200);
    await outboxDelivered(app);
    const { as } = await open(app, email, { password });
    const { items } = body<{ items: object[] }>(await as.get('partner/events'), 200);
    expect(items[0]).toMatchObject({
      type: 'password_changed',
      actor: { kind: 'member', impersonated: false },
      subjectType: 'user',
      data: {},
    });
    expect((await app.mailbox(email)).at(-1)!.subject).toBe('Your password was changed');
  });

  it('can be set on the page behind the mailed link, which uses nothing up by being opened', async () => {
    const anybody = new Caller(app);
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const token = await tokenMailed(app, email, 'Set a new password');
    const page = await anybody.get(`auth/password/reset?token=${token}`);
    expect(page.type).toBe('text/html');
    expect(page.text).toContain('<form method="post" action="reset">');
    const password = 'typed into a form';
    const answer = await fetch(`${app.url}/api/v1/auth/password/reset`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token, password }),
    });
    expect(answer.status).toBe(200);
    expect((await login(app, email, { password })).status).toBe(200);
  });

  it('can be set for an hour, by the last link only', async () => {
    const anybody = new Caller(app);
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const first = await tokenMailed(app, email, 'Set a new password');
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const second = await tokenMailed(app, email, 'Set a new password');
    const reset = (token: string) => anybody.post('auth/password/reset', { token, password: PASSWORD });
    expect(codeOf(await reset(first))).toBe('422 INVALID_TOKEN');
    app.clock.advance(3_600);
    expect(codeOf(await reset(second))).toBe('422 INVALID_TOKEN');
    app.clock.advance(-1);
    const answers = await Promise.all([1, 2, 3].map(() => reset(second)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(2).fill('422 INVALID_TOKEN')]);
  });
});
