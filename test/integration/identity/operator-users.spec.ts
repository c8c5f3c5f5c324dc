import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../src/identity/domain/permissions.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, Caller, codeOf, joinTeam, login, open, type SignedIn } from './scene.js';

interface User {
  id: string;
  email: string;
  realm: string;
  role: string;
  state: string;
  partnerId: string | null;
  brandId: string | null;
  blockedBy: string | null;
  blockedReason: string | null;
}

const OUT = '401 UNAUTHENTICATED';
const NOBODY = '01920000-0000-7000-8000-00000000dead';
const reason = 'Traffic bought under a false name';

let app: TestApp;
let admin: SignedIn;
let adminId: string;
let partnerId: string;
let annId: string;
let ann: SignedIn;

beforeAll(async () => {
  app = await createTestApp();
  admin = await open(app, 'admin@example.com', { password: 'correct horse battery' });
  adminId = body<{ user: { id: string } }>(await admin.as.get('me'), 200).user.id;
  partnerId = await activePartner(app, 'ann@example.com');
  ann = await open(app, 'ann@example.com');
  annId = body<{ user: { id: string } }>(await ann.as.get('me'), 200).user.id;
});
afterAll(() => app.close());

const users = async (query: string) =>
  body<{ items: User[]; nextCursor: string | null }>(await admin.as.get(`operator/users?${query}`), 200);
const block = (id: string, as = admin.as) => as.post(`operator/users/${id}/block`, { reason });
const unblock = (id: string) => admin.as.post(`operator/users/${id}/unblock`);
const operator = (name: string, role: string) =>
  joinTeam(app, admin.as, `${name}@operators.example`, role, 'operator/users');

async function audited(subjectId: string): Promise<object[]> {
  return body<{ items: object[] }>(await admin.as.get(`operator/audit-log?subjectId=${subjectId}`), 200)
    .items;
}

