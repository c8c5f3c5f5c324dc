import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BroadcastSender } from '../../../src/partner-management/broadcasts/broadcast-sender.service.js';
import { BroadcastStarts } from '../../../src/partner-management/broadcasts/broadcast-starts.service.js';
import { Mailer } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import {
  type Broadcast,
  draft,
  inSeconds,
  mailsByAddress,
  MESSAGE,
  runBroadcasts,
  shown,
  submit,
} from './broadcast-scene.js';
import { channelPartner, type ChannelPartner, follow, makeChannel, people } from './channel-scene.js';

let app: TestApp;
let operator: Person;
let ann: ChannelPartner;
let bob: ChannelPartner;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await channelPartner(app, operator);
  bob = await channelPartner(app, operator);
});
afterAll(() => app.close());

const codeOf = (answer: { body: unknown }): string => (answer.body as { code: string }).code;
const pathsOf = (answer: { body: unknown }): string[] =>
  (answer.body as { errors: { path: string }[] }).errors.map(({ path }) => path);
const act = ({ person }: ChannelPartner, { id }: { id: string }, action: string) =>
  person.post(`partner/broadcasts/${id}/${action}`);
/** Ann with another channel and so many followers, whose addresses begin with the prefix. */
async function withFollowers(count: number, prefix: string): Promise<ChannelPartner> {
  const partner = { ...ann, channel: await makeChannel(ann.person) };
  await follow(partner, people(1, count, prefix));
  return partner;
}
/** Registers users of the program's apps. */
async function register(items: object[]): Promise<void> {
  body(await operator.post('operator/end-users', { items }), 200);
}
const decide = ({ requestId }: Broadcast, decision: string, payload: object = {}) =>
  operator.post(`operator/broadcast-requests/${requestId}/${decision}`, payload);

