import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { Caller, codeOf, enableTwoFactor, login, open, tokenMailed } from '../identity/scene.js';
import { type Member, Team } from './team-scene.js';

const NOBODY = '01920000-0000-7000-8000-00000000dead';
const INVITATION = 'You are invited';

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

const accept = (token: string, password = PASSWORD) => anybody.post('auth/invitation', { token, password });

describe('A24 inviting to the team', () => {
  it('leads from the mail over a page to a sign-in with the role', async () => {
    const invited = body<Member>(await team.invite('bob'), 201);
    expect(invited).toMatchObject({
      email: team.address('bob'),
      role: 'manager',
      state: 'invited',
      lastSignInAt: null,
    });
    expect(Object.keys(invited)).not.toContain('partnerId');

    const [mail] = (await app.mailbox(team.address('bob'))).filter(({ subject }) => subject === INVITATION);
    expect(mail!.text).toContain(`${team.address('ann')} invites you to their team as manager`);
    const link = new URL(/https?:\S+/.exec(mail!.text)![0]);
    const page = await anybody.get(link.pathname + link.search);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('type="password"');
    // Opening the page, as mail scanners do, uses nothing up.
    const token = link.searchParams.get('token')!;
    const answer = await fetch(`${app.url}/api/v1/auth/invitation`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token, password: PASSWORD }),
    });
    expect(answer.status).toBe(200);

    const bob = await open(app, team.address('bob'));
    expect(body(await bob.as.get('me'), 200)).toMatchObject({
      realm: 'partner',
      role: 'manager',
      partnerId: team.partnerId,
      active: true,
    });
    await enableTwoFactor(app, bob);
    expect(await team.member(invited.id)).toMatchObject({
      state: 'active',
      invitedAt: null,
      twoFactorEnabled: true,
    });
    expect((await team.member(invited.id)).lastSignInAt).toEqual(expect.any(String));
    expect(await team.events()).toContainEqual(['member_invited', invited.id]);
  });

  it('refuses an address that is in use, whoever uses it and in whatever case', async () => {
    for (const email of [team.address('ann'), team.address('ANN'), 'admin@example.com']) {
      const answer = await team.owner.as.post('partner/users', { email, name: 'Bob', role: 'manager' });
      expect(codeOf(answer), email).toBe('409 EMAIL_TAKEN');
      expect(answer.body.errors[0].path).toBe('email');
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => team.invite('bob')));
    expect(answers.map(codeOf).sort()).toEqual(['201 OK', ...Array(7).fill('409 EMAIL_TAKEN')]);
  });

  it.each([
    [{ role: 'admin' }, 'role'],
    [{ role: 'partner:owner' }, 'role'],
    [{ email: 'nobody' }, 'email'],
    [{ name: '  ' }, 'name'],
    [{ name: null }, 'name'],
    [{ partnerId: NOBODY }, 'partnerId'],
    [{ realm: 'operator' }, 'realm'],
    [{ password: 'x' }, 'password'],
  ])('refuses %j', async (fault, path) => {
    const answer = await team.owner.as.post('partner/users', {
      email: team.address('bob'),
      name: 'Bob',
      role: 'manager',
      ...fault,
    });
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe(path);
  });

  it('has one effect per idempotency key', async () => {
    const send = () =>
      fetch(`${app.url}/api/v1/partner/users`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${team.owner.accessToken}`,
          'content-type': 'application/json',
          'idempotency-key': `invite-${team.partnerId}`,
        },
        body: JSON.stringify({ email: team.address('bob'), name: 'Bob', role: 'finance' }),
      });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(await again.json()).toEqual(await first.json());
    expect(
      (await app.mailbox(team.address('bob'))).filter(({ subject }) => subject === INVITATION),
    ).toHaveLength(1);
  });

  it('lists the team page by page, newest first, by state', async () => {
    const bob = await team.join('bob', 'manager');
    const { id: cy } = body<Member>(await team.invite('cy'), 201);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Member[]; nextCursor: string | null } = body(
        await team.owner.as.get(`partner/users?limit=1${cursor ? `&cursor=${cursor}` : ''}`),
        200,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([cy, bob, team.ownerId]);
    const { items } = body<{ items: Member[] }>(await team.owner.as.get('partner/users?state=invited'), 200);
    expect(items.map(({ id }) => id)).toEqual([cy]);
    expect(codeOf(await team.owner.as.get('partner/users?state=gone'))).toBe('400 VALIDATION_FAILED');
    expect(codeOf(await team.owner.as.get('partner/users?role=owner'))).toBe('400 VALIDATION_FAILED');
  });

  it('keeps an invited person out until the password is set', async () => {
    await team.invite('bob');
    expect(codeOf(await login(app, team.address('bob')))).toBe('401 INVALID_CREDENTIALS');
    // There is no password to guess, so nothing is locked, and no link but the invitation is mailed.
    for (let i = 0; i < 6; i += 1) await login(app, team.address('bob'));
    body(await anybody.post('auth/password/forgot', { email: team.address('bob') }), 200);
    expect((await app.mailbox(team.address('bob'))).map(({ subject }) => subject)).toEqual([INVITATION]);
  });

  it('while the partner is suspended is closed, and who joins then is as inactive as the others', async () => {
    const { id } = body<Member>(await team.invite('bob'), 201);
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    body(await operator.as.post(`operator/partners/${team.partnerId}/suspend`, { reason: 'Asked to' }), 200);
    expect(codeOf(await team.invite('cy'))).toBe('403 PARTNER_NOT_ACTIVE');
    expect((await team.owner.as.get('partner/users')).status).toBe(200);
    body(await accept(await tokenMailed(app, team.address('bob'), INVITATION)), 200);
    const bob = await open(app, team.address('bob'));
    expect(body(await bob.as.get('me'), 200)).toMatchObject({ active: false });
    expect((await team.member(id)).state).toBe('active');
  });

  it('while the partner is being suspended brings nobody in who stays active', async () => {
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    await Promise.all([
      ...Array.from({ length: 5 }, (_, i) => team.invite(`bob${i}`)),
      operator.as.post(`operator/partners/${team.partnerId}/suspend`, { reason: 'Asked to' }),
      ...Array.from({ length: 5 }, (_, i) => team.invite(`cy${i}`)),
    ]);
    const rows = await app.db.query('SELECT DISTINCT active FROM memberships WHERE partner_id = $1', [
      team.partnerId,
    ]);
    expect(rows).toEqual([{ active: false }]);
  });
});

describe('A24 the invitation link', () => {
  let token: string;
  let bobId: string;
  beforeEach(async () => {
    bobId = body<Member>(await team.invite('bob'), 201).id;
    token = await tokenMailed(app, team.address('bob'), INVITATION);
  });

  it('works once, also when used many times at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => accept(token)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(3).fill('422 INVALID_TOKEN')]);
    expect(codeOf(await accept(token, 'another unusual pass phrase'))).toBe('422 INVALID_TOKEN');
    expect((await login(app, team.address('bob'))).status).toBe(200);
  });

  it('works for seven days', async () => {
    app.clock.advance(7 * 86_400);
    expect(codeOf(await accept(token))).toBe('422 INVALID_TOKEN');
    app.clock.advance(-1);
    expect(codeOf(await accept(token))).toBe('200 OK');
  });

  it('is kept as a hash, for a weak password unused, and good for nothing else', async () => {
    expect(await app.db.query('SELECT FROM one_time_tokens WHERE token_hash = $1', [token])).toEqual([]);
    expect(codeOf(await accept(token, 'password'))).toBe('422 WEAK_PASSWORD');
    for (const [path, extra] of [
      ['auth/password/reset', { password: PASSWORD }],
      ['auth/unlock', {}],
      ['auth/verify-email', {}],
    ] as const) {
      expect(codeOf(await anybody.post(path, { token, ...extra })), path).toBe('422 INVALID_TOKEN');
    }
    body(await anybody.post('auth/password/forgot', { email: team.address('ann') }), 200);
    const foreign = await tokenMailed(app, team.address('ann'), 'Set a new password');
    for (const wrong of [foreign, 'x'.repeat(43), '']) {
      expect(codeOf(await accept(wrong)), wrong).toBe('422 INVALID_TOKEN');
    }
    expect(codeOf(await accept(token))).toBe('200 OK');
  });

  it('is replaced by the next one', async () => {
    app.clock.advance(8 * 86_400);
    const owner = await open(app, team.address('ann'));
    body(await owner.as.post(`partner/users/${bobId}/invite-again`), 200);
    const next = await tokenMailed(app, team.address('bob'), INVITATION);
    expect(codeOf(await accept(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await accept(next))).toBe('200 OK');
    expect(codeOf(await owner.as.post(`partner/users/${bobId}/invite-again`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
  });

  it('is dead while the person is blocked, and after the invitation was taken back', async () => {
    body(await team.owner.as.post(`partner/users/${bobId}/block`), 200);
    expect(codeOf(await accept(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await team.owner.as.post(`partner/users/${bobId}/invite-again`))).toBe(
      '409 MEMBER_STATE_CONFLICT',
    );
    body(await team.owner.as.post(`partner/users/${bobId}/unblock`), 200);
    body(await team.owner.as.delete(`partner/users/${bobId}`), 200);
    expect(codeOf(await accept(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await team.owner.as.get(`partner/users/${bobId}`))).toBe('404 NOT_FOUND');
    expect((await team.invite('bob')).status).toBe(201);
  });

  it('is accepted or taken back, not both', async () => {
    const [accepted, withdrawn] = await Promise.all([
      accept(token),
      team.owner.as.delete(`partner/users/${bobId}`),
    ]);
    expect([codeOf(accepted), codeOf(withdrawn)]).toEqual(
      accepted.status === 200 ? ['200 OK', '409 MEMBER_STATE_CONFLICT'] : ['422 INVALID_TOKEN', '200 OK'],
    );
    expect((await login(app, team.address('bob'))).status).toBe(accepted.status === 200 ? 200 : 401);
  });

  it('puts nothing into its page but the token', async () => {
    const page = await anybody.get(
      `auth/invitation?token=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(page.text).not.toContain('<script');
  });
});