describe('A32 blocked by an operator', () => {
  it('is out at the next request and at the refresh, told why, and back after the unblock', async () => {
    const blocked = body<User>(await block(annId), 200);
    expect(blocked).toMatchObject({
      state: 'blocked',
      blockedBy: 'operator',
      blockedReason: reason,
      partnerId,
    });
    expect(codeOf(await ann.as.get('me'))).toBe(OUT);
    expect(codeOf(await new Caller(app).post('auth/refresh', { refreshToken: ann.refreshToken }))).toBe(OUT);
    expect(codeOf(await login(app, 'ann@example.com'))).toBe('401 INVALID_CREDENTIALS');
    expect((await app.mailbox('ann@example.com')).at(-1)).toMatchObject({
      subject: 'Your account is blocked',
      text: expect.stringContaining(reason) as string,
    });
    // Neither a new password nor an unlock link undoes an operator's block.
    body(await new Caller(app).post('auth/password/forgot', { email: 'ann@example.com' }), 200);
    expect((await app.mailbox('ann@example.com')).at(-1)!.subject).toBe('Your account is blocked');

    expect(body<User>(await unblock(annId), 200)).toMatchObject({ state: 'active', blockedReason: null });
    ann = await open(app, 'ann@example.com');
    await outboxDelivered(app);
    const events = body<{ items: object[] }>(await ann.as.get('partner/events?limit=2'), 200).items;
    expect(events).toMatchObject([
      { type: 'member_unblocked', subjectId: annId },
      { type: 'member_blocked', subjectId: annId },
    ]);
    expect(await audited(annId)).toMatchObject([
      {
        action: 'user.unblocked',
        partnerId,
        before: { state: 'blocked', blockedReason: reason },
        after: { state: 'active' },
      },
      {
        action: 'user.blocked',
        before: { state: 'active' },
        after: { state: 'blocked', blockedReason: reason },
      },
    ]);
    expect(JSON.stringify(await audited(annId))).not.toContain('ann@example.com');
  });

  it('happens once of many at the same time, and needs a reason', async () => {
    const bobId = await joinTeam(app, ann.as, 'bob@example.com', 'manager');
    const answers = await Promise.all(Array.from({ length: 8 }, () => block(bobId)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(7).fill('409 MEMBER_STATE_CONFLICT')]);
    const back = await Promise.all(Array.from({ length: 8 }, () => unblock(bobId)));
    expect(back.map(codeOf).sort()).toEqual(['200 OK', ...Array(7).fill('409 MEMBER_STATE_CONFLICT')]);
    for (const body of [{}, { reason: ' ' }, { reason: 5 }, { reason: 'x'.repeat(501) }]) {
      expect(codeOf(await admin.as.post(`operator/users/${bobId}/block`, body))).toBe(
        '400 VALIDATION_FAILED',
      );
    }
    for (const action of ['block', 'unblock', 'unlock']) {
      expect(codeOf(await admin.as.post(`operator/users/${NOBODY}/${action}`, { reason }))).toMatch(
        /^40[04]/,
      );
    }
  });

  it('is not undone by the team, whose own block an operator may take over', async () => {
    const cyId = await joinTeam(app, ann.as, 'cy@example.com', 'manager');
    body(await ann.as.post(`partner/users/${cyId}/block`), 200);
    expect(body<User>(await block(cyId), 200)).toMatchObject({
      blockedBy: 'operator',
      blockedReason: reason,
    });
    expect(codeOf(await ann.as.post(`partner/users/${cyId}/unblock`))).toBe('409 BLOCKED_BY_OPERATOR');
    expect(codeOf(await ann.as.post(`partner/users/${cyId}/block`))).toBe('409 MEMBER_STATE_CONFLICT');
    body(await unblock(cyId), 200);
    body(await ann.as.post(`partner/users/${cyId}/block`), 200);
    body(await unblock(cyId), 200);
    const seen = body<object>(await ann.as.get(`partner/users/${cyId}`), 200);
    expect(Object.keys(seen)).not.toContain('blockedReason');
  });

  it('unlocks who locked themself out', async () => {
    const danId = await joinTeam(app, ann.as, 'dan@example.com', 'analyst');
    expect(codeOf(await admin.as.post(`operator/users/${danId}/unlock`))).toBe('409 MEMBER_STATE_CONFLICT');
    for (let i = 0; i < 5; i += 1) await login(app, 'dan@example.com', { password: 'not the pass phrase' });
    expect((await users('state=locked')).items.map(({ id }) => id)).toEqual([danId]);
    body(await admin.as.post(`operator/users/${danId}/unlock`), 200);
    expect((await login(app, 'dan@example.com')).status).toBe(200);
    expect((await audited(danId))[0]).toMatchObject({ action: 'user.unlocked', before: { state: 'locked' } });
  });
});

