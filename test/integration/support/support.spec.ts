import { createTransport } from 'nodemailer';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../support/database.js';
import { startSinkServer } from '../../support/sink-server.js';
import { startSmtpServer } from '../../support/smtp-server.js';

it('gives every caller a migrated database of its own', async () => {
  const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
  for (const { url } of databases) {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM migrations');
    await client.end();
    expect(Number(rows[0]?.count)).toBeGreaterThan(0);
  }
  expect(new Set(databases.map(({ url }) => url)).size).toBe(3);
  await Promise.all(databases.map((database) => database.drop()));
  await expect(new pg.Client(databases[0]?.url).connect()).rejects.toThrow(/does not exist/);
});

it('receives mail as it was written', async () => {
  const server = await startSmtpServer();
  const arrival = server.waitForMailTo('ada@example.com', /Grüße/);
  const transport = createTransport(server.url);
  const text = `Öffnen Sie http://localhost/verify?token=${'a=b'.repeat(40)} – danke.\n`;
  const html = '<p>Hallo</p>';
  await transport.sendMail({
    from: 'x@example.com',
    to: 'ada@example.com',
    subject: 'Grüße von uns',
    text,
    html,
  });
  const message = await arrival;
  expect(message.subject).toBe('Grüße von uns');
  expect(message.text.trim()).toBe(text.trim());
  transport.close();
  await server.stop();
});

it('records requests and answers as told', async () => {
  const sink = await startSinkServer();
  sink.answer(({ query }) => (query.get('a') === '1' ? { status: 503, body: 'later' } : 'reset'));
  const arrival = sink.waitFor(({ path }) => path === '/hook');
  const response = await fetch(`${sink.url}/hook?a=1`, { method: 'POST', body: '{"x":1}' });
  expect([response.status, await response.text()]).toEqual([503, 'later']);
  expect(await arrival).toMatchObject({ method: 'POST', target: '/hook?a=1', body: '{"x":1}' });
  await expect(fetch(`${sink.url}/hook?a=2`)).rejects.toThrow();
  expect(await sink.waitForCount(2)).toHaveLength(2);
  await sink.stop();
});
