import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { Caller, codeOf, login, open, type SignedIn, tokenMailed } from '../identity/scene.js';
import { type Member, Team } from './team-scene.js';

const INVITATION = 'You are invited';
const reason = 'Traffic bought under a false name';

let app: TestApp;
let operator: SignedIn;
let team: Team;

beforeAll(async () => {
  app = await createTestApp();
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
});
afterAll(() => app.close());
beforeEach(async () => {
  team = await Team.start(app);
});

const block = (id: string) => operator.as.post(`operator/users/${id}/block`, { reason });

async function invited(name: string, role = 'manager', as = team.owner.as): Promise<string> {
  return body<Member>(await team.invite(name, role, as), 201).id;
}

const accept = async (name: string) =>
  new Caller(app).post('auth/invitation', {
    token: await tokenMailed(app, team.address(name), INVITATION),
    password: PASSWORD,
  });

describe('A24 an invited person whom an operator blocked', () => {
  it('is not taken out of the team by an owner, nor invited anew', async () => {
    const bobId = await invited('bob');
    body(await block(bobId), 200);
    expect(codeOf(await team.owner.as.delete(`partner/users/${bobId}`))).toBe('409 BLOCKED_BY_OPERATOR');
    expect(codeOf(await team.invite('bob', 'owner'))).toBe('409 EMAIL_TAKEN');
    expect(codeOf(await accept('bob'))).toBe('422 INVALID_TOKEN');
    expect(await team.member(bobId)).toMatchObject({ state: 'blocked', role: 'manager' });
    // Who blocked may take the invitation back as well.
    body(await operator.as.delete(`operator/users/${bobId}`), 200);
  });

  it('is not taken out by an owner who asks at the same time', async () => {
    const bobId = await invited('bob');
    const [blocked, withdrawn] = await Promise.all([
      block(bobId),
      team.owner.as.delete(`partner/users/${bobId}`),
    ]);
    expect([codeOf(blocked), codeOf(withdrawn)]).toEqual(
      blocked.status === 200 ? ['200 OK', '409 BLOCKED_BY_OPERATOR'] : ['404 NOT_FOUND', '200 OK'],
    );
  });
});

describe('A24 invitations of an owner whom an operator blocks', () => {
  it('are withdrawn with the block, and those of nobody else', async () => {
    await team.join('cy', 'owner');
    const cy = await open(app, team.address('cy'));
    const bobId = await invited('bob', 'owner');
    const [danId, eveId] = [await invited('dan', 'owner', cy.as), await invited('eve')];
    // Another owner stands for her now.
    body(await cy.as.post(`partner/users/${eveId}/invite-again`), 200);
    const joinedId = await team.join('finn', 'analyst');

    body(await block(team.ownerId), 200);
    expect(codeOf(await accept('bob'))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await operator.as.get(`operator/users/${bobId}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await accept('dan'))).toBe('200 OK');
    expect(codeOf(await accept('eve'))).toBe('200 OK');
    const { items } = body<{ items: Member[] }>(await cy.as.get('partner/users'), 200);
    expect(items.map(({ id }) => id).sort()).toEqual(
      [
        team.ownerId,
        danId,
        eveId,
        joinedId,
        items.find(({ email }) => email === team.address('cy'))!.id,
      ].sort(),
    );
    team.owner = cy;
    expect(await team.events()).toContainEqual(['member_invitation_withdrawn', bobId]);
    const audit = body<{ items: object[] }>(
      await operator.as.get(`operator/audit-log?subjectId=${bobId}`),
      200,
    );
    expect(audit.items[0]).toMatchObject({ action: 'user.invitation_withdrawn', partnerId: team.partnerId });
  });

  it('stay blocked where an operator had blocked them, and stay as they are when the team blocks', async () => {
    const bobId = await invited('bob');
    body(await block(bobId), 200);
    const cyId = await team.join('cy', 'owner');
    const cy = await open(app, team.address('cy'));
    const danId = await invited('dan', 'manager', cy.as);
    body(await team.owner.as.post(`partner/users/${cyId}/block`), 200);
    expect((await team.member(danId)).state).toBe('invited');
    body(await block(team.ownerId), 200);
    expect(body<Member>(await operator.as.get(`operator/users/${bobId}`), 200).state).toBe('blocked');
  });

  it('are withdrawn, or accepted just before: never does the block fail', async () => {
    const names = ['bob', 'cy', 'dan', 'eve'];
    for (const name of names) await invited(name, 'owner');
    const [blocked, ...accepted] = await Promise.all([block(team.ownerId), ...names.map(accept)]);
    expect(codeOf(blocked)).toBe('200 OK');
    for (const [index, answer] of accepted.entries()) {
      expect(codeOf(answer)).toMatch(/^(200 OK|422 INVALID_TOKEN)$/);
      const signIn = await login(app, team.address(names[index]!));
      expect(signIn.status).toBe(answer.status === 200 ? 200 : 401);
    }
    const open = await app.db.query(
      `SELECT FROM users u JOIN memberships m ON m.user_id = u.id
        WHERE m.partner_id = $1 AND u.invited_at IS NOT NULL`,
      [team.partnerId],
    );
    expect(open).toEqual([]);
  });
});
