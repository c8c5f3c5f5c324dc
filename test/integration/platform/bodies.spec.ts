import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ProgramLogger } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';

/** What the server answers to these bytes until it closes the connection. */
async function rawAnswer(port: string, text: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // What is still being sent when the server has closed is of no interest.
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('bodies that no rule foresees', () => {
  let app: TestApp;
  let operator: Person;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });

  afterAll(() => app.close());

  it.each([
    ['nested 5,000 levels deep', `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['with half of a surrogate pair', '{"email":"\\ud800@b.example","password":"a long pass phrase"}'],
  ])('%s are refused with 400', async (_what, text) => {
    for (const route of ['login', 'password/forgot', 'register']) {
      const response = await request(app.url)
        .post(`/api/v1/auth/${route}`)
        .set('Content-Type', 'application/json')
        .set('Idempotency-Key', 'k')
        .send(text);
      expect(body<{ code: string }>(response, 400).code).toBe('MALFORMED_BODY');
      expect(response.headers['content-type']).toContain('application/problem+json');
    }
  });

  it.each([
    ['constructor', 'application/json', '{"email":"a@example.com","password":"x","constructor":"x"}'],
    [
      'constructor',
      'application/json',
      '{"email":"a@example.com","password":"x","constructor":{"prototype":{}}}',
    ],
    [
      '__proto__',
      'application/json',
      '{"email":"a@example.com","password":"x","__proto__":{"role":"admin"}}',
    ],
    ['__proto__', 'application/x-www-form-urlencoded', 'email=a%40example.com&password=x&__proto__=x'],
    ['constructor', 'application/x-www-form-urlencoded', 'email=a%40example.com&password=x&constructor=x'],
  ])('a field named %s (%s) is refused by name, not dropped', async (name, type, text) => {
    const response = await request(app.url).post('/api/v1/auth/login').set('Content-Type', type).send(text);
    expect(body(response, 400)).toMatchObject({
      code: 'MALFORMED_BODY',
      errors: [{ path: name, message: 'is reserved and no name of a field' }],
    });
  });

  it.each([
    ['garbage', 'HELLO\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'a request with two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'an address that has no end',
      `GET /${'x'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'a part of a path that is too long',
      `GET /api/v1/partner/campaigns/${'x'.repeat(201)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      414,
      'URI_TOO_LONG',
    ],
  ])('%s gets a problem as its answer', async (_what, text, status, code) => {
    const answer = await rawAnswer(new URL(app.url).port, text);
    const [head, payload] = answer.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(payload)).toMatchObject({
      status,
      code,
      errors: [],
      requestId: expect.any(String) as string,
      detail: expect.not.stringContaining('xxx') as string,
    });
  });

  it('a client that hangs up while it sends is not taken for a database that does', async () => {
    const logger = app.app.get(ProgramLogger);
    const complaints = [vi.spyOn(logger, 'warn'), vi.spyOn(logger, 'error')];
    const server = app.app.getHttpServer();
    const client = connect(Number(new URL(app.url).port), '127.0.0.1');
    const head = ['POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
    client.write([...head, 'Content-Length: 1000', '', '{"email":'].join('\r\n'));
    const [{ socket }] = (await once(server, 'request')) as [IncomingMessage];
    client.destroy();
    await once(socket, 'close');
    await setImmediate();
    for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
  });

  it('a POST with the JSON type and no body is one without a body', async () => {
    const response = await request(app.url)
      .post('/api/v1/auth/logout')
      .set('Content-Type', 'application/json');
    expect(body<{ code: string }>(response, 400).code).toBe('VALIDATION_FAILED');
  });

  it('A13 a bill run through a day that cannot be is refused by name', async () => {
    const refused = await operator.post('operator/bill-runs', { through: '0001-01-01' });
    expect(body<{ errors: { path: string }[] }>(refused, 422).errors).toMatchObject([{ path: 'through' }]);
  });

  it('B06 the same idempotency key on another spelling of the path is the same key', async () => {
    const form = { name: 'Gold', price: { amount: '10.00', currency: 'EUR' } };
    const first = body<{ id: string }>(await operator.postWithKey('operator/packages', form, 'same'), 201);
    const again = await operator.postWithKey('operator/p%61ckages', form, 'same');
    expect(body<{ id: string }>(again, 201).id).toBe(first.id);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });
});
