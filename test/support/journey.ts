import { createHmac, randomUUID } from 'node:crypto';
import { generate } from 'otplib';
import request, { type Response } from 'supertest';
import { expect } from 'vitest';
import type { TestApp } from './app.js';

/** A file to upload, with the form's other fields. */
export interface UploadedFile {
  content: Buffer;
  fileName: string;
  fields?: Record<string, string>;
}

/** Calls of the API with one access token; POSTs carry fresh idempotency keys. */
export interface Calls {
  get(path: string): Promise<Response>;
  post(path: string, body?: object): Promise<Response>;
  patch(path: string, body: object): Promise<Response>;
  put(path: string, body: object): Promise<Response>;
  delete(path: string): Promise<Response>;
  /** Gets a file; the body is a Buffer. */
  download(path: string): Promise<Response>;
  /** Posts a form with a file; with a fresh idempotency key unless one is given. */
  upload(path: string, file: UploadedFile, key?: string): Promise<Response>;
  /** Like `post`, with an idempotency key of one's own choice. */
  postWithKey(path: string, body: object, key: string): Promise<Response>;
}

/** A signed-in person who talks to the API over HTTP. */
export interface Person extends Calls {
  email: string;
  /** Sets two-factor authentication up; the code entered counts as a step-up. */
  enableTwoFactor(): Promise<void>;
  /** Turns two-factor authentication off, with the usual password and a fresh code. */
  disableTwoFactor(): Promise<void>;
  /** Enters a fresh two-factor code. */
  stepUp(): Promise<void>;
  /** Signs in anew, with a fresh code where one is needed: access tokens last five minutes. */
  signInAgain(): Promise<Person>;
}

export const PASSWORD = 'a long and unusual pass phrase';

/** A response's body, after its status was checked; shows the problem when it is another one. */
export function body<T = Record<string, never>>(response: Response, status: number): T {
  expect(response.status, JSON.stringify(response.body)).toBe(status);
  return response.body as T;
}

function bytesOf(response: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}

/** Calls of the API with the access token. */
export function callsWith({ url }: Pick<TestApp, 'url'>, accessToken: string): Calls {
  const send = (method: 'get' | 'post' | 'patch' | 'put' | 'delete', path: string): request.Test =>
    request(url)[method](`/api/v1/${path}`).set('Authorization', `Bearer ${accessToken}`);
  const postWithKey: Calls['postWithKey'] = async (path, payload, key) =>
    send('post', path).set('Idempotency-Key', key).send(payload);
  return {
    get: async (path) => send('get', path),
    download: async (path) => send('get', path).buffer(true).parse(bytesOf),
    patch: async (path, payload) => send('patch', path).send(payload),
    put: async (path, payload) => send('put', path).send(payload),
    delete: async (path) => send('delete', path),
    upload: async (path, { content, fileName, fields = {} }, key = randomUUID()) =>
      send('post', path).set('Idempotency-Key', key).field(fields).attach('file', content, fileName),
    post: (path, payload = {}) => postWithKey(path, payload, randomUUID()),
    postWithKey,
  };
}

/** Puts the operator in the place of the partner's owner. */
export async function impersonate(
  app: TestApp,
  operator: Calls,
  partnerId: string,
  reason = 'Asked for help.',
): Promise<Calls & { accessToken: string }> {
  const started = await operator.post(`operator/partners/${partnerId}/impersonate`, { reason });
  const { accessToken } = body<{ accessToken: string }>(started, 200);
  return { ...callsWith(app, accessToken), accessToken };
}

/** Signs in and gives a person whose POSTs carry fresh idempotency keys. */
export async function signIn(
  app: Pick<TestApp, 'url' | 'clock'>,
  email: string,
  password = PASSWORD,
  secret = '',
): Promise<Person> {
  /** Each code is accepted once: a new one needs the next 30 seconds. */
  const freshCode = (): Promise<string> => {
    app.clock.advance(30);
    return generate({ secret, epoch: app.clock.now().getTime() / 1_000 });
  };
  const otp = secret ? await freshCode() : undefined;
  const login = await request(app.url).post('/api/v1/auth/login').send({ email, password, otp });
  const calls = callsWith(app, body<{ accessToken: string }>(login, 200).accessToken);
  return {
    ...calls,
    email,
    async enableTwoFactor() {
      const setup = body<{ secret: string }>(await calls.post('auth/2fa/setup'), 200);
      secret = setup.secret;
      body(await calls.post('auth/2fa/confirm', { code: await freshCode() }), 200);
    },
    async disableTwoFactor() {
      body(await calls.post('auth/2fa/disable', { password, code: await freshCode() }), 200);
      secret = '';
    },
    signInAgain: () => signIn(app, email, password, secret),
    async stepUp() {
      body(await calls.post('auth/step-up', { code: await freshCode() }), 200);
    },
  };
}

/**
 * Signs a partner up, confirms its e-mail from the mailbox and has the operator approve it.
 * @param form what differs from the usual sign-up
 */
export async function joinAsPartner(
  app: TestApp,
  operator: Person,
  email: string,
  form: object = {},
): Promise<Person> {
  const name = email.split('@')[0]!;
  body(
    await request(app.url)
      .post('/api/v1/auth/register')
      .send({
        email,
        password: PASSWORD,
        name,
        kind: 'affiliate',
        country: 'DE',
        website: 'https://reviews.example',
        ...form,
      }),
    201,
  );
  const [mail] = await app.mailbox(email);
  const token = /token=([\w-]+)/.exec(mail!.text)![1];
  body(await request(app.url).post('/api/v1/auth/verify-email').send({ token }), 200);
  const waiting = body<{ items: { id: string; email: string }[] }>(
    await operator.get('operator/partnership-requests'),
    200,
  );
  const own = waiting.items.find((item) => item.email === email)!;
  body(await operator.post(`operator/partnership-requests/${own.id}/approve`), 200);
  return signIn(app, email);
}

/** A brand's server: posts signed batches. */
export class BrandServer {
  constructor(
    private readonly app: TestApp,
    private readonly authKey: string,
    private readonly secret: string,
  ) {}

  async sync<
    T = {
      accepted: number;
      duplicate: number;
      corrected: number;
      rejected: number;
      items: { code: string }[];
    },
  >(what: 'players' | 'activity' | 'orders', payload: object): Promise<T> {
    const text = JSON.stringify(payload);
    const response = await request(this.app.url)
      .post(`/api/sync/v1/${what}`)
      .set('Content-Type', 'application/json')
      .set('X-Authorization-Key', this.authKey)
      .set('X-Authorization-Sign', createHmac('sha512', this.secret).update(text).digest('hex'))
      .send(text);
    return body<T>(response, 200);
  }
}

/** Clicks a tracking link and gives the visit's id, which the landing's query carries as `tag`. */
export async function click(trackingUrl: string, app: TestApp): Promise<string> {
  const { pathname, search } = new URL(trackingUrl);
  const response = await request(app.url)
    .get(pathname + search)
    .redirects(0);
  expect(response.status).toBe(302);
  return new URL(response.headers['location'] as string).searchParams.get('tag')!;
}

/** Runs what is due through that day and waits for the run to finish. */
export async function runBills(operator: Person, through: string): Promise<{ billsMade: number }> {
  const started = body<{ id: string }>(await operator.post('operator/bill-runs', { through }), 201);
  for (;;) {
    const run = body<{ state: string; billsMade: number }>(
      await operator.get(`operator/bill-runs/${started.id}`),
      200,
    );
    if (run.state === 'finished') return run;
    expect(run.state).not.toBe('failed');
  }
}
