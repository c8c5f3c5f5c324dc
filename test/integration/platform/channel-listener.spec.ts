import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChannelListener } from '../../../src/platform/index.js';
import { Arrivals } from '../../support/arrivals.js';
import { createTestDatabase, execute, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { type MovableAddress, openMovableAddress } from '../../support/movable-address.js';

let database: TestDatabase;
let address: MovableAddress;
let listener: ChannelListener;
let heard: Arrivals<string>;
let began: Arrivals<true>;

beforeEach(async () => {
  database = await createTestDatabase('empty');
  address = await openMovableAddress(portOf(database.url));
  heard = new Arrivals();
  began = new Arrivals();
  listener = listenerThatWaits(20_000);
});
afterEach(async () => {
  await listener.close();
  await address.close();
  await database.drop();
});

const portOf = (url: string): number => Number(new URL(url).port);

function listenerThatWaits(answerWithinMs: number, channel = 'news'): ChannelListener {
  const url = new URL(database.url);
  url.port = String(address.port);
  const listening = {
    databaseUrl: url.href,
    channel,
    applicationName: 'probe-listener',
    heard: (payload: string) => heard.add(payload),
    began: () => began.add(true),
  };
  return new ChannelListener(listening, { checkEveryMs: 50, answerWithinMs });
}

async function hears(news: string): Promise<void> {
  await execute(database.url, `NOTIFY news, '${news}'`);
  await heard.waitFor((payload) => payload === news);
}

it('hears what is told once it is open, also of nothing in particular', async () => {
  await listener.open();
  await hears('first');
  await execute(database.url, 'NOTIFY news');
  await heard.waitFor((payload) => payload === '');
});

it('finds out that a connection died without a word, and tells that it begins anew', async () => {
  listener = listenerThatWaits(2_000);
  await listener.open();
  await began.waitForCount(1);
  address.mute();
  await began.waitForCount(2);
  await hears('after the silence');
});

it('is open, and goes on trying, when there is no database yet', async () => {
  address.leadTo(await freePort());
  await listener.open();
  expect(began.items).toEqual([]);
  address.leadTo(portOf(database.url));
  await began.waitForCount(1);
  await hears('at last');
});

it('has no connection any more once it is closed', async () => {
  await listener.open();
  await listener.close();
  await execute(database.url, `NOTIFY news, 'too late'`);
  await expect.poll(() => address.connections).toBe(0);
  expect(heard.items).toEqual([]);
});

it('need not be open to be closed, and is not opened then', async () => {
  await listener.close();
  await listener.open();
  expect(began.items).toEqual([]);
});

it('begins anew when its session does not listen any more', async () => {
  // The server cuts such a name off, so that the session never listens to it.
  listener = listenerThatWaits(20_000, 'n'.repeat(64));
  await listener.open();
  await began.waitForCount(2);
});
