import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LooseAttachments } from '../../../src/content/tickets/loose-attachments.job.js';
import { PersonalData } from '../../../src/identity/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import {
  body,
  type Calls,
  callsWith,
  impersonate,
  joinAsPartner,
  type Person,
  signIn,
} from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram } from '../../support/program.js';
import { SAMPLE_PNG, samplePdf, samplePng, sampleZip } from '../../support/sample-files.js';
import { personOf } from '../identity/matrix/people.js';
import { addUser, codeOf } from '../identity/scene.js';

interface Message {
  id: string;
  author: { kind: string; name: string };
  body: string;
  byMail: boolean;
  internal?: boolean;
  attachments: { id: string; fileName: string }[];
}
interface Ticket {
  id: string;
  reference: string;
  state: string;
  messages: Message[];
}
interface Page {
  items: Ticket[];
  nextCursor: string | null;
}

const SECRET = 'a secret of the mail gateway, long enough';
const SUPPORT = 'support@program.example';
const ASKED = { subject: 'Promo code', body: 'It does not work.' };

let app: TestApp;
let operator: Person;
let ann: Person;
let bob: Person;
let annId: string;
let brand: Calls;

beforeAll(async () => {
  app = await createTestApp({ env: { SUPPORT_EMAIL: SUPPORT, SUPPORT_INBOUND_SECRET: SECRET } });
  void app.app.get(SchedulerRegistry).getCronJob('tickets.loose-attachments').stop();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  bob = await joinAsPartner(app, operator, 'bob@example.com');
  annId = body<{ partnerId: string }>(await ann.get('me'), 200).partnerId;
  const { brandId } = await makeProgram(operator);
  brand = callsWith(app, (await personOf(app, 'brand:reviewer', brandId)).token!);
});
afterAll(() => app.close());

const open = async (who: Calls = ann, ticket: object = {}): Promise<Ticket> =>
  body<Ticket>(await who.post('partner/tickets', { ...ASKED, ...ticket }), 201);
const show = async (id: string, who: Calls = ann): Promise<Ticket> =>
  body<Ticket>(await who.get(`partner/tickets/${id}`), 200);
const answer = async (id: string, payload: object = { body: 'Try again.' }): Promise<Ticket> =>
  body<Ticket>(await operator.post(`operator/tickets/${id}/messages`, payload), 201);
const queue = async (query = ''): Promise<string[]> =>
  body<Page>(await operator.get(`operator/tickets?limit=200${query}`), 200).items.map(({ id }) => id);
const upload = async (who: Calls, realm = 'partner', content: Buffer = SAMPLE_PNG, fileName = 'there.png') =>
  who.upload(`${realm}/ticket-attachments`, { content, fileName });
const uploaded = async (who: Calls, realm = 'partner'): Promise<string> =>
  body<{ id: string }>(await upload(who, realm), 201).id;

