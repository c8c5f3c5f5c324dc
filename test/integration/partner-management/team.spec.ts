import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../src/identity/domain/permissions.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { activePartner, Caller, codeOf, login, open, type SignedIn, signUp } from '../identity/scene.js';
import { type Member, Team } from './team-scene.js';

const NOBODY = '01920000-0000-7000-8000-00000000dead';
const OUT = '401 UNAUTHENTICATED';

let app: TestApp;
let anybody: Caller;
let team: Team;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  team = await Team.start(app);
});

describe('A24 roles', () => {
  it.each(['owner', 'manager', 'finance', 'analyst'])(
    '%s: GET /me tells role and permissions',
    async (role) => {
      await team.join('bob', role);
      const bob = await open(app, team.address('bob'));
      const me = body<{ permissions: string[] }>(await bob.as.get('me'), 200);
      expect(me).toMatchObject({
        realm: 'partner',
        role,
        partnerId: team.partnerId,
        brandId: null,
        active: true,
        impersonating: false,
      });
      expect(me.permissions.sort()).toEqual([...permissionsOf('partner', role)].sort());
    },
  );

  it('are in force at the next request', async () => {
    const bobId = await team.join('bob', 'manager');
    const bob = await open(app, team.address('bob'));
    expect(codeOf(await team.invite('cy', 'analyst', bob.as))).toBe('403 PERMISSION_DENIED');
    const changed = body<Member>(
      await team.owner.as.patch(`partner/users/${bobId}`, { role: 'owner', name: 'Robert' }),
      200,
    );
    expect(changed).toMatchObject({ role: 'owner', name: 'Robert' });
    expect((await team.invite('cy', 'analyst', bob.as)).status).toBe(201);
    body(await team.owner.as.patch(`partner/users/${bobId}`, { role: 'analyst' }), 200);
    expect(codeOf(await bob.as.get('partner/users'))).toBe('403 PERMISSION_DENIED');
    expect((await team.events()).filter(([type]) => type === 'member_role_changed')).toHaveLength(2);
    // The same again, or nothing, changes nothing and tells of nothing.
    body(await team.owner.as.patch(`partner/users/${bobId}`, { role: 'analyst' }), 200);
    body(await team.owner.as.patch(`partner/users/${bobId}`, {}), 200);
    expect((await team.events()).filter(([type]) => type === 'member_role_changed')).toHaveLength(2);
  });

  it('have names, and a new one is told of', async () => {
    const bobId = await team.join('bob', 'manager');
    body(await team.owner.as.patch(`partner/users/${bobId}`, { name: 'Robert' }), 200);
    body(await team.owner.as.patch(`partner/users/${bobId}`, { name: 'Robert' }), 200);
    const renamed = () => team.owner.as.get('partner/events?type=member_renamed');
    const { items } = body<{ items: object[] }>(await renamed(), 200);
    expect(items).toMatchObject([
      { subjectId: bobId, summary: 'The name of Robert was changed.', data: { from: 'Bob', to: 'Robert' } },
    ]);
    const kept = await app.db.query<object[]>(
      `SELECT data FROM event_log WHERE type = 'member_renamed' AND subject_id = $1`,
      [bobId],
    );
    expect(kept).toEqual([{ data: {} }]);
  });

  it('of a manager let the team be seen only', async () => {
    const bobId = await team.join('bob', 'manager');
    const bob = await open(app, team.address('bob'));
    expect((await bob.as.get('partner/users')).status).toBe(200);
    for (const answer of [
      await bob.as.patch(`partner/users/${bobId}`, { role: 'owner' }),
      await bob.as.post(`partner/users/${team.ownerId}/block`),
      await bob.as.get(`partner/users/${team.ownerId}/sessions`),
      await bob.as.delete(`partner/users/${team.ownerId}/sessions/${NOBODY}`),
    ]) {
      expect(codeOf(answer)).toBe('403 PERMISSION_DENIED');
    }
  });

  it('nobody blocks or demotes themself, alone or not', async () => {
    for (const answer of [
      await team.owner.as.post(`partner/users/${team.ownerId}/block`),
      await team.owner.as.patch(`partner/users/${team.ownerId}`, { role: 'manager' }),
    ]) {
      expect(codeOf(answer)).toBe('409 OWN_ACCOUNT');
    }
    await team.join('bob', 'owner');
    expect(codeOf(await team.owner.as.post(`partner/users/${team.ownerId}/block`))).toBe('409 OWN_ACCOUNT');
    expect(
      body<Member>(
        await team.owner.as.patch(`partner/users/${team.ownerId}`, { name: 'Ann', role: 'owner' }),
        200,
      ),
    ).toMatchObject({
      name: 'Ann',
      role: 'owner',
    });
  });

  it('two owners who demote or block each other at once: one stays', async () => {
    for (const [index, act] of [
      (by: SignedIn, id: string) => by.as.patch(`partner/users/${id}`, { role: 'analyst' }),
      (by: SignedIn, id: string) => by.as.post(`partner/users/${id}/block`),
    ].entries()) {
      for (let round = 0; round < 5; round += 1) {
        const name = `bob${index}${round}`;
        // Whoever stayed owner of the round before invites the next one.
        const bobId = await team.join(name, 'owner');
        const bob = await open(app, team.address(name));
        const answers = await Promise.all([act(team.owner, bobId), act(bob, team.ownerId)]);
        expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
        const left = await app.db.query<{ id: string }[]>(
          `SELECT u.id FROM users u JOIN memberships m ON m.user_id = u.id
            WHERE m.partner_id = $1 AND m.role = 'owner' AND u.blocked_at IS NULL`,
          [team.partnerId],
        );
        expect(left).toHaveLength(1);
        if (left[0]!.id === bobId) [team.owner, team.ownerId] = [bob, bobId];
      }
    }
  });

  it('three owners in a ring: those who lost the role meanwhile change nothing', async () => {
    const ids = [team.ownerId, await team.join('bob', 'owner'), await team.join('cy', 'owner')];
    const owners = [team.owner, await open(app, team.address('bob')), await open(app, team.address('cy'))];
    await Promise.all(
      owners.map(({ as }, index) => as.patch(`partner/users/${ids[(index + 1) % 3]!}`, { role: 'manager' })),
    );
    const [row] = await app.db.query<{ owners: number }[]>(
      `SELECT count(*)::int AS owners FROM memberships WHERE partner_id = $1 AND role = 'owner'`,
      [team.partnerId],
    );
    expect(row!.owners).toBeGreaterThan(0);
  });

  it('an owner who has not joined does not count as one who stays', async () => {
    const bobId = await team.join('bob', 'owner');
    await team.invite('cy', 'owner');
    const bob = await open(app, team.address('bob'));
    body(await team.owner.as.post(`partner/users/${bobId}/block`), 200);
    expect(codeOf(await bob.as.post(`partner/users/${team.ownerId}/block`))).toBe(OUT);
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    const demote = await operator.as.patch(`operator/users/${team.ownerId}`, { role: 'manager' });
    expect(codeOf(demote)).toBe('409 LAST_OWNER');
  });
});

