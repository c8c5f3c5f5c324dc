import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackgroundWork } from '../../../src/app.setup.js';
import { Jobs, Outbox, type OutboxEvent, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { Arrivals } from '../../support/arrivals.js';
import { createProbeApp, type ProbeApp } from './probe-app.js';

interface Told {
  consumer: string;
  event: OutboxEvent<{ value: string }>;
}

let probe: ProbeApp;
let outbox: Outbox;
let unitOfWork: UnitOfWork;
const told = new Arrivals<Told>();
let failuresLeft = 2;

const record = (tx: Tx, value: string) => tx.query('INSERT INTO effects (value) VALUES ($1)', [value]);
const valuesLike = async (pattern: string) =>
  (
    await probe.db.query<{ value: string }[]>('SELECT value FROM effects WHERE value LIKE $1 ORDER BY id', [
      pattern,
    ])
  ).map(({ value }) => value);

beforeAll(async () => {
  probe = await createProbeApp({}, { background: false });
  outbox = probe.app.get(Outbox);
  unitOfWork = probe.app.get(UnitOfWork);
  outbox.consume<{ value: string }>('probe.steady', 'probe.happened', async (tx, event) => {
    await record(tx, `steady ${event.payload.value}`);
    told.add({ consumer: 'steady', event });
  });
  outbox.consume<{ value: string }>('probe.shaky', 'probe.happened', async (tx, event) => {
    await record(tx, `shaky ${event.payload.value}`);
    if (event.payload.value === 'hard' && failuresLeft-- > 0) throw new Error('Not yet.');
    told.add({ consumer: 'shaky', event });
  });
  outbox.consume('probe.hopeless', 'probe.hopeless', () => Promise.reject(new Error('Never.')));
  await startBackgroundWork(probe.app);
});
afterAll(() => probe.close());

const publish = (value: string, type = 'probe.happened') =>
  unitOfWork.run((tx) => outbox.publish(tx, type, { value }));
const arrival = (consumer: string, value: string) =>
  told.waitFor((item) => item.consumer === consumer && item.event.payload.value === value, 20_000);

it('tells of a hundred events of one transaction without waiting between them', async () => {
  const values = Array.from({ length: 100 }, (_, number) => `burst ${number}`);
  await unitOfWork.run(async (tx) => {
    for (const value of values) await outbox.publish(tx, 'probe.happened', { value });
  });
  // Two at a time with a pause of a poll's five seconds would take minutes.
  for (const value of values) await arrival('steady', value);
});

it('tells every consumer of an event that was committed', async () => {
  const id = await publish('one');
  const [steady, shaky] = await Promise.all([arrival('steady', 'one'), arrival('shaky', 'one')]);
  expect(steady.event).toMatchObject({ id, type: 'probe.happened', payload: { value: 'one' } });
  expect(shaky.event).toEqual(steady.event);
  expect(Date.parse(steady.event.occurredAt)).not.toBeNaN();
});

it('tells nothing of a transaction that was rolled back', async () => {
  const refused = unitOfWork.run(async (tx) => {
    await outbox.publish(tx, 'probe.happened', { value: 'never' });
    throw new Error('No.');
  });
  await expect(refused).rejects.toThrow('No.');
  // What is published later arrives; what was rolled back did not come before it.
  await publish('after');
  await Promise.all([arrival('steady', 'after'), arrival('shaky', 'after')]);
  expect(await valuesLike('% never')).toEqual([]);
  expect(told.items.filter(({ event }) => event.payload.value === 'never')).toEqual([]);
});

it('has one effect when an event is delivered twice, even at once', async () => {
  await publish('twice');
  const { event } = await arrival('steady', 'twice');
  const jobs = probe.app.get(Jobs);
  await Promise.all(
    Array.from({ length: 5 }, () => unitOfWork.run((tx) => jobs.send(tx, 'event.probe.steady', event))),
  );
  await publish('last');
  await arrival('steady', 'last');
  await expect.poll(() => openJobs('event.probe.steady'), { timeout: 20_000 }).toBe(0);
  expect(await valuesLike('steady twice')).toEqual(['steady twice']);
});

it('tries a failing consumer again, with nothing left of the failed tries, while others go on', async () => {
  await publish('hard');
  await publish('easy');
  await Promise.all([arrival('steady', 'hard'), arrival('steady', 'easy'), arrival('shaky', 'easy')]);
  await arrival('shaky', 'hard');
  await expect.poll(() => valuesLike('shaky hard'), { timeout: 5_000 }).toEqual(['shaky hard']);
  expect(failuresLeft).toBeLessThan(0);
});

it('keeps a hopeless event for later tries without holding up others', async () => {
  await publish('x', 'probe.hopeless');
  await publish('unaffected');
  await arrival('steady', 'unaffected');
  await expect
    .poll(async () => (await jobsOf('event.probe.hopeless'))[0], { timeout: 20_000 })
    .toMatchObject({ state: 'retry', retry_limit: 10 });
});

async function jobsOf(name: string): Promise<{ state: string; retry_limit: number }[]> {
  return probe.db.query('SELECT state, retry_limit FROM pgboss.job WHERE name = $1', [name]);
}

async function openJobs(name: string): Promise<number> {
  return (await jobsOf(name)).filter(({ state }) => state !== 'completed').length;
}