describe('T12 tickets', () => {
  it('go back and forth between whoever asked and the operators, and are told by mail', async () => {
    const { id, reference, state, messages } = await open();
    expect([state, messages.map(({ author }) => author)]).toEqual(['open', [{ kind: 'asker', name: 'ann' }]]);
    expect(reference).toMatch(/^TKT-[0-9A-Z]{10}$/);
    expect((await app.mailbox(SUPPORT)).at(-1)).toEqual({
      subject: `[${reference}] A new message`,
      text: `There is a new message in ticket ${reference}: http://localhost:0/api/v1/operator/tickets/${id}`,
      html: null,
    });
    expect((await answer(id)).state).toBe('waiting_for_partner');
    const mail = (await app.mailbox('ann@example.com')).at(-1)!;
    expect(mail.subject).toBe(`[${reference}] Promo code`);
    expect(mail.text).toContain(`/api/v1/partner/tickets/${id}`);
    expect(mail.text).not.toContain('Try again');
    const [{ replyTo }] = await app.db.query<[{ replyTo: string }]>(
      `SELECT headers ->> 'Reply-To' AS "replyTo" FROM mailbox WHERE subject = $1`,
      [mail.subject],
    );
    expect(replyTo).toBe(`support+${reference}@program.example`);
    const asked = await ann.post(`partner/tickets/${id}/messages`, { body: 'Still not.' });
    expect(body<Ticket>(asked, 201).state).toBe('waiting_for_operator');
    body(await operator.post(`operator/tickets/${id}/close`), 200);
    const closed = await show(id);
    expect([
      closed.state,
      closed.messages.map((message) => `${message.author.kind}: ${message.body}`),
    ]).toEqual(['closed', ['asker: It does not work.', 'operator: Try again.', 'asker: Still not.']]);
    for (const refused of [
      await ann.post(`partner/tickets/${id}/messages`, { body: 'Hello?' }),
      await operator.post(`operator/tickets/${id}/messages`, { body: 'Hello.' }),
      await ann.post(`partner/tickets/${id}/close`),
    ]) {
      expect(codeOf(refused)).toBe('409 TICKET_STATE_CONFLICT');
    }
    expect(body<Ticket>(await ann.post(`partner/tickets/${id}/reopen`), 200).state).toBe(
      'waiting_for_operator',
    );
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; subjectId: string; data: object }[] }>(
      await ann.get('partner/events'),
      200,
    );
    const told = items.filter(({ subjectId }) => subjectId === id);
    expect(told.map(({ type }) => type)).toEqual([
      'ticket_reopened',
      'ticket_closed',
      'ticket_answered',
      'ticket_opened',
    ]);
    expect(told[0]!.data).toEqual({ reference });
  });

  it('are the team’s, and of nobody else', async () => {
    await addUser(app, { email: 'mia@example.com', name: 'Mia', role: 'analyst', partnerId: annId });
    const mia = await signIn(app, 'mia@example.com');
    const { id } = await open();
    body(await mia.post(`partner/tickets/${id}/messages`, { body: 'Same here.' }), 201);
    expect((await show(id, mia)).messages).toHaveLength(2);
    for (const foreign of [
      await bob.get(`partner/tickets/${id}`),
      await bob.post(`partner/tickets/${id}/messages`, { body: 'Let me in.' }),
      await bob.post(`partner/tickets/${id}/close`),
      await bob.post(`partner/tickets/${id}/reopen`),
      await brand.get(`brand/tickets/${id}`),
    ]) {
      expect(codeOf(foreign)).toBe('404 NOT_FOUND');
    }
    const { items } = body<Page>(await bob.get('partner/tickets'), 200);
    expect(items.map((ticket) => ticket.id)).not.toContain(id);
    const impersonator = await impersonate(app, operator, annId);
    body(await impersonator.get(`partner/tickets/${id}`), 200);
    const inPlace = await impersonator.post(`partner/tickets/${id}/messages`, { body: 'I am Ann.' });
    expect(codeOf(inPlace)).toBe('403 NOT_WHILE_IMPERSONATING');
    body(await operator.post('operator/impersonation/exit'), 200);
  });

  it('of brands are the same, on routes of their own', async () => {
    const { id } = body<Ticket>(await brand.post('brand/tickets', ASKED), 201);
    expect(await queue()).toContain(id);
    await answer(id);
    expect(body<Ticket>(await brand.get(`brand/tickets/${id}`), 200)).toMatchObject({
      state: 'waiting_for_partner',
      messages: [{ author: { kind: 'asker' } }, { author: { kind: 'operator' } }],
    });
    expect(codeOf(await ann.get(`partner/tickets/${id}`))).toBe('404 NOT_FOUND');
    expect((await app.mailbox(/person\d+@brand\.example/.exec(await brandAddress())![0])).length).toBe(1);
  });

  it('keep the operators’ notes among operators', async () => {
    const { id } = await open();
    const secret = 'She may be a fraud';
    const attachmentIds = [await uploaded(operator, 'operator')];
    const noted = await operator.post(`operator/tickets/${id}/notes`, { body: secret, attachmentIds });
    const note = body<Ticket>(noted, 201).messages.at(-1)!;
    expect(note).toMatchObject({ body: secret, internal: true });
    expect(body<Ticket>(noted, 201).state).toBe('open');
    const mails = (await app.mailbox('ann@example.com')).length;
    const file = `tickets/${id}/attachments/${attachmentIds[0]!}`;
    expect(codeOf(await ann.get(`partner/${file}`))).toBe('404 NOT_FOUND');
    expect((await operator.get(`operator/${file}`)).status).toBe(200);
    const copy: object[] = [];
    await app.db.transaction(async (tx) => {
      const { files } = app.app
        .get(PersonalData)
        .rooms()
        .find(({ room }) => room === 'content')!;
      for (const rows of Object.values(files)) for await (const row of rows(tx, annId)) copy.push(row);
    });
    expect(copy.length).toBeGreaterThan(2);
    await outboxDelivered(app);
    const shown = [
      await ann.get(`partner/tickets/${id}`),
      await ann.get('partner/tickets'),
      await ann.get('partner/events'),
      await ann.post(`partner/tickets/${id}/messages`, { body: 'And?' }),
      await ann.post(`partner/tickets/${id}/close`),
    ].map(({ text }) => text);
    for (const text of [...shown, JSON.stringify(copy)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(note.id);
      expect(text).not.toContain('internal');
    }
    expect(await app.mailbox('ann@example.com')).toHaveLength(mails);
  });

  it('show what was written as the text that it is', async () => {
    const markup = '<img src=x onerror=alert(1)> **bold** \u202e {{7*7}}';
    const { id } = await open(ann, {
      body: markup,
      subject: '<script>alert(1)</script> Bcc: eve@example.com',
    });
    const response = await ann.get(`partner/tickets/${id}`);
    expect(response.headers['content-type']).toContain('application/json');
    expect(body<Ticket>(response, 200).messages[0]!.body).toBe(markup);
    await answer(id);
    expect((await app.mailbox('ann@example.com')).at(-1)!.html).toBeNull();
    for (const wrong of [
      { body: ' ' },
      { body: 'x'.repeat(20_001) },
      { subject: '' },
      { subject: 'Help\r\nBcc: eve@example.com' },
      { category: 'other' },
    ]) {
      expect(codeOf(await ann.post('partner/tickets', { ...ASKED, ...wrong }))).toBe('400 VALIDATION_FAILED');
    }
  });

  it('wait in a queue, the longest waiting first, by operator and priority', async () => {
    const first = await open();
    app.clock.advance(10);
    const second = await open(bob);
    app.clock.advance(10);
    const own = (ids: string[]) => ids.filter((id) => [first.id, second.id].includes(id));
    expect(own(await queue())).toEqual([first.id, second.id]);
    body(await ann.post(`partner/tickets/${first.id}/messages`, { body: 'Hello?' }), 201);
    expect(own(await queue())).toEqual([second.id, first.id]);
    expect(own(await queue('&state=all'))).toEqual([first.id, second.id]);
    const { user } = body<{ user: { id: string } }>(await operator.get('me'), 200);
    const change = { assigneeId: user.id, priority: 'urgent' };
    const changed = body<object>(await operator.patch(`operator/tickets/${first.id}`, change), 200);
    expect(changed).toMatchObject({ ...change, askerName: 'ann', partnerId: annId });
    expect(own(await queue(`&assigneeId=${user.id}`))).toEqual([first.id]);
    expect(own(await queue('&assigneeId=none'))).toEqual([second.id]);
    // The last two: a version that there is not, and a list.
    for (const wrong of ['nobody', '12345678-1234-0234-8234-123456789abc', 'none&assigneeId=none']) {
      const refused = await operator.get(`operator/tickets?assigneeId=${wrong}`);
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        400,
        expect.stringContaining('a UUID, or none'),
      ]);
    }
    expect(own(await queue('&priority=urgent'))).toEqual([first.id]);
    expect(own(await queue(`&partnerId=${annId}`))).toEqual([first.id]);
    const stranger = body<{ user: { id: string } }>(await bob.get('me'), 200).user.id;
    const wrong = await operator.patch(`operator/tickets/${first.id}`, { assigneeId: stranger });
    expect(codeOf(wrong)).toBe('422 VALIDATION_FAILED');
    const before = (await app.mailbox('admin@example.com')).length;
    body(await ann.post(`partner/tickets/${first.id}/messages`, { body: 'Hello??' }), 201);
    expect(await app.mailbox('admin@example.com')).toHaveLength(before + 1);
    await answer(second.id);
    expect(own(await queue())).toEqual([first.id]);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = body(
        await operator.get(`operator/tickets?limit=2${cursor && `&cursor=${cursor}`}`),
        200,
      );
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(await queue());
  });

  it('take one of many closings at once, and one message per idempotency key', async () => {
    const { id } = await open();
    const closings = await Promise.all([
      ...Array.from({ length: 4 }, () => ann.post(`partner/tickets/${id}/close`)),
      ...Array.from({ length: 4 }, () => operator.post(`operator/tickets/${id}/close`)),
    ]);
    expect(closings.map(codeOf).filter((code) => code === '200 OK')).toHaveLength(1);
    body(await ann.post(`partner/tickets/${id}/reopen`), 200);
    const path = `partner/tickets/${id}/messages`;
    for (let time = 0; time < 2; time += 1)
      body(await ann.postWithKey(path, { body: 'Once.' }, `once-${id}`), 201);
    expect((await show(id)).messages.filter(({ body: text }) => text === 'Once.')).toHaveLength(1);
  });
});

