import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';

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
