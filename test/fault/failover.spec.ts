import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProbeApp, type ProbeApp } from '../integration/platform/probe-app.js';
import { type ReplicatedServer, startReplicatedServer } from '../support/replicated-server.js';

let server: ReplicatedServer;
let probe: ProbeApp;

beforeAll(async () => {
  server = await startReplicatedServer();
  probe = await createProbeApp({}, { databaseUrl: server.url, background: false });
});
afterAll(async () => {
  await probe.close();
  await server.stop();
});

const ready = async () => (await probe.http.get('/health/ready')).status;

it('goes on when the primary is lost and its standby takes over, and loses nothing that it acknowledged', async () => {
  let acknowledged = 0;
  let refused = 0;
  let loading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const { status, headers } = await probe.http.post('/api/v1/probe/effects').send({ value: 'x' });
      if (status === 201) acknowledged += 1;
      else {
        expect([status, headers['retry-after']]).toEqual([503, '5']);
        refused += 1;
      }
    }
  });
  await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(50);
  server.losePrimary();
  // A standby answers every question, but takes nothing in.
  await expect.poll(ready, { timeout: 10_000 }).toBe(503);
  const beforehand = { acknowledged, refused };
  await expect.poll(() => refused).toBeGreaterThan(beforehand.refused + 50);
  expect(acknowledged).toBe(beforehand.acknowledged);

  await server.promote();
  await expect.poll(ready, { timeout: 10_000, interval: 50 }).toBe(200);
  await expect.poll(() => acknowledged).toBeGreaterThan(beforehand.acknowledged + 50);
  loading = false;
  await Promise.all(load);
  // What was committed but cut off before its answer may be there too.
  expect(await probe.effects()).toBeGreaterThanOrEqual(acknowledged);
  expect(await probe.effects()).toBeLessThanOrEqual(acknowledged + refused);
});