async function brandAddress(): Promise<string> {
  return body<{ user: { email: string } }>(await brand.get('me'), 200).user.email;
}

describe('T12 files of tickets', () => {
  it('go with one message of their uploader, and are downloaded as attachments', async () => {
    const [one, two] = [await uploaded(ann), await uploaded(ann)];
    const { id, messages } = await open(ann, { attachmentIds: [one, two] });
    expect(messages[0]!.attachments.map((file) => file.id)).toEqual([one, two]);
    const path = `tickets/${id}/attachments/${one}`;
    const file = await ann.download(`partner/${path}`);
    expect(file.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': expect.stringMatching(/^attachment; filename="?there\.png"?$/) as string,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect(SAMPLE_PNG.equals(file.body as Buffer)).toBe(true);
    expect(codeOf(await bob.get(`partner/${path}`))).toBe('404 NOT_FOUND');
    const bobs = await uploaded(bob);
    for (const attachmentIds of [[one], [bobs], [annId]]) {
      const refused = await ann.post(`partner/tickets/${id}/messages`, { body: 'Look.', attachmentIds });
      expect(codeOf(refused)).toBe('422 VALIDATION_FAILED');
    }
    expect((await show(id)).messages).toHaveLength(1);
    expect(codeOf(await bob.get(`partner/tickets/${id}/attachments/${bobs}`))).toBe('404 NOT_FOUND');
  });

  it('are what their names say, and of bearable size and number', async () => {
    const polyglot = Buffer.concat([samplePng(2, 2), sampleZip()]);
    for (const [content, fileName] of [
      [polyglot, 'a.png'],
      [Buffer.concat([samplePdf(), Buffer.from('<script>1</script>')]), 'a.pdf'],
      [SAMPLE_PNG, 'a.pdf'],
      [samplePdf(), 'a.pdf.html'],
      [Buffer.from('<svg onload="alert(1)"/>'), 'a.svg'],
      [Buffer.alloc(0), 'a.png'],
    ] as const) {
      expect(codeOf(await upload(ann, 'partner', content, fileName)), fileName).toBe(
        '422 INVALID_ATTACHMENT',
      );
    }
    expect(codeOf(await upload(ann, 'partner', samplePdf(11 * 1024 * 1024), 'a.pdf'))).toBe(
      '413 FILE_TOO_LARGE',
    );
    const many = await Promise.all(Array.from({ length: 23 }, () => upload(ann)));
    const codes = many.map(codeOf);
    expect(codes.filter((code) => code === '201 OK').length).toBeLessThanOrEqual(20);
    expect(codes).toContain('409 TOO_MANY_ATTACHMENTS');
    app.clock.advance(25 * 3_600);
    await app.app.get(LooseAttachments).sweep();
    expect(await app.db.query('SELECT id FROM ticket_attachments WHERE message_id IS NULL')).toEqual([]);
    ann = await ann.signInAgain();
    bob = await bob.signInAgain();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });
});

describe('B12 tickets in a partner’s data', () => {
  it('are deleted with an erasure, files too', async () => {
    const attachmentIds = [await uploaded(ann)];
    await open(ann, { attachmentIds });
    const other = await open(bob);
    const content = app.app
      .get(PersonalData)
      .rooms()
      .find(({ room }) => room === 'content')!;
    for (let time = 0; time < 2; time += 1) {
      expect(await app.db.transaction((tx) => content.erase!(tx, annId))).toBe('done');
    }
    expect(await app.db.query('SELECT id FROM tickets WHERE partner_id = $1', [annId])).toEqual([]);
    expect(await app.db.query('SELECT id FROM ticket_attachments')).toEqual([]);
    const [file] = await app.db.query<unknown[]>('SELECT FROM loose_files WHERE key = $1', [
      `tickets/${attachmentIds[0]!}`,
    ]);
    expect(file).toBeDefined();
    expect((await show(other.id, bob)).messages).toHaveLength(1);
  });
});
