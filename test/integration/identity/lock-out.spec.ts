import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import {
  activePartner,
  Caller,
  codeOf,
  enableTwoFactor,
  login,
  open,
  passwordHashing,
  signUp,
  tokenMailed,
} from './scene.js';

const UNLOCK_MAIL = 'Unlock instructions';
const WRONG = { password: 'not the pass phrase' };

let app: TestApp;
let anybody: Caller;
let email: string;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  email = `lock${number}@example.com`;
  await signUp(app, email);
});

async function fail(times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let i = 0; i < times; i += 1) answers.push(codeOf(await login(app, email, WRONG)));
  return answers;
}

async function unlockMails(to = email): Promise<number> {
  return (await app.mailbox(to)).filter(({ subject }) => subject === UNLOCK_MAIL).length;
}

describe('A32 lock-out after failed sign-ins', () => {
  it('locks at the fifth failure, with one mail, and keeps the right password out', async () => {
    expect(await fail(4)).toEqual(Array(4).fill('401 INVALID_CREDENTIALS'));
    expect(await unlockMails()).toBe(0);
    expect(await fail(3)).toEqual(Array(3).fill('401 INVALID_CREDENTIALS'));
    expect(await unlockMails()).toBe(1);
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
    expect(await unlockMails()).toBe(1);
  });

  it('locks once with one mail when ten attempts come at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => login(app, email, WRONG)));
    expect(await unlockMails()).toBe(1);
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
  });

  it('stays open after four failures, and forgets them at a good sign-in', async () => {
    await fail(4);
    expect((await login(app, email)).status).toBe(200);
    await fail(4);
    expect((await login(app, email)).status).toBe(200);
  });

  it('counts failures of the last 15 minutes only', async () => {
    await fail(4);
    app.clock.advance(15 * 60);
    await fail(4);
    expect((await login(app, email)).status).toBe(200);
  });

  it('counts wrong passwords and wrong codes together', async () => {
    const { authenticator } = await enableTwoFactor(app, await open(app, email));
    await fail(3);
    for (const otp of ['000000', '12345']) {
      expect(codeOf(await login(app, email, { otp }))).toBe('401 INVALID_CREDENTIALS');
    }
    expect(await unlockMails()).toBe(1);
    expect(codeOf(await login(app, email, { otp: authenticator.freshCode() }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
  });

  it('does not count a right password without a code, which is no failure', async () => {
    const { authenticator } = await enableTwoFactor(app, await open(app, email));
    for (let i = 0; i < 6; i += 1) expect(codeOf(await login(app, email))).toBe('401 OTP_REQUIRED');
    expect((await login(app, email, { otp: authenticator.freshCode() })).status).toBe(200);
  });

  it('counts failures of a signed-in user, and then refuses the right password and code as well', async () => {
    const session = await open(app, email);
    const { authenticator } = await enableTwoFactor(app, session);
    const disable = (password: string, code: string) =>
      session.as.post('auth/2fa/disable', { password, code });
    for (let i = 0; i < 3; i += 1) {
      expect(codeOf(await disable(WRONG.password, '000000'))).toBe('401 INVALID_CREDENTIALS');
    }
    for (let i = 0; i < 2; i += 1) {
      expect(codeOf(await session.as.post('auth/step-up', { code: '000000' }))).toBe('422 INVALID_CODE');
    }
    expect(await unlockMails()).toBe(1);
    expect(codeOf(await session.as.post('auth/step-up', { code: authenticator.freshCode() }))).toBe(
      '422 INVALID_CODE',
    );
    // Locked: the answer does not tell a right password from a wrong one.
    expect(codeOf(await disable('a long and unusual pass phrase', authenticator.freshCode()))).toBe(
      '401 INVALID_CREDENTIALS',
    );
  });
});

describe('A32 unlock link', () => {
  beforeEach(() => fail(5));

  it('shows a page that unlocks nothing; its button unlocks', async () => {
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    const page = await anybody.get(`auth/unlock?token=${token}`);
    expect(page.status).toBe(200);
    expect(page.type).toBe('text/html');
    expect(page.text).toContain('<form method="post" action="unlock">');
    expect(page.text).toContain(`value="${token}"`);
    await anybody.send('get', `auth/unlock?token=${token}`);
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');

    body(await anybody.post('auth/unlock', { token }), 200);
    expect((await login(app, email)).status).toBe(200);
    expect(await fail(4)).toHaveLength(4);
    expect((await login(app, email)).status).toBe(200);
  });

  it('takes the form that the page posts', async () => {
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    const answer = await fetch(`${app.url}/api/v1/auth/unlock`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }),
    });
    expect(answer.status).toBe(200);
    expect((await login(app, email)).status).toBe(200);
  });

  it('puts nothing into its page but the token', async () => {
    const page = await anybody.get(`auth/unlock?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(page.text).not.toContain('<script');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });

  it('works once, also when used twice at the same time', async () => {
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    const answers = await Promise.all([1, 2, 3, 4].map(() => anybody.post('auth/unlock', { token })));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(3).fill('422 INVALID_TOKEN')]);
    await fail(5);
    expect(codeOf(await anybody.post('auth/unlock', { token }))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await login(app, email))).toBe('401 INVALID_CREDENTIALS');
  });

  it('works for 24 hours', async () => {
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    app.clock.advance(24 * 3_600);
    expect(codeOf(await anybody.post('auth/unlock', { token }))).toBe('422 INVALID_TOKEN');
    app.clock.advance(-1);
    expect(codeOf(await anybody.post('auth/unlock', { token }))).toBe('200 OK');
  });

  it('is not to be had by a token for something else, nor good for anything else', async () => {
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const reset = await tokenMailed(app, email, 'Set a new password');
    expect(codeOf(await anybody.post('auth/unlock', { token: reset }))).toBe('422 INVALID_TOKEN');
    const unlock = await tokenMailed(app, email, UNLOCK_MAIL);
    const password = 'another unusual pass phrase';
    expect(codeOf(await anybody.post('auth/password/reset', { token: unlock, password }))).toBe(
      '422 INVALID_TOKEN',
    );
    expect(codeOf(await anybody.post('auth/verify-email', { token: unlock }))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await anybody.post('auth/unlock', { token: 'x'.repeat(43) }))).toBe('422 INVALID_TOKEN');
  });

  it('unlocks its own user only', async () => {
    const other = `other-${email}`;
    await signUp(app, other);
    for (let i = 0; i < 5; i += 1) await login(app, other, WRONG);
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    body(await anybody.post('auth/unlock', { token }), 200);
    expect(codeOf(await login(app, other))).toBe('401 INVALID_CREDENTIALS');
    expect((await login(app, email)).status).toBe(200);
  });

  it('is stored as a hash', async () => {
    const token = await tokenMailed(app, email, UNLOCK_MAIL);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const rows = await app.db.query('SELECT 1 FROM one_time_tokens WHERE token_hash = $1', [token]);
    expect(rows).toEqual([]);
  });
});

/** Statements that the program sends to the database meanwhile. */
async function statementsOf(
  action: () => Promise<Response>,
): Promise<{ answer: Response; statements: string[] }> {
  const runner = app.db.createQueryRunner();
  const statements: string[] = [];
  const prototype = Object.getPrototypeOf(runner) as { query(sql: string): Promise<unknown> };
  const original = prototype.query;
  const spy = vi.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...parameters) {
    statements.push(parameters[0].replaceAll(/\s+/g, ' '));
    return original.apply(this, parameters);
  });
  await runner.release();
  try {
    return { answer: await action(), statements };
  } finally {
    spy.mockRestore();
  }
}

describe('A32 unknown, wrong, locked and blocked look the same', () => {
  let quiet: TestApp;

  beforeAll(async () => {
    await app.close();
    // Without background jobs, so that only the request talks to the database.
    app = quiet = await createTestApp({ background: false });
    anybody = new Caller(app);
  });

  it('in their answers and in the work that is done for them', async () => {
    const make = async (name: string) => {
      const address = `${name}-${email}`;
      await activePartner(quiet, address);
      return address;
    };
    const wrong = await make('wrong');
    const locked = await make('locked');
    const blocked = await make('blocked');
    for (let i = 0; i < 5; i += 1) await login(quiet, locked, WRONG);
    await quiet.db.query('UPDATE users SET blocked_at = now() WHERE email = $1', [blocked]);

    const seen = new Map<string, { answer: object; statements: string[]; passwordHashes: number }>();
    const hashing = passwordHashing();
    for (const [name, address, password] of [
      ['unknown', `nobody-${email}`, undefined],
      ['wrong', wrong, WRONG.password],
      ['locked', locked, undefined],
      ['locked, wrong password', locked, WRONG.password],
      ['blocked', blocked, undefined],
      ['blocked, wrong password', blocked, WRONG.password],
    ] as const) {
      hashing.mockClear();
      const { answer, statements } = await statementsOf(() => login(quiet, address, { password }));
      const { requestId: _id, ...problem } = answer.body as { requestId: string };
      const headers = Object.keys(answer.headers).sort();
      seen.set(name, {
        answer: { status: answer.status, problem, headers },
        statements,
        passwordHashes: hashing.mock.calls.length,
      });
    }
    const reference = seen.get('wrong')!;
    expect(reference.answer).toMatchObject({ status: 401, problem: { code: 'INVALID_CREDENTIALS' } });
    expect(reference.passwordHashes).toBe(1);
    expect(reference.statements.length).toBeGreaterThan(3);
    for (const [name, facts] of seen) expect(facts, name).toEqual(reference);
  });

  it('when a new password is asked for', async () => {
    const answers = await Promise.all(
      [email, `nobody-${email}`].map((address) => anybody.post('auth/password/forgot', { email: address })),
    );
    expect(answers.map(({ status, body: answer }) => [status, answer])).toEqual([
      [200, { done: true }],
      [200, { done: true }],
    ]);
    expect(await quiet.mailbox(`nobody-${email}`)).toEqual([]);
  });

  it('finds the user whatever the case of the address', async () => {
    expect((await login(quiet, email.toUpperCase())).status).toBe(200);
    for (let i = 0; i < 5; i += 1) await login(quiet, i % 2 ? email : email.toUpperCase(), WRONG);
    expect(await unlockMails()).toBe(1);
  });
});
