import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mailer, UnitOfWork } from '../../../src/platform/index.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp-server.js';
import { createProbeApp, type ProbeApp } from './probe-app.js';

const MAIL = { to: 'ann@example.com', subject: 'Grüße', text: 'Hallo Ann', html: '<p>Hallo Ann</p>' };

const send = (probe: ProbeApp, mail: typeof MAIL, fail = false) =>
  probe.app.get(UnitOfWork).run(async (tx) => {
    await probe.app.get(Mailer).send(tx, mail);
    if (fail) throw new Error('No.');
  });

describe('with a mail server', () => {
  let server: TestSmtpServer;
  let probe: ProbeApp;
  beforeAll(async () => {
    server = await startSmtpServer();
    probe = await createProbeApp({
      SMTP_URL: server.url,
      MAIL_FROM: 'Tributary <no-reply@tributary.example>',
    });
  });
  afterAll(async () => {
    await probe.close();
    await server.stop();
  });

  it('sends what was committed, and only that', async () => {
    await expect(send(probe, { ...MAIL, to: 'never@example.com' }, true)).rejects.toThrow('No.');
    await send(probe, MAIL);
    const message = await server.waitForMailTo('ann@example.com', /^Grüße$/, 20_000);
    expect(message.text.trim()).toBe('Hallo Ann');
    expect(message.from).toBe('no-reply@tributary.example');
    expect(server.messages.map(({ to }) => to)).toEqual([['ann@example.com']]);
  });

  it('keeps nothing of it in the development mailbox', async () => {
    const answer = await probe.http.get('/api/dev/mailbox');
    expect(answer.body).toEqual({ items: [] });
  });
});

describe('without a mail server', () => {
  let probe: ProbeApp;
  beforeAll(async () => {
    probe = await createProbeApp();
  });
  afterAll(() => probe.close());

  it('shows committed mails in the development mailbox, newest first', async () => {
    await send(probe, MAIL);
    await send(probe, { ...MAIL, to: 'bob@example.com' });
    await expect(send(probe, { ...MAIL, subject: 'never' }, true)).rejects.toThrow('No.');
    const { body } = await probe.http.get('/api/dev/mailbox').expect(200);
    expect((body as { items: { to: string }[] }).items.map(({ to }) => to)).toEqual([
      'bob@example.com',
      'ann@example.com',
    ]);
    const one = await probe.http.get('/api/dev/mailbox').query({ to: 'ann@example.com' }).expect(200);
    expect(one.body).toEqual({ items: [{ ...MAIL, attachments: [], sentAt: expect.any(String) as string }] });
    await probe.http.get('/api/dev/mailbox?to=nobody').expect(400);
  });
});

it('has no mailbox route in production', async () => {
  const probe = await createProbeApp({
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://partners.example.com',
    TRIBUTARY_JWT_SECRET: 'x'.repeat(40),
    TRIBUTARY_ENCRYPTION_KEYS: `k:${Buffer.alloc(32, 3).toString('base64')}`,
  });
  await request(probe.url).get('/api/dev/mailbox').expect(404);
  await probe.close();
});
