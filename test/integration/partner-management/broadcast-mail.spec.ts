import request from 'supertest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { signIn } from '../../support/journey.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp-server.js';
import { draft, runBroadcasts, shown, submit } from './broadcast-scene.js';
import { channelPartner, type ChannelPartner, follow, people } from './channel-scene.js';

let server: TestSmtpServer;
let database: TestDatabase;
/** Answers requests; people join by its mailbox. */
let web: TestApp;
/** Sends by the mail server. */
let worker: TestApp;
let ann: ChannelPartner;

beforeAll(async () => {
  server = await startSmtpServer();
  database = await createTestDatabase();
  web = await createTestApp({ databaseUrl: database.url, background: false });
  ann = await channelPartner(web, await signIn(web, 'admin@example.com', 'correct horse battery'));
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
