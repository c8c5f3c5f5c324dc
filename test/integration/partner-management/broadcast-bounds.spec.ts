import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { BroadcastSender } from '../../../src/partner-management/broadcasts/broadcast-sender.service.js';
import { BroadcastStarts } from '../../../src/partner-management/broadcasts/broadcast-starts.service.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import {
  type Broadcast,
  draft,
  inSeconds,
  mailsByAddress,
  runBroadcasts,
  shown,
  submit,
} from './broadcast-scene.js';
import { channelPartner, type ChannelPartner, follow, makeChannel, people } from './channel-scene.js';

let app: TestApp;
let operator: Person;
let ann: ChannelPartner;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await channelPartner(app, operator);
});
afterAll(() => app.close());

const codeOf = (answer: { body: unknown }): string => (answer.body as { code: string }).code;
const act = ({ person }: ChannelPartner, { id }: { id: string }, action: string) =>
  person.post(`partner/broadcasts/${id}/${action}`);
/** Registers users of the program's apps. */
async function register(items: object[]): Promise<void> {
  body(await operator.post('operator/end-users', { items }), 200);
}

describe('O04 broadcasts and the program', () => {
  it('show operators alone how many they reach beyond followers, which would tell who uses the apps', async () => {
    const partner = { ...ann, channel: await makeChannel(ann.person) };
    await follow(partner, [{ externalId: 'known', email: 'oracle@mail.example' }]);
    const recipientsOf = async (audience: string) => {
      const { id } = await draft(partner, { audience });
      return body<{ recipients: number | null }>(
        await partner.person.get(`partner/broadcasts/${id}/preview`),
        200,
      ).recipients;
    };
    expect(await recipientsOf('followers')).toBe(1);
    expect(await recipientsOf('end_users')).toBeNull();
    const made = await draft(partner, { audience: 'end_users', startAt: inSeconds(app, 30) });
    const { requestId } = await submit(partner, made);
    const { items } = body<{ items: { id: string; preview: { recipients: number } }[] }>(
      await operator.get('operator/broadcast-requests'),
      200,
    );
    expect(items.find(({ id }) => id === requestId)?.preview.recipients).toBeGreaterThanOrEqual(1);
  });

  it('are as many as the package allows, channels too, also for those who come at the same time', async () => {
    const limits = { channels: 2, broadcastsPerMonth: 2 };
    const features = { broadcastsBeyondFollowers: false };
    const { id: packageId } = body<{ id: string }>(
      await operator.post('operator/packages', {
        name: 'Small',
        price: { amount: '1.00', currency: 'EUR' },
        limits,
        features,
      }),
      201,
    );
    const partner = await channelPartner(app, operator);
    await app.db.query('UPDATE partners SET package_id = $2 WHERE id = $1', [partner.partnerId, packageId]);
    const { person } = partner;
    const tell = (answers: { status: number; body: unknown }[]) =>
      answers.map((answer) => (answer.status < 300 ? 'done' : codeOf(answer))).sort();

    const handles = ['small-1', 'small-2', 'small-3'];
    const made = await Promise.all(
      handles.map((handle) => person.post('partner/channels', { name: handle, handle })),
    );
    expect(tell(made)).toEqual(['LIMIT_REACHED', 'LIMIT_REACHED', 'done']);
    body(await person.post(`partner/channels/${partner.channel.id}/archive`), 200);
    body(await person.post('partner/channels', { name: 'In its place', handle: 'small-4' }), 201);
    expect(codeOf(await person.post(`partner/channels/${partner.channel.id}/unarchive`))).toBe(
      'LIMIT_REACHED',
    );
    // One that is archived in favour of another at this moment comes back no more either.
    const { id: archived } = body<{ items: [{ id: string }] }>(
      await person.get('partner/channels?state=active'),
      200,
    ).items[0];
    const { waiting } = await app.app.get(UnitOfWork).run(async (tx) => {
      await tx.query('SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE', [partner.partnerId]);
      await tx.query(
        `UPDATE channels SET state = CASE WHEN id = $1 THEN 'archived' ELSE 'active' END WHERE id IN ($1, $2)`,
        [archived, partner.channel.id],
      );
      const waiting = [person.post(`partner/channels/${archived}/unarchive`)];
      await waitingForLock(app);
      return { waiting };
    });
    expect(codeOf((await Promise.all(waiting))[0]!)).toBe('LIMIT_REACHED');

    const channel = body<{ items: [ChannelPartner['channel']] }>(
      await person.get('partner/channels?state=active'),
      200,
    ).items[0];
    const drafts = await Promise.all(
      [1, 2, 3].map(() => draft({ ...partner, channel }, { startAt: inSeconds(app, 3_000) })),
    );
    const submitted = await Promise.all(drafts.map((one) => act(partner, one, 'submit')));
    expect(tell(submitted)).toEqual(['LIMIT_REACHED', 'done', 'done']);
    const left = drafts.find((_one, index) => submitted[index]!.status >= 300)!;
    // One that came to nothing makes room.
    body(
      await act(
        partner,
        drafts.find((one) => one !== left)!,
        'cancel',
      ),
      200,
    );
    const beyond = await draft(
      { ...partner, channel },
      { audience: 'end_users', startAt: inSeconds(app, 3_000) },
    );
    expect(codeOf(await act(partner, beyond, 'submit'))).toBe('FEATURE_NOT_INCLUDED');
    body(await act(partner, left, 'submit'), 200);
  });

  it('are seen and cancelled by operators, with a reason that is mailed', async () => {
    const made = await submit(ann, await draft(ann, { startAt: inSeconds(app, 30) }));
    const found = body<{ items: Broadcast[] }>(
      await operator.get(`operator/broadcasts?state=scheduled&partnerId=${ann.partnerId}`),
      200,
    );
    expect(found.items.map(({ id }) => id)).toContain(made.id);
    const reason = 'Complaints of recipients';
    body(await operator.post(`operator/broadcasts/${made.id}/cancel`, { reason }), 200);
    expect(await shown(ann.person, made)).toMatchObject({ state: 'cancelled', endReason: reason });
    expect((await app.mailbox(ann.person.email)).at(-1)!.text).toContain(reason);
    const again = await operator.post(`operator/broadcasts/${made.id}/cancel`, { reason });
    expect(codeOf(again)).toBe('BROADCAST_STATE_CONFLICT');
  });

  it('end with a partner who is suspended, and with a channel that is archived', async () => {
    const partner = await channelPartner(app, operator);
    await follow(partner, people(1, 3, 'stop'));
    const other = { ...partner, channel: await makeChannel(partner.person) };
    const soon = { startAt: inSeconds(app, 30) };
    const archived = await submit(other, await draft(other, soon));
    body(await partner.person.post(`partner/channels/${other.channel.id}/archive`), 200);
    const running = await submit(partner, await draft(partner));
    await app.app.get(BroadcastStarts).runDue();
    const waiting = await submit(partner, await draft(partner, { ...soon, audience: 'end_users' }));
    app.clock.advance(30);
    await app.app.get(BroadcastStarts).runDue();
    expect(await shown(partner.person, archived)).toMatchObject({ state: 'cancelled' });

    const later = await submit(partner, await draft(partner, { startAt: inSeconds(app, 30) }));
    body(await operator.post(`operator/partners/${partner.partnerId}/suspend`, { reason: 'Spam' }), 200);
    expect(await app.app.get(BroadcastSender).sendSome([])).toBe(false);
    await runBroadcasts(app);
    body(await operator.post(`operator/partners/${partner.partnerId}/reactivate`), 200);
    await runBroadcasts(app);
    const states = await Promise.all([running, waiting, later].map((one) => shown(partner.person, one)));
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'expired', 'cancelled']);
    expect(await mailsByAddress(app, 'stop%')).toEqual({});
  });

  it('leave nothing of a partner who is erased, nor of those whom only its channels knew', async () => {
    const partner = await channelPartner(app, operator);
    await follow(partner, people(1, 2, 'erased'));
    await register([{ externalId: 'stays', email: 'erased2@mail.example' }]);
    await submit(partner, await draft(partner));
    await runBroadcasts(app);
    const rooms = app.app.get(PersonalData).rooms();
    for (const room of rooms.filter(({ room }) => /^partner-management\/(broadcasts|channels)$/.test(room))) {
      const erase = () => app.app.get(UnitOfWork).run((tx) => room.erase!(tx, partner.partnerId));
      while ((await erase()) === 'more');
    }
    const [left] = await app.db.query<[object]>(
      `SELECT (SELECT count(*)::int FROM channels WHERE partner_id = $1) AS channels,
              (SELECT count(*)::int FROM broadcasts WHERE partner_id = $1) AS broadcasts,
              (SELECT string_agg(email, ',') FROM end_users WHERE email LIKE 'erased%') AS people`,
      [partner.partnerId],
    );
    expect(left).toEqual({ channels: 0, broadcasts: 0, people: 'erased2@mail.example' });
    expect(await mailsByAddress(app, 'erased%')).toEqual({ 'erased2@mail.example': 1 });
  });
});