describe('O04 broadcasts to followers', () => {
  it('are drafted, previewed, tried out and sent, with a way out by one click', async () => {
    const partner = await withFollowers(3, 'way');
    await follow(partner, [{ externalId: 'nameless', email: 'way-nameless@mail.example' }]);
    const poll = {
      engagementType: 'poll',
      question: 'Which <one>?',
      options: ['Kettle & co', 'Toaster'],
      linkUrl: 'https://ann.example/poll?a=1&b=2',
      linkLabel: 'Vote',
    };
    const made = await draft(partner, poll);
    const preview = body<{ html: string }>(
      await partner.person.get(`partner/broadcasts/${made.id}/preview`),
      200,
    );
    expect(preview).toMatchObject({ subject: 'News for Ann', recipients: 4 });
    expect(preview.html).toContain('<strong>Which &lt;one&gt;?</strong></p><ul><li>Kettle &amp; co</li>');
    expect(preview.html).toContain('<a href="https://ann.example/poll?a=1&amp;b=2">Vote</a>');
    const to = partner.person.email;
    expect(body(await act(partner, made, 'test'), 200)).toEqual({ to });
    expect((await app.mailbox(to)).at(-1)).toMatchObject({ subject: '[Test] News for Ann' });

    expect(await submit(partner, made)).toMatchObject({ state: 'scheduled', requestId: null });
    // Several workers, again and again: everybody gets it once.
    await Promise.all([1, 2, 3, 4].map(() => runBroadcasts(app)));
    await runBroadcasts(app);
    expect(await shown(partner.person, made)).toMatchObject({
      state: 'sent',
      progress: { total: 4, sent: 4, skipped: 0, failed: 0 },
    });
    expect(Object.values(await mailsByAddress(app, 'way%'))).toEqual([1, 1, 1, 1]);
    const [mail] = await app.mailbox('way1@mail.example');
    expect(mail!.subject).toBe('News for Person 1');
    expect(mail!.text).toContain(`Hello Person 1,\n\nnews of ${partner.channel.name}.`);
    expect(mail!.html).toContain('Which &lt;one&gt;?');
    expect((await app.mailbox('way-nameless@mail.example'))[0]).toMatchObject({ subject: 'News for there' });

    const [{ headers }] = await app.db.query<[{ headers: Record<string, string> }]>(
      `SELECT headers FROM mailbox WHERE recipient = 'way1@mail.example'`,
    );
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    const link = new URL(headers['List-Unsubscribe']!.slice(1, -1));
    await request(app.url)
      .post(link.pathname + link.search)
      .type('form')
      .send('List-Unsubscribe=One-Click');
    await submit(partner, await draft(partner));
    await runBroadcasts(app);
    // Of whom no channel knows any more, no copy of a mail is kept either.
    expect(await mailsByAddress(app, 'way%')).toEqual({
      'way-nameless@mail.example': 2,
      'way2@mail.example': 2,
      'way3@mail.example': 2,
    });
  });

  it('goes on where a worker died: everybody gets it, nobody twice', async () => {
    const partner = await withFollowers(230, 'kill');
    const made = await submit(partner, await draft(partner));
    const send = Mailer.prototype.send;
    let mails = 0;
    const dying = vi.spyOn(Mailer.prototype, 'send').mockImplementation(function (this: Mailer, ...given) {
      mails += 1;
      if (mails === 210) throw new Error('The worker died.');
      return send.apply(this, given);
    });
    await runBroadcasts(app);
    dying.mockRestore();
    expect(await shown(partner.person, made)).toMatchObject({
      state: 'sending',
      progress: { total: 230, sent: 200 },
    });
    await Promise.all([runBroadcasts(app), runBroadcasts(app)]);
    expect(await shown(partner.person, made)).toMatchObject({ state: 'sent', progress: { sent: 230 } });
    const counts = Object.values(await mailsByAddress(app, 'kill%'));
    expect([counts.length, Math.max(...counts)]).toEqual([230, 1]);
  });

  it('hold up no other: neither one that fails, nor one whose time comes meanwhile', async () => {
    const failing = await withFollowers(1, 'poison');
    const stuck = await submit(failing, await draft(failing));
    const others = await withFollowers(1, 'healthy');
    const ready = await submit(others, await draft(others));
    const later = await submit(others, await draft(others, { startAt: inSeconds(app, 20) }));
    const send = Mailer.prototype.send;
    const spy = vi.spyOn(Mailer.prototype, 'send').mockImplementation(function (this: Mailer, tx, mail) {
      if (!mail.to.startsWith('poison')) return send.call(this, tx, mail);
      app.clock.advance(20);
      throw new Error('This one cannot be sent.');
    });
    await runBroadcasts(app);
    spy.mockRestore();
    const states = [stuck, ready, later].map(async (one) => (await shown(ann.person, one)).state);
    expect(await Promise.all(states)).toEqual(['sending', 'sent', 'sent']);
    await runBroadcasts(app);
    expect(await shown(ann.person, stuck)).toMatchObject({ state: 'sent', progress: { sent: 1 } });
  });

  it('are paused, resumed and cancelled while they are sent', async () => {
    const partner = await withFollowers(405, 'pause');
    const made = await submit(partner, await draft(partner));
    const sender = app.app.get(BroadcastSender);
    await app.app.get(BroadcastStarts).runDue();
    expect(await sender.sendSome([])).toBe(true);
    expect(body(await act(partner, made, 'pause'), 200)).toMatchObject({
      state: 'paused',
      progress: { sent: 200 },
    });
    expect(await sender.sendSome([])).toBe(false);
    expect(body(await act(partner, made, 'resume'), 200)).toMatchObject({ state: 'sending' });
    expect(await sender.sendSome([])).toBe(true);
    expect(body(await act(partner, made, 'cancel'), 200)).toMatchObject({ state: 'cancelled' });
    await runBroadcasts(app);
    expect(await shown(partner.person, made)).toMatchObject({ progress: { total: 405, sent: 400 } });
    expect(Object.keys(await mailsByAddress(app, 'pause%'))).toHaveLength(400);
    const refused = await Promise.all(
      ['pause', 'resume', 'cancel', 'submit'].map((action) => act(partner, made, action)),
    );
    expect(refused.map(codeOf)).toEqual(refused.map(() => 'BROADCAST_STATE_CONFLICT'));
  });

  it('skip whoever left between the start and the sending', async () => {
    const partner = await withFollowers(4, 'left');
    const made = await submit(partner, await draft(partner));
    await app.app.get(BroadcastStarts).runDue();
    await app.db.query(
      `INSERT INTO end_user_opt_outs SELECT mailbox_hash, NULL, now() FROM end_users WHERE email = 'left1@mail.example'`,
    );
    const followers = `partner/channels/${partner.channel.id}/followers`;
    body(await partner.person.post(`${followers}/remove`, { externalIds: ['left-2'] }), 200);
    // Another channel has the person still, which makes no difference.
    await follow(bob, people(3, 3, 'left'));
    body(await partner.person.post(`${followers}/remove`, { externalIds: ['left-3'] }), 200);
    await runBroadcasts(app);
    expect(await shown(partner.person, made)).toMatchObject({
      state: 'sent',
      progress: { total: 4, sent: 1, skipped: 3 },
    });
    expect(await mailsByAddress(app, 'left%')).toEqual({ 'left4@mail.example': 1 });
  });

  it('reach those of the chosen countries and languages, at their time', async () => {
    const partner = { ...ann, channel: await makeChannel(ann.person) };
    await follow(partner, [
      ...people(1, 1, 'filter', { country: 'DE', language: 'de' }),
      ...people(2, 2, 'filter', { country: 'AT', language: 'de-AT' }),
      ...people(3, 3, 'filter', { country: 'CH', language: 'fr' }),
      ...people(4, 4, 'filter'),
    ]);
    const startAt = inSeconds(app, 30);
    const made = await draft(partner, { countries: ['AT', 'CH'], languages: ['de'], startAt });
    expect(await submit(partner, made)).toMatchObject({ state: 'scheduled', startAt });
    await runBroadcasts(app);
    expect(await shown(partner.person, made)).toMatchObject({ state: 'scheduled' });
    app.clock.advance(30);
    await runBroadcasts(app);
    expect(await mailsByAddress(app, 'filter%')).toEqual({ 'filter2@mail.example': 1 });
  });

  it.each([
    [{ languages: ['DE'] }, 2],
    [{ languages: ['de-at'] }, 1],
    [{ countries: ['AT'], languages: ['DE-aT', 'fr'] }, 1],
  ])('reach people by %j, however the languages are written', async (targeting, recipients) => {
    const partner = { ...ann, channel: await makeChannel(ann.person) };
    await follow(partner, [
      ...people(1, 1, 'case', { country: 'DE', language: 'de' }),
      ...people(2, 2, 'case', { country: 'AT', language: 'de-AT' }),
    ]);
    const { id } = await draft(partner, targeting);
    const preview = await partner.person.get(`partner/broadcasts/${id}/preview`);
    expect(body(preview, 200)).toMatchObject({ recipients });
  });

  it('take no text that does not fit, and nothing that others would read as more than text', async () => {
    const refused = async (more: object) => {
      const answer = await ann.person.post('partner/broadcasts', {
        ...MESSAGE,
        channelId: ann.channel.id,
        ...more,
      });
      return `${answer.status} ${pathsOf(answer).join()}`;
    };
    expect(await refused({ subject: 'Hi\r\nBcc: all@mail.example' })).toBe('400 subject');
    expect(await refused({ countries: ['at'] })).toBe('400 countries');
    expect(await refused({ languages: ['en-a'] })).toBe('400 languages');
    expect(await refused({ languages: ['de-AT', 'DE-at'] })).toBe('400 languages');
    expect(await refused({ title: 'Hi\u2028there' })).toBe('400 title');
    expect(await refused({ subject: '${email}' })).toBe('422 subject');
    expect(await refused({ body: '{{constructor.constructor("return 1")()}}' })).toBe('422 body');
    expect(await refused({ engagementType: 'quiz' })).toBe('422 question,options,linkUrl');
    for (const linkUrl of [
      'javascript:alert(1)',
      'https://ann:secret@ann.example/',
      'https://ann.example\\@eve.example',
    ]) {
      expect(await refused({ engagementType: 'offer', linkUrl })).toBe('400 linkUrl');
    }
    expect(await refused({ options: ['a', 'b'] })).toBe('422 options');
    expect(await refused({ engagementType: 'poll', options: ['a', '\u200b'] })).toBe('400 options');
    expect(await refused({ engagementType: 'poll', options: ['a', 'b\nc'] })).toBe('400 options');
    expect(await refused({ channelId: bob.channel.id })).toBe('422 channelId');
    expect(await refused({ startAt: '2026-12-01' })).toBe('400 startAt');
    expect(await refused({ startAt: '2027-01-01T10:00:00+16:00' })).toBe('400 startAt');
    expect(await draft(ann, { startAt: '2027-01-01T10:00:00+14:00' })).toMatchObject({
      startAt: '2026-12-31T20:00:00.000Z',
    });
    expect(await refused({ state: 'sent' })).toBe('400 state');

    const made = await draft(ann);
    const change = {
      subject: 'New',
      startAt: inSeconds(app, -1),
      linkUrl: 'https://a.example',
      linkLabel: 'Go',
    };
    expect(body(await ann.person.patch(`partner/broadcasts/${made.id}`, change), 200)).toMatchObject(change);
    const late = await act(ann, made, 'submit');
    expect([late.status, pathsOf(late)]).toEqual([422, ['startAt']]);
    expect((await ann.person.patch(`partner/broadcasts/${made.id}`, { subject: null })).status).toBe(400);
    const plain = { linkUrl: null, linkLabel: null, startAt: null };
    expect(body(await ann.person.patch(`partner/broadcasts/${made.id}`, plain), 200)).toMatchObject(plain);
    body(await ann.person.delete(`partner/broadcasts/${made.id}`), 204);
    body(await ann.person.get(`partner/broadcasts/${made.id}`), 404);
  });

  it('are nobody else’s', async () => {
    const made = await draft(ann);
    const path = `partner/broadcasts/${made.id}`;
    const moves = ['test', 'submit', 'pause', 'resume', 'cancel'].map((action) => act(bob, made, action));
    const answers = await Promise.all([
      ...moves,
      bob.person.get(path),
      bob.person.get(`${path}/preview`),
      bob.person.patch(path, { title: 'Mine' }),
      bob.person.delete(path),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    const list = async (who: ChannelPartner) =>
      body<{ items: Broadcast[] }>(await who.person.get('partner/broadcasts?limit=200'), 200).items;
    expect((await list(bob)).map(({ id }) => id)).not.toContain(made.id);
    expect((await list(ann)).map(({ id }) => id)).toContain(made.id);
    // Drafts are the partner's own business.
    body(await ann.person.get(path), 200);
    expect(JSON.stringify((await operator.get('operator/broadcasts?limit=200')).body)).not.toContain(made.id);
  });
});

describe('O04 broadcasts beyond followers', () => {
  const beyond = () => ({ audience: 'end_users', startAt: inSeconds(app, 30) });

  it('wait for an operator, who sees the mail, its start and type; then reach the apps’ users too', async () => {
    const partner = await withFollowers(2, 'far');
    await follow(bob, people(9, 9, 'far'));
    await register([
      { externalId: 'far-a', email: 'far2@mail.example', name: 'App’s name' },
      { externalId: 'far-b', email: 'far3@mail.example', country: 'FR' },
      { externalId: 'far-c', email: 'far4@mail.example' },
    ]);
    await app.db.query(
      `INSERT INTO end_user_opt_outs SELECT mailbox_hash, $1, now() FROM end_users WHERE email = 'far4@mail.example'`,
      [partner.channel.id],
    );
    const made = await submit(partner, await draft(partner, beyond()));
    expect(made).toMatchObject({ state: 'pending' });
    const { items } = body<{ items: { id: string; title: string; preview: { recipients: number } }[] }>(
      await operator.get('operator/broadcast-requests'),
      200,
    );
    expect(items.find(({ id }) => id === made.requestId)).toMatchObject({
      title: 'Autumn',
      preview: {
        channelName: partner.channel.name,
        engagementType: 'message',
        startAt: made.startAt,
        subject: 'News for Ann',
      },
    });
    body(await decide(made, 'approve'), 200);
    expect(await shown(partner.person, made)).toMatchObject({ state: 'scheduled' });
    // Nobody approved that name.
    const renamed = { name: 'Your bank' };
    body(await partner.person.patch(`partner/channels/${partner.channel.id}`, renamed), 200);
    app.clock.set(made.startAt!);
    await runBroadcasts(app);
    // A follower of another channel only is reached by that one alone.
    expect(await mailsByAddress(app, 'far%')).toEqual({
      'far1@mail.example': 1,
      'far2@mail.example': 1,
      'far3@mail.example': 1,
    });
    const [mail] = await app.mailbox('far2@mail.example');
    expect(mail).toMatchObject({ subject: 'News for App’s name' });
    expect(mail!.text).toContain(`news of ${partner.channel.name}.`);
    expect(mail!.text).toContain(`You get this mail from ${partner.channel.name}.`);
    // What was decided is not counted again.
    await follow(partner, people(5, 5, 'far'));
    const decided = body<{ items: { id: string; preview: object }[] }>(
      await operator.get('operator/broadcast-requests?state=approved'),
      200,
    ).items;
    expect(decided.find(({ id }) => id === made.requestId)!.preview).toMatchObject({ recipients: 3 });
  });

  it('are decided once, also by many at the same time', async () => {
    const made = await submit(ann, await draft(ann, beyond()));
    const description = { description: 'Not in this season' };
    const answers = await Promise.all([
      decide(made, 'approve'),
      decide(made, 'reject', description),
      act(ann, made, 'cancel'),
      decide(made, 'approve'),
      decide(made, 'reject', description),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(['scheduled', 'rejected', 'cancelled']).toContain((await shown(ann.person, made)).state);

    const denied = await submit(ann, await draft(ann, beyond()));
    body(await decide(denied, 'reject', description), 200);
    expect(await shown(ann.person, denied)).toMatchObject({ state: 'rejected' });
    expect((await app.mailbox(ann.person.email)).at(-1)!.text).toContain('Not in this season');
    const taken = await submit(ann, await draft(ann, beyond()));
    body(await act(ann, taken, 'cancel'), 200);
    expect(codeOf(await decide(taken, 'approve'))).toBe('REQUEST_ALREADY_DECIDED');
  });

  it('expire undecided at their start, and cannot be approved from then on', async () => {
    const missing = await act(ann, await draft(ann, { audience: 'end_users' }), 'submit');
    expect([missing.status, pathsOf(missing)]).toEqual([422, ['startAt']]);
    const made = await submit(ann, await draft(ann, beyond()));
    app.clock.set(made.startAt!);
    // The job has not looked yet.
    const late = await decide(made, 'approve');
    expect([late.status, codeOf(late)]).toEqual([409, 'BROADCAST_EXPIRED']);
    const [, again] = await Promise.all([runBroadcasts(app), decide(made, 'approve')]);
    expect(again.status).toBe(409);
    expect(await shown(ann.person, made)).toMatchObject({ state: 'expired', progress: { total: 0 } });
    const asked = body(await operator.get(`operator/broadcast-requests/${made.requestId}`), 200);
    expect(asked).toMatchObject({ state: 'expired' });
  });
});