describe('A32 administrators', () => {
  it('block neither themself nor, in parallel, each other', async () => {
    expect(codeOf(await block(adminId))).toBe('409 OWN_ACCOUNT');
    expect(codeOf(await admin.as.patch(`operator/users/${adminId}`, { role: 'support' }))).toBe(
      '409 OWN_ACCOUNT',
    );
    for (let round = 0; round < 4; round += 1) {
      const otherId = await operator(`other${round}`, 'admin');
      const other = await open(app, `other${round}@operators.example`);
      const answers = await Promise.all([block(otherId), block(adminId, other.as)]);
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
      if (answers[1].status === 200) {
        await app.db.query('UPDATE users SET blocked_at = NULL, blocked_reason = NULL WHERE id = $1', [
          adminId,
        ]);
        admin = await open(app, 'admin@example.com', { password: 'correct horse battery' });
        body(await block(otherId), 200);
      }
    }
  });

  it.each(['manager', 'finance', 'support'])('alone change users; %s only looks', async (role) => {
    await operator(role, role);
    const colleague = await open(app, `${role}@operators.example`);
    const me = body<{ permissions: string[] }>(await colleague.as.get('me'), 200);
    expect(me.permissions.sort()).toEqual([...permissionsOf('operator', role)].sort());
    expect((await colleague.as.get('operator/users')).status).toBe(200);
    for (const answer of [
      await block(annId, colleague.as),
      await colleague.as.post('operator/users', { email: 'x@example.com', name: 'X', role: 'admin' }),
      await colleague.as.patch(`operator/users/${annId}`, { role: 'analyst' }),
    ]) {
      expect(codeOf(answer)).toBe('403 PERMISSION_DENIED');
    }
  });

  it('give roles of the user’s realm only', async () => {
    const eveId = await joinTeam(app, ann.as, 'eve@example.com', 'manager');
    expect(body<User>(await admin.as.patch(`operator/users/${eveId}`, { role: 'owner' }), 200).role).toBe(
      'owner',
    );
    const answer = await admin.as.patch(`operator/users/${eveId}`, { role: 'admin' });
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([
      { path: 'role', message: 'must be one of owner, manager, finance, analyst' },
    ]);
    body(await admin.as.patch(`operator/users/${eveId}`, { role: 'analyst' }), 200);
    expect(codeOf(await admin.as.patch(`operator/users/${annId}`, { role: 'manager' }))).toBe(
      '409 LAST_OWNER',
    );
    // What is no role of the realm is told before what the change would do to the team.
    const last = await admin.as.patch(`operator/users/${annId}`, { role: 'admin' });
    expect(codeOf(last)).toBe('422 VALIDATION_FAILED');
  });

  it('invite operators and people of brands, and take invitations back', async () => {
    const { id: brandId } = body<{ id: string }>(
      await admin.as.post('operator/brands', { name: 'Royal', currency: 'EUR' }),
      201,
    );
    const path = `operator/brands/${brandId}/users`;
    const id = await joinTeam(app, admin.as, 'bea@brand.example', 'owner', path);
    const bea = await open(app, 'bea@brand.example');
    expect(body(await bea.as.get('me'), 200)).toMatchObject({
      realm: 'brand',
      role: 'owner',
      brandId,
      partnerId: null,
    });
    expect(codeOf(await bea.as.get('operator/users'))).toBe('403 PERMISSION_DENIED');
    expect((await audited(id))[0]).toMatchObject({
      action: 'user.invited',
      before: null,
      after: { role: 'owner' },
    });

    const someone = { email: 'rae@brand.example', name: 'Rae', role: 'reviewer' };
    expect(codeOf(await admin.as.post(`operator/brands/${NOBODY}/users`, someone))).toBe('404 NOT_FOUND');
    expect(codeOf(await admin.as.post(path, { ...someone, role: 'admin' }))).toBe('400 VALIDATION_FAILED');
    const rae = body<User>(await admin.as.post(path, someone), 201);
    expect(body<User>(await admin.as.post(`operator/users/${rae.id}/invite-again`), 200).state).toBe(
      'invited',
    );
    body(await admin.as.delete(`operator/users/${rae.id}`), 200);
    expect(codeOf(await admin.as.get(`operator/users/${rae.id}`))).toBe('404 NOT_FOUND');
    expect((await audited(rae.id))[0]).toMatchObject({ action: 'user.invitation_withdrawn', after: null });
    expect(codeOf(await admin.as.delete(`operator/users/${id}`))).toBe('409 MEMBER_STATE_CONFLICT');
  });

  it('find users by realm, state and a part of the address, page by page', async () => {
    expect((await users('realm=brand')).items.every(({ realm }) => realm === 'brand')).toBe(true);
    expect((await users('email=ANN@')).items.map(({ id }) => id)).toEqual([annId]);
    for (const part of ['%25', '_', "'", '\\']) expect((await users(`email=${part}`)).items).toEqual([]);
    const all = (await users('limit=200')).items.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: User[]; nextCursor: string | null } = await users(
        `limit=3${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(all);
    expect(codeOf(await admin.as.get('operator/users?realm=nowhere'))).toBe('400 VALIDATION_FAILED');
    expect(codeOf(await admin.as.get('operator/users?email=a%00b'))).toMatch(/^400/);
  });
});
