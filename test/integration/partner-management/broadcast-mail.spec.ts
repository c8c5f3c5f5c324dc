import request from 'supertest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isStillWanted } from '../../../src/partner-management/broadcasts/broadcast-delivery.js';
import { BroadcastSender } from '../../../src/partner-management/broadcasts/broadcast-sender.service.js';
import { BroadcastStarts } from '../../../src/partner-management/broadcasts/broadcast-starts.service.js';
import { Jobs } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp-server.js';
import { draft, runBroadcasts, shown, submit } from './broadcast-scene.js';
import { channelPartner, type ChannelPartner, follow, makeChannel, people } from './channel-scene.js';

let server: TestSmtpServer;
let database: TestDatabase;
/** Answers requests; people join by its mailbox. */
let web: TestApp;
/** Sends by the mail server. */
let worker: TestApp;
let ann: ChannelPartner;
let operator: Person;

beforeAll(async () => {
  server = await startSmtpServer();
  database = await createTestDatabase();
  web = await createTestApp({ databaseUrl: database.url, background: false });
  operator = await signIn(web, 'admin@example.com', 'correct horse battery');
  ann = await channelPartner(web, operator);
  const env = { SMTP_URL: server.url, ROLE: 'worker' };
  worker = await createTestApp({ databaseUrl: database.url, clock: web.clock, env });
});
afterAll(async () => {
  await worker.close();
  await web.close();
  await database.drop();
  await server.stop();
});

it('O04 a broadcast goes out by the mail server, tells the way out, and counts whom the server refuses', async () => {
  await follow(ann, [...people(1, 2, 'wire'), ...people(1, 1, 'refused')]);
  const made = await submit(ann, await draft(ann));
  await runBroadcasts(worker);
  const mail = await server.waitForMailTo('wire1@mail.example', /^News for Person 1$/, 20_000);
  const headers = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  const link = new URL(/^List-Unsubscribe: <([^>]+)>$/m.exec(headers)![1]!);
  await vi.waitFor(
    async () =>
      expect(await shown(ann.person, made)).toMatchObject({
        state: 'sent',
        progress: { total: 3, sent: 2, skipped: 0, failed: 1 },
      }),
    { timeout: 20_000, interval: 100 },
  );
  await request(web.url)
    .post(link.pathname + link.search)
    .type('form')
    .send('List-Unsubscribe=One-Click');

  const again = await submit(ann, await draft(ann, { subject: 'Second' }));
  await runBroadcasts(worker);
  await server.waitForMailTo('wire2@mail.example', /^Second$/, 20_000);
  expect(await shown(ann.person, again)).toMatchObject({ progress: { total: 2 } });
  expect(server.messages.filter(({ to }) => to[0] === 'wire1@mail.example')).toHaveLength(1);
});

const IN_AN_HOUR = `now() + interval '1 hour'`;
const WAITING = `name = 'mail.send-bulk' AND state = 'created'`;

/** A broadcast of a channel of its own, whose mails wait for the mail server. */
async function queued(prefix: string) {
  const partner = { ...ann, channel: await makeChannel(ann.person) };
  await follow(partner, people(1, 3, prefix));
  const made = await submit(partner, await draft(partner, { subject: prefix }));
  await worker.app.get(BroadcastStarts).runDue();
  const send = Jobs.prototype.send;
  const late = vi.spyOn(Jobs.prototype, 'send').mockImplementation(function (this: Jobs, tx, name, payload) {
    return send.call(this, tx, name, payload, { startAfter: new Date(Date.now() + 3_600_000) });
  });
  expect(await worker.app.get(BroadcastSender).sendSome([])).toBe(true);
  late.mockRestore();
  return { partner, made };
}
const release = () => web.db.query(`UPDATE pgboss.job SET start_after = now() WHERE ${WAITING}`);
const progressOf = async (made: { id: string }) => (await shown(ann.person, made)).progress;
const readersOf = (subject: string) =>
  server.messages.filter(({ raw }) => raw.includes(`Subject: ${subject}\r\n`)).map(({ to }) => to[0]);

