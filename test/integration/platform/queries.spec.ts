import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeApp, type ProbeApp } from './probe-app.js';

let probe: ProbeApp;
beforeAll(async () => {
  probe = await createProbeApp();
});
afterAll(() => probe.close());

describe('the bare address', () => {
  it('leads to the documentation page', async () => {
    const answer = await probe.http.get('/').redirects(0);
    expect([answer.status, answer.headers['location']]).toEqual([302, '/api/docs']);
    expect((await probe.http.get('/').redirects(2)).type).toBe('text/html');
    expect((await probe.http.get('/api/v1').redirects(0)).status).toBe(404);
  });
});

describe('a query', () => {
  it.each(['slow/0', 'page'])('is refused on %s by the names that the route does not know', async (route) => {
    const { status, body } = await probe.http.get(`/api/v1/probe/${route}?sort=-name&colour=red`);
    expect([status, (body as { code: string }).code]).toEqual([400, 'VALIDATION_FAILED']);
    expect((body as { errors: object[] }).errors).toEqual([
      { path: 'sort', message: 'property sort should not exist' },
      { path: 'colour', message: 'property colour should not exist' },
    ]);
  });

  it('is refused on commands, too, before they have an effect', async () => {
    expect((await probe.http.post('/api/v1/probe/effects?dryRun=true').send({})).status).toBe(400);
    expect(await probe.effects()).toBe(0);
  });

  it.each(['1e2', '0x10', '1.0', '+5', ' 5', '', '-1', 'ten'])(
    'is refused with %j where a number is wanted',
    async (limit) => {
      const { status, body } = await probe.http.get('/api/v1/probe/page').query({ limit });
      expect(status).toBe(400);
      expect((body as { errors: object[] }).errors).toEqual([
        { path: 'limit', message: 'limit must be an integer number' },
      ]);
    },
  );

  it('is taken where a DTO knows it, where the route reads it by itself, and outside the base path', async () => {
    expect((await probe.http.get('/api/v1/probe/page?limit=7')).body).toEqual({ limit: 7 });
    expect((await probe.http.get('/api/v1/probe/any?sort=-name')).status).toBe(200);
    expect((await probe.http.get('/health/live?probe=1')).status).toBe(200);
    expect((await probe.http.get('/api/v1/probe/slow/0')).status).toBe(200);
  });
});
