import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.job.js';
import { ImportedPartners } from '../../../src/partner-management/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { Caller, codeOf, open, SIGN_UP, tokenMailed } from '../identity/scene.js';
import { type Member, Team } from './team-scene.js';

const DAY_SECONDS = 86_400;
const INVITATION = 'You are invited';

let app: TestApp;
let team: Team;
let bobId: string;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  team = await Team.start(app);
  bobId = body<Member>(await team.invite('bob'), 201).id;
});

const administrator = () => open(app, 'admin@example.com', { password: 'correct horse battery' });

async function keepHouse(afterDays: number): Promise<void> {
  app.clock.advance(afterDays * DAY_SECONDS);
  await app.app.get(IdentityHousekeeping).run();
  team.owner = await open(app, team.address('ann'));
}

async function addressesLeft(): Promise<string[]> {
  const { items } = body<{ items: Member[] }>(await team.owner.as.get('partner/users'), 200);
  return items.map(({ email }) => email.replace(/@.*/, '')).reverse();
}

describe('A24 an invitation that nobody accepts', () => {
  it('is withdrawn 30 days after its link ended, which frees the address', async () => {
    await keepHouse(36.9);
    expect((await team.member(bobId)).state).toBe('invited');
    await keepHouse(0.1);
    expect(await addressesLeft()).toEqual(['ann']);
    expect(await team.events()).toContainEqual(['member_invitation_withdrawn', bobId]);
    const [event] = await app.db.query(
      `SELECT actor_user_id FROM event_log WHERE subject_id = $1 AND type = 'member_invitation_withdrawn'`,
      [bobId],
    );
    expect(event).toEqual({ actor_user_id: null });
    const signUp = { ...SIGN_UP, email: team.address('bob') };
    expect((await new Caller(app).post('auth/register', signUp)).status).toBe(201);
  });

  it('stays when it was sent again, was accepted, or an operator blocked the person', async () => {
    await team.invite('cy');
    const { id: danId } = body<Member>(await team.invite('dan'), 201);
    const token = await tokenMailed(app, team.address('cy'), INVITATION);
    body(await new Caller(app).post('auth/invitation', { token, password: PASSWORD }), 200);
    const operator = await administrator();
    body(await operator.as.post(`operator/users/${danId}/block`, { reason: 'Asked to' }), 200);
    await keepHouse(30);
    body(await team.owner.as.post(`partner/users/${bobId}/invite-again`), 200);
    await keepHouse(30);
    expect(await addressesLeft()).toEqual(['ann', 'bob', 'cy', 'dan']);
  });

  it('is withdrawn or sent again, not both', async () => {
    app.clock.advance(37 * DAY_SECONDS);
    team.owner = await open(app, team.address('ann'));
    const [again] = await Promise.all([
      team.owner.as.post(`partner/users/${bobId}/invite-again`),
      app.app.get(IdentityHousekeeping).run(),
      app.app.get(IdentityHousekeeping).run(),
    ]);
    expect(codeOf(again)).toMatch(/^(200 OK|404 NOT_FOUND)$/);
    expect(await addressesLeft()).toEqual(again.status === 200 ? ['ann', 'bob'] : ['ann']);
    expect((await team.events()).filter(([type]) => type === 'member_invitation_withdrawn')).toHaveLength(
      again.status === 200 ? 0 : 1,
    );
  });

  it('stays where an import made the partner, which would belong to nobody', async () => {
    const email = team.address('kim');
    const partner = { email, name: 'Kim', kind: 'affiliate' as const, country: 'DE' };
    const partnerId = await app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(ImportedPartners).add(tx, partner, { registeredAt: null, invite: true }));
    await keepHouse(60);
    const operator = await administrator();
    const { items } = body<{ items: { partnerId: string }[] }>(
      await operator.as.get(`operator/users?email=${email}`),
      200,
    );
    expect(items).toMatchObject([{ partnerId, state: 'invited' }]);
  });
});