it('O04 a mail that waits for the mail server goes to nobody who unsubscribed or was erased meanwhile', async () => {
  const { made } = await queued('later');
  await web.db.query(
    `INSERT INTO end_user_opt_outs SELECT mailbox_hash, NULL, now() FROM end_users WHERE email = 'later1@mail.example'`,
  );
  const [{ id }] = await web.db.query<[{ id: string }]>(
    `SELECT id FROM end_users WHERE email = 'later2@mail.example'`,
  );
  body(await operator.delete(`operator/end-users/${id}`), 204);
  await release();
  await vi.waitFor(
    async () => expect(await progressOf(made)).toEqual({ total: 3, sent: 1, skipped: 2, failed: 0 }),
    { timeout: 20_000, interval: 100 },
  );
  await server.waitForMailTo('later3@mail.example', /^later$/, 20_000);
  expect(readersOf('later')).toEqual(['later3@mail.example']);
});

it('O04 mails of a paused broadcast wait until it goes on, also those that the mail server had not taken', async () => {
  const { partner, made } = await queued('halt');
  // As if there were more batches.
  await web.db.query(`UPDATE broadcasts SET state = 'sending', finished_at = NULL WHERE id = $1`, [made.id]);
  body(await partner.person.post(`partner/broadcasts/${made.id}/pause`), 200);
  await release();
  await vi.waitFor(
    async () => expect(await progressOf(made)).toEqual({ total: 3, sent: 0, skipped: 0, failed: 0 }),
    { timeout: 20_000, interval: 100 },
  );
  expect(readersOf('halt')).toEqual([]);
  body(await partner.person.post(`partner/broadcasts/${made.id}/resume`), 200);
  await runBroadcasts(worker);
  for (const reader of ['halt1', 'halt2', 'halt3']) {
    await server.waitForMailTo(`${reader}@mail.example`, /^halt$/, 20_000);
  }
  expect(await shown(ann.person, made)).toMatchObject({ state: 'sent', progress: { sent: 3 } });
  expect(readersOf('halt')).toHaveLength(3);
});

it('O04 a mail is not lost when its broadcast goes on, and is through, while the worker looks', async () => {
  const { made } = await queued('race');
  await web.db.query(`UPDATE broadcasts SET state = 'paused', finished_at = NULL WHERE id = $1`, [made.id]);
  const [{ id }] = await web.db.query<[{ id: string }]>(
    `SELECT id FROM end_users WHERE email = 'race1@mail.example'`,
  );
  let asked: Promise<boolean>;
  await web.db.transaction(async (tx) => {
    await tx.query(`UPDATE broadcasts SET state = 'sent', finished_at = now() WHERE id = $1`, [made.id]);
    asked = web.db.transaction((other) => isStillWanted(other, made.id, id));
    await waitingForLock(web);
  });
  expect(await asked!).toBe(true);
  expect(await progressOf(made)).toEqual({ total: 3, sent: 3, skipped: 0, failed: 0 });
});

it('O04 no further batch is handed over while the mail server is behind', async () => {
  const partner = { ...ann, channel: await makeChannel(ann.person) };
  await follow(partner, people(1, 1, 'behind'));
  const made = await submit(partner, await draft(partner));
  await web.db.query(
    `INSERT INTO pgboss.job (name, data, start_after)
     SELECT 'mail.send-bulk', '{"to": "nobody"}', ${IN_AN_HOUR} FROM generate_series(1, 400)`,
  );
  await runBroadcasts(worker);
  expect(await shown(ann.person, made)).toMatchObject({ state: 'sending', progress: { total: 1, sent: 0 } });
  await web.db.query(`DELETE FROM pgboss.job WHERE data->>'to' = 'nobody'`);
  await runBroadcasts(worker);
  expect(await shown(ann.person, made)).toMatchObject({ state: 'sent', progress: { sent: 1 } });
});
