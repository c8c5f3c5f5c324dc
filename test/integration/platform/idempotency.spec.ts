import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProbeApp, type ProbeApp } from './probe-app.js';

let probe: ProbeApp;
beforeAll(async () => {
  probe = await createProbeApp();
});
afterAll(() => probe.close());
beforeEach(() => probe.db.query('TRUNCATE effects, idempotency_keys'));

const post = (key: string | null, body: object, route = 'effects') => {
  const request = probe.http.post(`/api/v1/probe/${route}`).send(body);
  return key === null ? request : request.set('Idempotency-Key', key);
};

describe('B06 an Idempotency-Key', () => {
  it('replays the stored answer, byte for byte, and says so', async () => {
    const first = await post('k1', { value: 'a' });
    const second = await post('k1', { value: 'a' });
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(second.text).toBe(first.text);
    expect(await probe.effects()).toBe(1);
  });

  it('gives 50 parallel requests one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('k1', { value: 'a' })));
    expect(await probe.effects()).toBe(1);
    const made = answers.filter(({ status }) => status === 201);
    const busy = answers.filter(({ status }) => status === 409);
    expect(made.length + busy.length).toBe(50);
    expect(made.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const { body } of busy) expect(body).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
  });

  it('is kept so that nobody who reads the table can try what the body was', async () => {
    await post('k1', { value: 'a' });
    const [kept] = await probe.db.query<{ key: string; fingerprint: string }[]>(
      'SELECT key, fingerprint FROM idempotency_keys',
    );
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(kept!.key).toBe(hashOf('k1'));
    expect(kept!.fingerprint).not.toBe(hashOf(JSON.stringify({ value: 'a' })));
  });

  it('with another body is refused, and keeps the first answer', async () => {
    const first = await post('k1', { value: 'a' });
    const other = await post('k1', { value: 'b' });
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await post('k1', { value: 'a' })).text).toBe(first.text);
    expect(await probe.effects()).toBe(1);
  });

  it('of work that failed stores nothing: the same key may try again', async () => {
    const refused = await post('k1', { value: 'a', fail: true });
    expect([refused.status, await probe.effects()]).toEqual([422, 0]);
    expect(await probe.db.query('SELECT 1 FROM idempotency_keys')).toEqual([]);
    expect((await post('k1', { value: 'a' })).status).toBe(201);
    expect(await probe.effects()).toBe(1);
  });

  it('is another one on another route', async () => {
    await post('k1', { value: 'a' });
    const money = await post('k1', { value: 'a' }, 'money');
    expect([money.status, money.headers['idempotent-replayed']]).toEqual([200, undefined]);
    expect(await probe.effects()).toBe(2);
  });

  it('may be left out, except where money moves', async () => {
    expect((await post(null, {})).status).toBe(201);
    expect((await post(null, {})).status).toBe(201);
    const money = await post(null, {}, 'money');
    expect(money.status).toBe(400);
    expect(money.body).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REQUIRED',
      errors: [{ path: 'Idempotency-Key' }],
    });
    expect(await probe.effects()).toBe(2);
  });

  it('has at most 255 characters', async () => {
    expect((await post('x'.repeat(256), {})).body).toMatchObject({ code: 'INVALID_IDEMPOTENCY_KEY' });
    expect((await post('x'.repeat(255), {})).status).toBe(201);
  });

  it('is forgotten after 24 hours', async () => {
    await post('k1', { value: 'a' });
    await probe.db.query(`UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'`);
    const later = await post('k1', { value: 'b' });
    expect([later.status, later.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect((await post('k1', { value: 'b' })).headers['idempotent-replayed']).toBe('true');
  });
});
