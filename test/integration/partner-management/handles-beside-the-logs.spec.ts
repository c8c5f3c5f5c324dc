import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HandlesBesideTheLogs1763000000223 } from '../../../migrations/0223-handles-beside-the-logs.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { channelPartner, type ChannelPartner } from './channel-scene.js';

let app: TestApp;
let operator: Person;
let ann: ChannelPartner;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await channelPartner(app, operator);
});
afterAll(() => app.close());

/** What the logs themselves say, for good. */
async function kept(): Promise<string> {
  const [row] = await app.db.query<[{ text: string }]>(
    `SELECT (SELECT string_agg(e::text, '') FROM event_log e) || (SELECT string_agg(a::text, '') FROM audit_log a) AS text`,
  );
  return row.text;
}

async function shown(): Promise<object[]> {
  const events = await ann.person.get('partner/events?limit=200');
  const audited = await operator.get('operator/audit-log?action=partner.mark');
  return [events, audited].flatMap((page) => body<{ items: object[] }>(page, 200).items);
}

it('B12 what channels are called and partners are marked with is shown with the logs, and stands beside them', async () => {
  const { partnerId, channel } = ann;
  const said = new RegExp(`${channel.handle}|INV-quizzical`);
  body(
    await operator.patch(`operator/partners/${partnerId}`, { invoiceId: 'INV-quizzical', groups: ['vip'] }),
    200,
  );
  const before = await shown();
  expect(JSON.stringify(before)).toContain(channel.handle);
  expect(JSON.stringify(before)).toContain('INV-quizzical');
  expect(await kept()).not.toMatch(said);

  // As it was written before.
  const runner = { query: app.asOwner } as unknown as QueryRunner;
  const migration = new HandlesBesideTheLogs1763000000223();
  await migration.down(runner);
  expect(await kept()).toContain(channel.handle);
  expect(await kept()).toContain('INV-quizzical');
  await migration.up(runner);
  expect(await kept()).not.toMatch(said);
  expect(await shown()).toEqual(before);
});