describe('A24 blocking in the team', () => {
  it('is out at the next request, at the refresh and at the sign-in, until unblocked', async () => {
    const bobId = await team.join('bob', 'manager');
    const bob = await open(app, team.address('bob'));
    const { token } = body<{ token: string }>(await bob.as.get('me/statistic-token'), 200);
    expect(body<Member>(await team.owner.as.post(`partner/users/${bobId}/block`), 200)).toMatchObject({
      state: 'blocked',
      blockedBy: 'team',
    });
    expect(codeOf(await bob.as.get('me'))).toBe(OUT);
    expect(codeOf(await anybody.post('auth/refresh', { refreshToken: bob.refreshToken }))).toBe(OUT);
    const report = await fetch(`${app.url}/api/customer/v1/partner/report/attributes`, {
      headers: { authorization: token },
    });
    expect(report.status).toBe(401);

    const [right, wrong, unknown] = await Promise.all([
      login(app, team.address('bob')),
      login(app, team.address('bob'), { password: 'not the pass phrase' }),
      login(app, team.address('nobody')),
    ]);
    const shown = ({ status, body: { requestId: _, ...problem } }: typeof right) => ({ status, problem });
    expect(codeOf(right)).toBe('401 INVALID_CREDENTIALS');
    expect([shown(wrong), shown(unknown)]).toEqual([shown(right), shown(right)]);

    expect(codeOf(await team.owner.as.post(`partner/users/${bobId}/block`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
    body(await team.owner.as.post(`partner/users/${bobId}/unblock`), 200);
    expect(codeOf(await team.owner.as.post(`partner/users/${bobId}/unblock`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
    // The sessions of before stay ended.
    expect(codeOf(await bob.as.get('me'))).toBe(OUT);
    expect((await login(app, team.address('bob'))).status).toBe(200);
    expect((await team.events()).slice(-2)).toEqual([
      ['member_blocked', bobId],
      ['member_unblocked', bobId],
    ]);
    expect((await app.mailbox(team.address('bob'))).map(({ subject }) => subject).slice(-2)).toEqual([
      'Your account is blocked',
      'Your account is open again',
    ]);
  });

  it('leaves no session open that was being opened', async () => {
    const bobId = await team.join('bob', 'manager');
    const [, ...signIns] = await Promise.all([
      team.owner.as.post(`partner/users/${bobId}/block`),
      ...Array.from({ length: 4 }, () => login(app, team.address('bob'))),
    ]);
    for (const { body: tokens } of signIns) {
      const { accessToken = 'none' } = tokens as { accessToken?: string };
      expect(codeOf(await new Caller(app, accessToken).get('me'))).toBe(OUT);
    }
  });

  it('unlocks who locked themself out', async () => {
    const bobId = await team.join('bob', 'manager');
    expect(codeOf(await team.owner.as.post(`partner/users/${bobId}/unlock`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
    for (let i = 0; i < 5; i += 1) await login(app, team.address('bob'), { password: 'not the pass phrase' });
    expect((await team.member(bobId)).state).toBe('locked');
    expect(body<Member>(await team.owner.as.post(`partner/users/${bobId}/unlock`), 200).state).toBe('active');
    expect((await login(app, team.address('bob'))).status).toBe(200);
    expect(await team.events()).toContainEqual(['member_unlocked', bobId]);
  });

  it('ends mails about the partner, unless all owners are blocked: then the first one gets them', async () => {
    const bobId = await team.join('bob', 'owner');
    body(await team.owner.as.post(`partner/users/${bobId}/block`), 200);
    const [ann, bob] = [team.address('ann'), team.address('bob')];
    const before = await app.mailbox(bob);
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    const reason = { reason: 'Asked to' };
    body(await operator.as.post(`operator/partners/${team.partnerId}/suspend`, reason), 200);
    expect((await app.mailbox(ann)).at(-1)!.subject).toBe('Your partnership is suspended');

    body(await operator.as.post(`operator/users/${team.ownerId}/block`, reason), 200);
    body(await operator.as.post(`operator/partners/${team.partnerId}/reactivate`), 200);
    expect((await app.mailbox(ann)).at(-1)!.subject).toBe('Your partnership is open again');
    expect(await app.mailbox(bob)).toEqual(before);
  });

  it('does not remove who has joined', async () => {
    const bobId = await team.join('bob', 'manager');
    expect(codeOf(await team.owner.as.delete(`partner/users/${bobId}`))).toBe('409 MEMBER_STATE_CONFLICT');
    expect(codeOf(await team.owner.as.delete(`partner/users/${team.ownerId}`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
  });
});

describe('A23 sessions of the team', () => {
  it('are seen and ended by an owner at once, refresh token too', async () => {
    const bobId = await team.join('bob', 'analyst');
    const first = await open(app, team.address('bob'));
    const second = await open(app, team.address('bob'));
    const list = async () =>
      body<{ items: { id: string; current: boolean; address: string }[] }>(
        await team.owner.as.get(`partner/users/${bobId}/sessions`),
        200,
      ).items;
    const [, older] = await list();
    expect(older).toMatchObject({ current: false, address: '127.0.0.1' });
    body(await team.owner.as.delete(`partner/users/${bobId}/sessions/${older!.id}`), 200);
    expect(codeOf(await first.as.get('me'))).toBe(OUT);
    expect(codeOf(await anybody.post('auth/refresh', { refreshToken: first.refreshToken }))).toBe(OUT);
    expect((await second.as.get('me')).status).toBe(200);
    expect(await list()).toHaveLength(1);
    expect(codeOf(await team.owner.as.delete(`partner/users/${bobId}/sessions/${older!.id}`))).toBe(
      '404 NOT_FOUND',
    );
    expect((await team.events()).at(-1)).toEqual(['member_session_ended', bobId]);
  });

  it('of one member are not ended under another one’s name', async () => {
    const bobId = await team.join('bob', 'analyst');
    const { items } = body<{ items: [{ id: string; current: boolean }] }>(
      await team.owner.as.get(`partner/users/${team.ownerId}/sessions`),
      200,
    );
    expect(items[0].current).toBe(true);
    expect(codeOf(await team.owner.as.delete(`partner/users/${bobId}/sessions/${items[0].id}`))).toBe(
      '404 NOT_FOUND',
    );
    expect((await team.owner.as.get('me')).status).toBe(200);
  });
});

describe('A24 another partner’s team', () => {
  it('is not found by any route', async () => {
    const bobId = await team.join('bob', 'analyst');
    const bob = await open(app, team.address('bob'));
    const { items } = body<{ items: [{ id: string }] }>(
      await team.owner.as.get(`partner/users/${bobId}/sessions`),
      200,
    );
    await activePartner(app, team.address('eve'));
    const eve = await open(app, team.address('eve'));
    for (const id of [bobId, NOBODY]) {
      for (const answer of [
        await eve.as.get(`partner/users/${id}`),
        await eve.as.patch(`partner/users/${id}`, { role: 'owner' }),
        await eve.as.post(`partner/users/${id}/block`),
        await eve.as.post(`partner/users/${id}/unblock`),
        await eve.as.post(`partner/users/${id}/unlock`),
        await eve.as.post(`partner/users/${id}/invite-again`),
        await eve.as.delete(`partner/users/${id}`),
        await eve.as.get(`partner/users/${id}/sessions`),
        await eve.as.delete(`partner/users/${id}/sessions/${items[0].id}`),
      ]) {
        expect(codeOf(answer), `${answer.request.method} ${answer.request.url}`).toBe('404 NOT_FOUND');
      }
    }
    const { items: own } = body<{ items: Member[] }>(await eve.as.get('partner/users'), 200);
    expect(own.map(({ email }) => email)).toEqual([team.address('eve')]);
    expect((await bob.as.get('me')).status).toBe(200);
    expect(await team.member(bobId)).toMatchObject({ role: 'analyst', state: 'active' });
  });

  it('a partner that waits for approval manages nobody yet', async () => {
    await signUp(app, team.address('zoe'));
    const zoe = await open(app, team.address('zoe'));
    expect(codeOf(await team.invite('bob', 'manager', zoe.as))).toBe('403 PARTNER_NOT_ACTIVE');
    expect((await zoe.as.get('partner/users')).status).toBe(200);
  });
});
