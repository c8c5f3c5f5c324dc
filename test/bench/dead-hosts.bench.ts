import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/index.js';
import { FirePostbacks } from '../../src/postbacks/fire-postbacks.service.js';
import { DeliveryEngine } from '../../src/postbacks/index.js';
import type { PlayerAction } from '../../src/tracking/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type SinkServer, startSinkServer } from '../support/sink-server.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, print, startBenchServer, takeTurns } from './measure.js';

const ALIVE = 8;
const PER_HOST = 125;
const ROUNDS = 6;
const LONG_MS = 60_000;

let server: BenchServer;
let app: TestApp;
let scene: TrackingScene;
let alive: SinkServer[];
/** Two for each round, of which one never answers and nobody listens at the other. */
let hanging: SinkServer[];
let down: SinkServer[];

beforeAll(async () => {
  server = await startBenchServer();
  const start = (count: number) => Promise.all(Array.from({ length: count }, () => startSinkServer()));
  [alive, hanging, down] = await Promise.all([start(ALIVE), start(ROUNDS), start(ROUNDS)]);
  for (const sink of hanging) sink.answer('hang');
  await Promise.all(down.map((sink) => sink.stop()));
  const databaseUrl = await server.makeDatabase('dead_hosts');
  scene = await makeTrackingScene(databaseUrl);
  const allowed = [...alive, ...hanging, ...down].map(({ address }) => address);
  app = await createTestApp({ databaseUrl, env: { OUTBOUND_ALLOW: allowed.join(',') } });
  await addPostbacks('first_deposit', alive);
});
afterAll(async () => {
  await app.close();
  await Promise.all(alive.map((sink) => sink.stop()));
  await server.stop();
});

async function addPostbacks(action: PlayerAction['action'], sinks: readonly SinkServer[]): Promise<void> {
  await app.db.query(
    `INSERT INTO postbacks (id, partner_id, scope, action, url, method, headers, state, created_at, updated_at)
     SELECT uuidv7(), $1, 'account', $2, url || '/?id=\${event_id}', 'GET', '{}', 'active', now(), now()
       FROM unnest($3::text[]) AS sink (url)`,
    [scene.partnerId, action, sinks.map(({ url }) => url)],
  );
}

/** Tells of so many of each action, in one transaction. */
async function tell(actions: readonly PlayerAction['action'][], count: number): Promise<void> {
  const told = Array.from({ length: count }, () => actions.map(actionOf)).flat();
  const { brandId } = scene;
  const fire = app.app.get(FirePostbacks);
  await app.app.get(UnitOfWork).run((tx) => fire.fire(tx, { brandId, actions: told }));
}

function actionOf(action: PlayerAction['action']): PlayerAction {
  return {
    eventId: randomUUID(),
    action,
    partnerId: scene.partnerId,
    campaignId: scene.campaignId,
    promoId: scene.promos[0]!.id,
    playerId: randomUUID(),
    playerExternalId: 'p-1',
    visitId: randomUUID(),
    occurredAt: app.clock.now().toISOString(),
    amountMinor: '12550',
    currency: 'EUR',
    country: 'DE',
    query: {},
  };
}

/** Milliseconds from the commit within which 95 % of what goes to the living hosts has arrived there. */
async function delay(actions: readonly PlayerAction['action'][]): Promise<number> {
  const before = alive[0]!.requests.length;
  await tell(actions, PER_HOST);
  const committedAt = Date.now();
  const received = await Promise.all(
    alive.map((sink) => sink.waitForCount(before + PER_HOST, LONG_MS).then((all) => all.slice(before))),
  );
  const delays = received.flat().map(({ receivedAt }) => receivedAt.getTime() - committedAt);
  expect(delays).toHaveLength(ALIVE * PER_HOST);
  return delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.95) - 1]!;
}

/** Beside two dead hosts, for which as many deliveries wait as each of the others gets, and for which more come. */
async function besideDead(): Promise<number> {
  const silent = hanging.pop()!;
  await addPostbacks('deposit', [silent, down.pop()!]);
  await tell(['deposit'], PER_HOST);
  await silent.waitForCount(4, LONG_MS);
  const figure = await delay(['first_deposit', 'deposit']);
  expect(silent.requests).toHaveLength(4);
  await silent.stop();
  await settle();
  return figure;
}

async function alone(): Promise<number> {
  const figure = await delay(['first_deposit']);
  await settle();
  return figure;
}

/** Ends what the round has left. */
async function settle(): Promise<void> {
  await app.app.get(DeliveryEngine).drain();
  await app.db.query(`DELETE FROM postbacks WHERE action = 'deposit'`);
}

describe('postbacks beside dead hosts', () => {
  it('arrive at the others as soon as without these', async () => {
    const delays = await takeTurns(besideDead, alone, ROUNDS - 1);
    print(`postbacks, 95 % of ${ALIVE * PER_HOST} beside dead hosts`, 'ms', delays, 'ours < 1,000 ms');
  });
});
