import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EndUserBook } from '../../../src/partner-management/channels/end-user-book.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import {
  channelPartner,
  type ChannelPartner,
  endUsers,
  follow,
  followersOf,
  linkOf,
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

/** Has something happen when the next import has decided what becomes of whom, and has carried nothing out. */
function duringNextImport(happens: () => Promise<unknown>): void {
  const ensure = EndUserBook.prototype.ensure;
  const meanwhile = vi.spyOn(EndUserBook.prototype, 'ensure').mockImplementation(async function (
    this: EndUserBook,
    ...given
  ) {
    meanwhile.mockRestore();
    await happens();
    return ensure.apply(this, given);
  });
}

describe('O04 end users', () => {
  it('are registered by operators, take over what channels knew, and are listed by filters', async () => {
    await follow(ann, people(1, 1, 'app'));
    const given = [
      { externalId: 'a-1', email: 'App1@mail.example', country: 'FR', language: 'fr' },
      { externalId: 'a-2', email: 'app2@mail.example', country: 'DE' },
    ];
    const register = async (items: object[]) =>
      body(await operator.post('operator/end-users', { items }), 200);
    expect(await register(given)).toMatchObject({ added: 1, updated: 1, rejected: 0 });
    expect(await register(given)).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    const moved = [
      { ...given[0], email: 'app1@new.example' },
      { ...given[1], externalId: 'a-3' },
    ];
    expect(await register(moved)).toMatchObject({ updated: 1, items: [{ index: 1, code: 'EMAIL_TAKEN' }] });
    // The channel knows the address that it was told, and nobody gives it another.
    expect(await followersOf(ann, '&externalId=app-1')).toMatchObject([
      { email: 'app1@mail.example', name: 'Person 1', country: null },
    ]);
    expect(await endUsers(operator, 'app1@mail.example')).toMatchObject([
      { externalId: null, channelsCount: 1 },
    ]);
    const list = async (query: string) =>
      body<{ items: { externalId: string | null }[] }>(await operator.get(`operator/end-users?${query}`), 200)
        .items;
    expect(await list('country=FR')).toMatchObject([{ externalId: 'a-1', channelsCount: 0 }]);
    body(await operator.get('operator/end-users?country=fr'), 400);
    expect((await list('kind=registered')).map(({ externalId }) => externalId)).toEqual(['a-1', 'a-2']);
    expect((await list('kind=follower')).every(({ externalId }) => externalId === null)).toBe(true);
  });

  it('may change to an address that a channel knows, and are registered since when they were', async () => {
    const register = async (email: string) => {
      const items = [{ externalId: 'c-1', email, name: 'Cleo' }];
      expect(body(await operator.post('operator/end-users', { items }), 200)).toMatchObject({ rejected: 0 });
      return body<{ items: { registeredAt: string }[] }>(await operator.get('operator/end-users?externalId=c-1'), 200).items; // prettier-ignore
    };
    await follow(ann, people(1, 1, 'cleo'));
    const before = await register('before@mail.example');
    app.clock.advance(60);
    const moved = await register('Cleo1@mail.example');
    expect(moved).toMatchObject([
      { externalId: 'c-1', email: 'cleo1@mail.example', name: 'Cleo', channelsCount: 1 },
    ]);
    expect(moved[0]!.registeredAt).toBe(before[0]!.registeredAt);
    expect(await followersOf(ann, '&externalId=cleo-1')).toMatchObject([{ name: 'Person 1' }]);
    // Nobody knows the former address any more, and the next one leaves the channel what it knows.
    expect(await endUsers(operator, 'before@mail.example')).toEqual([]);
    await register('after@mail.example');
    expect(await endUsers(operator, 'cleo1@mail.example')).toMatchObject([
      { externalId: null, channelsCount: 1 },
    ]);
  });

  it('survive changes of addresses while channels are told of the same ones, and nobody is lost', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index);
    const emailOf = (index: number): string => `swap${index % 18}@mail.example`;
    const register = (shift: number) =>
      operator.post('operator/end-users', {
        items: ids.map((index) => ({ externalId: `s-${index}`, email: emailOf(index + shift) })),
      });
    body(await register(0), 200);
    const told = (shift: number) =>
      follow(shift % 2 ? ann : bob, ids.map((index) => ({ externalId: `t-${index}`, email: emailOf(index + shift) }))); // prettier-ignore
    const answers = await Promise.all(
      [1, 7, 3, 12, 5, 9].flatMap((shift) => [register(shift), told(shift), told(shift + 1)]),
    );
    for (const answer of answers) if ('status' in answer) expect(answer.status).toBe(200);
    const { items } = body<{ items: { externalId: string; email: string }[] }>(
      await operator.get('operator/end-users?kind=registered&email=swap&limit=200'),
      200,
    );
    expect(items.map(({ externalId }) => externalId).sort()).toEqual(ids.map((index) => `s-${index}`).sort());
    const [{ stray }] = await app.db.query<[{ stray: number }]>(
      `SELECT count(*)::int AS stray FROM end_users u
        WHERE forgotten_at IS NULL AND registered_at IS NULL
          AND NOT EXISTS (SELECT FROM channel_followers f WHERE f.end_user_id = u.id)`,
    );
    expect(stray).toBe(0);
  });

  it('stay unsubscribed when their address changes, also to one that a channel is told of meanwhile', async () => {
    await follow(ann, people(1, 1, 'mover'));
    const register = (email: string) =>
      operator.post('operator/end-users', { items: [{ externalId: 'm-1', email }] });
    body(await register('mover1@mail.example'), 200);
    await oneClick(app, linkOf(app, 'mover1@mail.example', ann.channel.id));
    body(await register('mover1@new.example'), 200);
    expect(await follow(ann, [{ externalId: 'mover', email: 'mover1@new.example' }])).toMatchObject({
      added: 0,
      items: [{ code: 'UNSUBSCRIBED' }],
    });

    duringNextImport(() => follow(bob, [{ externalId: 'faster', email: 'mover1@taken.example' }]));
    expect(body(await register('mover1@taken.example'), 200)).toMatchObject({ updated: 1, rejected: 0 });
    expect(await endUsers(operator, 'mover1@')).toMatchObject([
      { email: 'mover1@taken.example', externalId: 'm-1', channelsCount: 1 },
    ]);
  });

  it('are erased by operators, and come back by no import', async () => {
    await follow(ann, people(1, 1, 'gone'));
    body(
      await operator.post('operator/end-users', {
        items: [{ externalId: 'g-1', email: 'gone1@mail.example' }],
      }),
      200,
    );
    const [user] = await endUsers(operator, 'gone1@mail.example');
    body(await operator.delete(`operator/end-users/${user!.id}`), 204);
    body(await operator.delete(`operator/end-users/${user!.id}`), 404);
    expect(await endUsers(operator, 'gone1@mail.example')).toEqual([]);
    expect(await follow(ann, people(1, 1, 'gone'))).toMatchObject({
      added: 0,
      items: [{ code: 'UNSUBSCRIBED' }],
    });
    const [{ left }] = await app.db.query<[{ left: number }]>(
      `SELECT count(*)::int AS left FROM end_users u, to_jsonb(u) AS all_of_it WHERE all_of_it::text LIKE '%gone1%'`,
    );
    expect(left).toBe(0);
  });

  it('are not brought back by an import that had begun when they were erased', async () => {
    const items = [{ externalId: 'e-1', email: 'late1@mail.example', name: 'Late' }];
    body(await operator.post('operator/end-users', { items: [{ ...items[0], name: null }] }), 200);
    const [user] = await endUsers(operator, 'late1@mail.example');
    duringNextImport(async () => body(await operator.delete(`operator/end-users/${user!.id}`), 204));
    expect(body(await operator.post('operator/end-users', { items }), 200)).toMatchObject({
      items: [{ code: 'UNSUBSCRIBED' }],
    });
    expect(await endUsers(operator, 'late1@mail.example')).toEqual([]);
  });
});
