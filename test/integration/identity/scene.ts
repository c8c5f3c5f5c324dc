import { generateSync } from 'otplib';
import request, { type Response } from 'supertest';
import { vi } from 'vitest';
import { Accounts, Passwords } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import type { TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';

/** Tokens of a session with someone who uses them. */
export interface SignedIn {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  as: Caller;
}

/** Talks to the API with an access token of its own, or with none. */
export class Caller {
  constructor(
    readonly app: TestApp,
    private readonly accessToken: string | null = null,
  ) {}

  get(path: string): Promise<Response> {
    return this.send('get', path);
  }

  post(path: string, payload: object = {}): Promise<Response> {
    return this.send('post', path, payload);
  }

  patch(path: string, payload: object): Promise<Response> {
    return this.send('patch', path, payload);
  }

  delete(path: string): Promise<Response> {
    return this.send('delete', path);
  }

  async send(
    method: 'get' | 'post' | 'patch' | 'delete' | 'put',
    path: string,
    payload?: object,
  ): Promise<Response> {
    const call = request(this.app.url)[method](path.startsWith('/') ? path : `/api/v1/${path}`);
    if (this.accessToken !== null) void call.set('Authorization', `Bearer ${this.accessToken}`);
    return payload ? call.send(payload) : call;
  }
}

/** Every hashing of a password from now on, whatever it is done for. */
export function passwordHashing() {
  return vi.spyOn(Passwords.prototype as unknown as { limited(work: () => unknown): unknown }, 'limited');
}

/** An authenticator app by the program's clock. */
export class Authenticator {
  constructor(
    private readonly app: TestApp,
    readonly secret: string,
  ) {}

  /** The present code, or the one of so many 30-second steps later. */
  code(steps = 0): string {
    const epoch = this.app.clock.now().getTime() / 1_000 + steps * 30;
    return generateSync({ secret: this.secret, epoch });
  }

  /** A code that was not used yet: waits for the next 30 seconds. */
  freshCode(): string {
    this.app.clock.advance(30);
    return this.code();
  }
}

export const SIGN_UP = { password: PASSWORD, name: 'Ann Reviews', kind: 'affiliate', country: 'DE' };

/** Signs up and confirms the address; an operator still has to decide. Gives the partner's id. */
export async function signUp(app: TestApp, email: string): Promise<string> {
  const anybody = new Caller(app);
  const { partnerId } = body<{ partnerId: string }>(
    await anybody.post('auth/register', { ...SIGN_UP, email }),
    201,
  );
  const token = await tokenMailed(app, email, 'Confirm your e-mail');
  body(await anybody.post('auth/verify-email', { token }), 200);
  return partnerId;
}

/** Signs up like {@link signUp}, and the program is told that an operator approved. */
export async function activePartner(app: TestApp, email: string): Promise<string> {
  const partnerId = await signUp(app, email);
  const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
  const { items } = body<{ items: { id: string; partnerId: string }[] }>(
    await operator.as.get('operator/partnership-requests?limit=200'),
    200,
  );
  const own = items.find((item) => item.partnerId === partnerId)!;
  body(await operator.as.post(`operator/partnership-requests/${own.id}/approve`), 200);
  return partnerId;
}

/** Adds a user of the partner, with the usual password. */
export async function addUser(
  { app }: TestApp,
  { email, name, role, partnerId }: { email: string; name: string; role: string; partnerId: string },
): Promise<string> {
  const passwordHash = await app.get(Passwords).hashNew(PASSWORD);
  const account = { email, name, role, partnerId, passwordHash, realm: 'partner' as const };
  return app
    .get(UnitOfWork)
    .run((tx) => app.get(Accounts).register(tx, { ...account, active: true, emailVerified: true }));
}

/** Somebody is invited and joins with {@link PASSWORD}. Gives the user's id. */
export async function joinTeam(
  app: TestApp,
  by: Pick<Caller, 'post'>,
  email: string,
  role: string,
  path = 'partner/users',
): Promise<string> {
  const { id } = body<{ id: string }>(await by.post(path, { email, name: 'Bob', role }), 201);
  const token = await tokenMailed(app, email, 'You are invited');
  body(await new Caller(app).post('auth/invitation', { token, password: PASSWORD }), 200);
  return id;
}

/** Tries to sign in. */
export async function login(
  app: TestApp,
  email: string,
  { password = PASSWORD, otp }: { password?: string; otp?: string } = {},
): Promise<Response> {
  return new Caller(app).post('auth/login', { email, password, otp });
}

/** Signs in and gives the session. */
export async function open(
  app: TestApp,
  email: string,
  credentials: { password?: string; otp?: string } = {},
): Promise<SignedIn> {
  const tokens = body<SignedIn>(await login(app, email, credentials), 200);
  return { ...tokens, as: new Caller(app, tokens.accessToken) };
}

/** Enables two-factor authentication in the session. */
export async function enableTwoFactor(
  app: TestApp,
  { as }: SignedIn,
): Promise<{ authenticator: Authenticator; recoveryCodes: string[] }> {
  const { secret } = body<{ secret: string }>(await as.post('auth/2fa/setup'), 200);
  const authenticator = new Authenticator(app, secret);
  const { recoveryCodes } = body<{ recoveryCodes: string[] }>(
    await as.post('auth/2fa/confirm', { code: authenticator.code() }),
    200,
  );
  return { authenticator, recoveryCodes };
}

/** The token in the last mail with that subject. */
export async function tokenMailed(app: TestApp, email: string, subject: string): Promise<string> {
  const mails = (await app.mailbox(email)).filter((mail) => mail.subject === subject);
  return /[?&]token=([\w-]+)/.exec(mails.at(-1)?.text ?? '')?.[1] ?? `no mail "${subject}" for ${email}`;
}

/**
 * Locks rows, lets one request after the other come to wait for them, and lets go: they go on in that order. Gives their
 * answers.
 * @param rows a statement that takes the lock
 */
export async function inLine(
  { db }: TestApp,
  rows: [statement: string, ...values: unknown[]],
  requests: readonly (() => Promise<Response>)[],
): Promise<Response[]> {
  const [statement, ...values] = rows;
  const answers: Promise<Response>[] = [];
  await db.transaction(async (tx) => {
    await tx.query(statement, values);
    for (const request of requests) {
      answers.push(request());
      await waitingForLock({ db }, answers.length);
    }
  });
  return Promise.all(answers);
}

/** As {@link inLine}, for the row of the user. */
export function inLineForUser(
  app: TestApp,
  email: string,
  requests: readonly (() => Promise<Response>)[],
): Promise<Response[]> {
  return inLine(app, ['SELECT FROM users WHERE email = $1 FOR UPDATE', email], requests);
}

/** Code of a refusal. */
export function codeOf({ status, body: problem }: Response): string {
  return `${status} ${(problem as { code?: string }).code ?? 'OK'}`;
}
