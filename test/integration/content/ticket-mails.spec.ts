import { createHmac } from 'node:crypto';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';

interface Ticket {
  id: string;
  reference: string;
  state: string;
  messages: { body: string }[];
}

const SECRET = 'a secret of the mail gateway, long enough';
const SUPPORT = 'support@program.example';

let app: TestApp;
let operator: Person;
let ann: Person;

beforeAll(async () => {
  app = await createTestApp({ env: { SUPPORT_EMAIL: SUPPORT, SUPPORT_INBOUND_SECRET: SECRET } });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  await joinAsPartner(app, operator, 'bob@example.com');
});
afterAll(() => app.close());

const open = async (): Promise<Ticket> =>
  body<Ticket>(await ann.post('partner/tickets', { subject: 'Promo code', body: 'It does not work.' }), 201);
const show = async (id: string): Promise<Ticket> => body<Ticket>(await ann.get(`partner/tickets/${id}`), 200);

describe('T12 mails that answer tickets', () => {
  const sign = (text: string, secret = SECRET) => createHmac('sha512', secret).update(text).digest('hex');
  const post = async (text: string, signature = sign(text)): Promise<Response> =>
    request(app.url)
      .post('/api/v1/inbound/mails')
      .set('Content-Type', 'application/json')
      .set('X-Authorization-Sign', signature)
      .send(text);
  const mailOf = (reference: string, mail: object = {}) => ({
    messageId: '<1@mail.example>',
    from: 'Ann <Ann@Example.com>',
    to: [`support+${reference.toLowerCase()}@program.example`],
    subject: 'Re: your mail',
    text: 'It works now.',
    ...mail,
  });
  const send = async (reference: string, mail: object = {}): Promise<string> => {
    const { outcome, reason } = body<{ outcome: string; reason: string | null }>(
      await post(JSON.stringify(mailOf(reference, mail))),
      200,
    );
    return reason ?? outcome;
  };

  it('are written into the ticket once, whatever its state', async () => {
    const { id, reference } = await open();
    body(await operator.post(`operator/tickets/${id}/messages`, { body: 'Try again.' }), 201);
    const mails = (await app.mailbox(SUPPORT)).length;
    expect(await send(reference)).toBe('appended');
    expect(await show(id)).toMatchObject({
      state: 'waiting_for_operator',
      messages: [{}, {}, { author: { kind: 'asker', name: 'ann' }, body: 'It works now.', byMail: true }],
    });
    expect(await app.mailbox(SUPPORT)).toHaveLength(mails + 1);
    const replays = await Promise.all(Array.from({ length: 5 }, () => send(reference)));
    expect(new Set(replays)).toEqual(new Set(['duplicate']));
    body(await operator.post(`operator/tickets/${id}/close`), 200);
    const bySubject = {
      messageId: '<2@mail.example>',
      to: [SUPPORT],
      subject: `AW: [${reference}] Promo code`,
    };
    expect(await send(reference, { ...bySubject, text: 'No\0!', attachmentsCount: 2 })).toBe('appended');
    const reopened = await show(id);
    expect(reopened.state).toBe('waiting_for_operator');
    expect(reopened.messages.at(-1)!.body).toBe('No!\n\n[2 files of this mail were left out: upload them.]');
    expect(reopened.messages).toHaveLength(4);
  });

  it('are answered as the gateway expects, also with what the database cannot hold', async () => {
    const { id, reference } = await open();
    const odd = { messageId: '<o\0dd@mail.example>' };
    expect(await send(reference, { ...odd, from: 'an\0n@example.com' })).toBe('SENDER_NOT_ALLOWED');
    expect(await send(reference, { ...odd, text: `${'x'.repeat(19_999)}🦊` })).toBe('appended');
    expect(await send(reference, odd)).toBe('duplicate');
    expect((await show(id)).messages.at(-1)!.body).toMatch(/x\n\n\[The rest of this mail was left out\.\]$/);
  });

  it('come from one address, whatever the name beside it', async () => {
    const { id, reference } = await open();
    for (const from of [
      'Eve <eve@evil.example>, Ann <ann@example.com>',
      'eve@evil.example, Ann <ann@example.com>',
      'eve@evil.example,ann@example.com',
      '<eve@evil.example> <ann@example.com>',
      '"Eve <eve@evil.example>" , <ann@example.com>',
      '"Eve" <eve@evil.example>, "Ann <ann@example.com>',
      'Team: eve@evil.example, Ann <ann@example.com>;',
    ]) {
      expect(await send(reference, { from }), from).toBe('SENDER_NOT_ALLOWED');
    }
    const names = [
      '"Example, Ann"',
      '"Ann \\"the boss\\" <x@y.example>"',
      'Ann Example',
      '=?UTF-8?Q?Ann?=',
      '',
    ];
    for (const [index, name] of names.entries()) {
      const mail = { from: `${name} <ann@example.com>`, messageId: `<from-${index}@mail.example>` };
      expect(await send(reference, mail), name).toBe('appended');
    }
    expect(await send(reference, { from: ' ann@example.com', messageId: '<bare@mail.example>' })).toBe(
      'appended',
    );
    expect((await show(id)).messages).toHaveLength(names.length + 2);
  });

  it('are refused from whoever did not ask, and from machines', async () => {
    const { id, reference } = await open();
    expect(await send(reference, { from: 'bob@example.com' })).toBe('SENDER_NOT_ALLOWED');
    expect(await send(reference, { from: 'ann@example.com <eve@evil.example>' })).toBe('SENDER_NOT_ALLOWED');
    expect(await send(reference, { from: 'admin@example.com' })).toBe('SENDER_NOT_ALLOWED');
    expect(await send(reference, { autoSubmitted: 'auto-replied' })).toBe('AUTOMATIC');
    expect(await send(reference, { text: ' \n' })).toBe('EMPTY');
    expect(await send('TKT-0000000000')).toBe('UNKNOWN_TICKET');
    await app.db.query(`UPDATE users SET blocked_at = now() WHERE email = 'ann@example.com'`);
    expect(await send(reference)).toBe('SENDER_NOT_ALLOWED');
    await app.db.query(`UPDATE users SET blocked_at = NULL WHERE email = 'ann@example.com'`);
    expect((await show(id)).messages).toHaveLength(1);
  });

  it('are believed by their signature only', async () => {
    const { id, reference } = await open();
    const text = JSON.stringify(mailOf(reference));
    for (const signature of [
      '',
      'x',
      sign(text, 'another secret'),
      sign(`${text} `),
      sign(text).toUpperCase(),
    ]) {
      expect(codeOf(await post(text, signature))).toBe('401 MAIL_NOT_AUTHENTICATED');
    }
    for (const [wrong, code] of [
      ['{', '400 MALFORMED_BODY'],
      ['[]', '400 MALFORMED_BODY'],
      ['{"__proto__":{"to":[]}}', '400 VALIDATION_FAILED'],
      [JSON.stringify(mailOf(reference, { internal: true })), '400 VALIDATION_FAILED'],
      [JSON.stringify(mailOf(reference, { to: 'support@program.example' })), '400 VALIDATION_FAILED'],
    ] as const) {
      expect(codeOf(await post(wrong)), wrong).toBe(code);
    }
    expect((await show(id)).messages).toHaveLength(1);
  });

  it('are not taken where no secret is set', async () => {
    const closed = await createTestApp({ background: false });
    const answer = await request(closed.url).post('/api/v1/inbound/mails').send({});
    expect(codeOf(answer)).toBe('404 NOT_FOUND');
    await closed.close();
  });
});
