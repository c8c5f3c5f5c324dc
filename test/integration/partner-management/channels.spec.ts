import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailboxHash, SecretBox, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import {
  type Channel,
  channelPartner,
  type ChannelPartner,
  endUsers,
  follow,
  followersOf,
  linkOf,
  makeChannel,
  oneClick,
  people,
} from './channel-scene.js';

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

const codeOf = (problem: { body: unknown }): string => (problem.body as { code: string }).code;
describe('O04 channels', () => {
  it('are made, shown, changed, archived and taken back', async () => {
    const { person } = ann;
    const made = body<Channel>(
      await person.post('partner/channels', { name: 'Ann’s tests', handle: 'ann-tests', language: 'en' }),
      201,
    );
    expect(made).toMatchObject({ handle: 'ann-tests', state: 'active', followersCount: 0 });
    const change = { name: 'Ann tests', description: 'Gadgets', category: 'Tech', language: null };
    const changed = body<Channel>(await person.patch(`partner/channels/${made.id}`, change), 200);
    expect(changed).toMatchObject({ ...change, handle: 'ann-tests' });
    expect(body(await person.get(`partner/channels/${made.id}`), 200)).toEqual(changed);

    body(await person.post(`partner/channels/${made.id}/archive`), 200);
    expect(codeOf(await person.post(`partner/channels/${made.id}/archive`))).toBe('CHANNEL_STATE_CONFLICT');
    const refused = await person.post(`partner/channels/${made.id}/followers`, { items: people(1, 1) });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'CHANNEL_ARCHIVED']);
    const list = async (state: string) =>
      body<{ items: Channel[] }>(await person.get(`partner/channels?state=${state}`), 200).items.map(
        ({ id }) => id,
      );
    expect(await list('archived')).toEqual([made.id]);
    expect(await list('active')).toEqual([ann.channel.id]);
    expect(body(await person.post(`partner/channels/${made.id}/unarchive`), 200)).toMatchObject({
      state: 'active',
    });
  });

  it('keep what two change at the same time', async () => {
    const { id } = await makeChannel(ann.person);
    const { renamed } = await app.app.get(UnitOfWork).run(async (tx) => {
      await tx.query(`UPDATE channels SET description = 'Gadgets' WHERE id = $1`, [id]);
      const renamed = [ann.person.patch(`partner/channels/${id}`, { name: 'Renamed' })];
      await waitingForLock(app);
      return { renamed };
    });
    const both = { name: 'Renamed', description: 'Gadgets' };
    expect(body((await Promise.all(renamed))[0]!, 200)).toMatchObject(both);
    expect(body(await ann.person.get(`partner/channels/${id}`), 200)).toMatchObject(both);
    body(await ann.person.post(`partner/channels/${id}/archive`), 200);
  });

  it('have a handle of their own, also when two want it at once', async () => {
    const handle = 'wanted-by-two';
    const answers = await Promise.all(
      [ann, bob, ann, bob].map(({ person }) => person.post('partner/channels', { name: 'Wanted', handle })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const taken = await bob.person.patch(`partner/channels/${bob.channel.id}`, {
      handle: ann.channel.handle,
    });
    expect(codeOf(taken)).toBe('HANDLE_TAKEN');
    for (const wrong of ['AB', 'Ann', '-ann', 'ann-', 'a nn', 'ann\n', 'é-kanal', 'x'.repeat(33)]) {
      expect((await ann.person.post('partner/channels', { name: 'Wrong', handle: wrong })).status).toBe(400);
    }
  });

  it('are for channel partners, and nobody sees another’s', async () => {
    const affiliate = await joinAsPartner(app, operator, 'affiliate@partners.example');
    const answer = await affiliate.post('partner/channels', { name: 'Mine', handle: 'affiliates-own' });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'NOT_A_CHANNEL_PARTNER']);

    const path = `partner/channels/${ann.channel.id}`;
    await follow(ann, people(900, 900));
    const { id } = (await followersOf(ann, '&externalId=p-900'))[0]!;
    const answers = [
      await bob.person.get(path),
      await bob.person.patch(path, { name: 'Mine now' }),
      await bob.person.post(`${path}/archive`),
      await bob.person.get(`${path}/followers`),
      await bob.person.post(`${path}/followers`, { items: people(1, 1) }),
      await bob.person.post(`${path}/followers/remove`, { externalIds: ['p-900'] }),
      await bob.person.delete(`${path}/followers/${id}`),
      // One's own channel does not open another's follower either.
      await bob.person.delete(`partner/channels/${bob.channel.id}/followers/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(await followersOf(ann, '&externalId=p-900')).toHaveLength(1);
  });
});

describe('O04 followers', () => {
  it('are imported in batches: sent again they change nothing, and a wrong item spoils no other', async () => {
    const partner = await channelPartner(app, operator);
    const items = people(1, 200, 'f', { country: 'DE', language: 'de-de' });
    expect(await follow(partner, items)).toEqual({
      added: 200,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      items: [],
    });
    expect(await follow(partner, items)).toMatchObject({ added: 0, updated: 0, unchanged: 200 });

    const mixed = [
      { externalId: 'f-1', email: 'f1@mail.example', name: 'Renamed' },
      { externalId: 'f-2', email: 'moved@mail.example' },
      { externalId: 'f-3', email: 'F4@Mail.example' },
      { externalId: 'f-201', email: 'nobody' },
      { externalId: 'f-202', email: 'f202@mail.example', name: 'Bcc: all\r\nX: y' },
      { externalId: 'f-203', email: 'f203@mail.example', country: 'de' },
      { externalId: 'f-204', email: 'f204@mail.example', isAdmin: true },
      { externalId: 'f-205', email: 'f205@mail.example', language: 'de-' },
      null,
      ['f-206'],
      { externalId: 'f-207', email: 'f207@mail.example' },
      { externalId: 'f-207', email: 'other@mail.example' },
    ];
    const answer = await follow(partner, mixed as object[]);
    expect(answer).toMatchObject({ added: 1, updated: 2, unchanged: 0, rejected: 9 });
    expect(answer.items.map(({ index, code }) => `${index} ${code}`)).toEqual([
      '2 EMAIL_TAKEN',
      ...[3, 4, 5, 6, 7, 8, 9].map((index) => `${index} INVALID_ITEM`),
      '11 TWICE_IN_BATCH',
    ]);
    expect(JSON.stringify(answer.items)).not.toContain('@');
    expect(await followersOf(partner, '&email=MOVED@mail.example')).toMatchObject([
      { externalId: 'f-2', country: null, language: null },
    ]);
    expect(await followersOf(partner, '&externalId=f-3')).toMatchObject([
      { language: 'de-DE', country: 'DE' },
    ]);
    // Nobody else knows the address that the follower had before.
    expect(await endUsers(operator, 'f2@mail.example')).toEqual([]);
    const channel = body<Channel>(await partner.person.get(`partner/channels/${partner.channel.id}`), 200);
    expect(channel.followersCount).toBe(201);
  });

  it('are each partner’s own, and forgotten when the last channel has removed them', async () => {
    const both = { externalId: 'shared', email: 'shared@mail.example', name: 'Known to both' };
    await follow(ann, [both]);
    await follow(bob, [{ ...both, externalId: 'other-id', name: 'Bob’s name' }]);
    expect(await endUsers(operator, 'shared@mail.example')).toMatchObject([
      { externalId: null, channelsCount: 2 },
    ]);
    expect(await followersOf(ann, '&externalId=shared')).toMatchObject([{ name: 'Known to both' }]);

    const { id } = (await followersOf(ann, '&externalId=shared'))[0]!;
    body(await ann.person.delete(`partner/channels/${ann.channel.id}/followers/${id}`), 204);
    expect(await endUsers(operator, 'shared@mail.example')).toMatchObject([{ channelsCount: 1 }]);
    const remove = { externalIds: ['other-id', 'unknown'] };
    const removed = await bob.person.post(`partner/channels/${bob.channel.id}/followers/remove`, remove);
    expect(body(removed, 200)).toEqual({ removed: 1 });
    expect(await endUsers(operator, 'shared@mail.example')).toEqual([]);
  });

  it('survive imports of the same people into many channels at once', async () => {
    const channels = await Promise.all([1, 2, 3].map(() => makeChannel(ann.person)));
    const items = people(1, 60, 'race');
    const batches = channels.flatMap((channel) => [
      follow({ ...ann, channel }, items),
      follow({ ...ann, channel }, items.toReversed()),
    ]);
    const added = (await Promise.all(batches)).map((answer) => answer.added + answer.unchanged);
    expect(added).toEqual(batches.map(() => 60));
    const users = await endUsers(operator, 'race');
    expect([users.length, users.every(({ channelsCount }) => channelsCount === 3)]).toEqual([50, true]);
  });
});

describe('O04 unsubscribing', () => {
  it('takes one click, ends one channel’s mails, and lasts whatever is imported', async () => {
    const email = 'leaver@mail.example';
    const item = { externalId: 'leaver', email };
    await follow(ann, [item]);
    await follow(bob, [item]);
    const link = linkOf(app, email, ann.channel.id);
    // Scanners open links: nothing happens yet.
    const page = await request(app.url).get(link.pathname + link.search);
    expect(page.text).toContain(`Unsubscribe from ${ann.channel.name}`);
    expect(await followersOf(ann, '&externalId=leaver')).toHaveLength(1);

    expect((await oneClick(app, link)).text).toContain('You are unsubscribed');
    expect((await oneClick(app, link)).status).toBe(200);
    expect(await followersOf(ann, '&externalId=leaver')).toEqual([]);
    expect(await followersOf(bob, '&externalId=leaver')).toHaveLength(1);
    // The same mailbox under another spelling is the same person.
    const again = await follow(ann, [item, { externalId: 'l2', email: 'LEAVER@mail.example' }]);
    expect(again.items.map(({ code }) => code)).toEqual(['UNSUBSCRIBED', 'TWICE_IN_BATCH']);
  });

  it('is not hindered by what others hang on the link or put into the form', async () => {
    await follow(ann, people(1, 2, 'rewritten'));
    const [link, other] = [1, 2].map((at) => linkOf(app, `rewritten${at}@mail.example`, ann.channel.id));
    for (const { searchParams } of [link!, other!]) {
      searchParams.append('utm_source', 'mail');
      searchParams.append('mc_eid', '1');
      searchParams.append('mc_eid', '2');
    }
    expect((await request(app.url).get(link!.pathname + link!.search)).status).toBe(200);
    expect((await oneClick(app, link!)).status).toBe(200);
    const form = request(app.url).post('/api/v1/unsubscribe?utm_source=mail').type('form');
    const token = other!.searchParams.get('token');
    expect((await form.send({ token, scope: 'channel', submit: 'Unsubscribe' })).status).toBe(200);
    expect(await followersOf(ann, '&externalId=rewritten-1')).toEqual([]);
    expect(await followersOf(ann, '&externalId=rewritten-2')).toEqual([]);
    expect(
      (await request(app.url).post('/api/v1/unsubscribe').type('form').send({ token, scope: 'x' })).status,
    ).toBe(400);
  });

  it('works by the form that mail programs send as multipart', async () => {
    await follow(ann, people(1, 1, 'multi'));
    const link = linkOf(app, 'multi1@mail.example', ann.channel.id);
    const answer = await request(app.url)
      .post(link.pathname + link.search)
      .field('List-Unsubscribe', 'One-Click');
    expect(answer.status).toBe(200);
    expect(await followersOf(ann, '&externalId=multi-1')).toEqual([]);
  });

  it('ends all mails, and forgets the person, by the page’s choice', async () => {
    await follow(ann, people(1, 2, 'all'));
    await follow(bob, people(1, 2, 'all'));
    body(
      await operator.post('operator/end-users', {
        items: [{ externalId: 'all-1', email: 'all1@mail.example' }],
      }),
      200,
    );
    const choose = (email: string, scope: string) =>
      request(app.url)
        .post('/api/v1/unsubscribe')
        .type('form')
        .send({ token: linkOf(app, email, ann.channel.id).searchParams.get('token'), scope });
    expect((await choose('all1@mail.example', 'all')).status).toBe(200);
    expect(await endUsers(operator, 'all1@mail.example')).toMatchObject([
      { unsubscribed: true, channelsCount: 0 },
    ]);
    expect(await follow(bob, people(1, 1, 'all'))).toMatchObject({ items: [{ code: 'UNSUBSCRIBED' }] });

    expect((await choose('all2@mail.example', 'forget')).status).toBe(200);
    expect(await endUsers(operator, 'all2@mail.example')).toEqual([]);
    expect(await follow(bob, people(2, 2, 'all'))).toMatchObject({ items: [{ code: 'UNSUBSCRIBED' }] });
  });

  it('takes no link that was made up, altered or made for something else', async () => {
    const token = linkOf(app, 'p900@mail.example', ann.channel.id).searchParams.get('token')!;
    const content = `${mailboxHash('p900@mail.example')} ${ann.channel.id}`;
    const altered = `${token.slice(0, -5)}${token.at(-5) === 'A' ? 'B' : 'A'}${token.slice(-4)}`;
    const forged = [
      '',
      'x',
      altered,
      token.replace(/^[^.]+/, 'none'),
      Buffer.from(content).toString('base64url'),
    ];
    const sealed = app.app.get(SecretBox);
    forged.push(sealed.seal(content, 'users.two_factor_secret:1'), sealed.seal('x', 'end_users.unsubscribe'));
    for (const wrong of forged) {
      const answer = await request(app.url).post('/api/v1/unsubscribe').type('form').send({ token: wrong });
      expect([400, 422]).toContain(answer.status);
      expect(
        (await request(app.url).get('/api/v1/unsubscribe').query({ token: wrong })).status,
      ).toBeGreaterThan(399);
    }
    expect((await request(app.url).post('/api/v1/unsubscribe')).status).toBe(422);
    expect(await followersOf(ann, '&externalId=p-900')).toHaveLength(1);
  });

  it('shows the channel’s name as text, whatever it is', async () => {
    const name = '<script>alert("1")</script> & co';
    const { id } = body<Channel>(
      await ann.person.post('partner/channels', { name, handle: 'script-kiddie' }),
      201,
    );
    const link = linkOf(app, 'p900@mail.example', id);
    const { text } = await request(app.url).get(link.pathname + link.search);
    expect(text).toContain('Unsubscribe from &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; co');
    expect(text).not.toContain('<script');
  });
});
