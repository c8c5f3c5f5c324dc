import { createHmac } from 'node:crypto';
import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImpersonationEndJob } from '../../../src/identity/impersonation-end.job.js';
import { Config } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, callsWith, type Calls, impersonate } from '../../support/journey.js';
import { activePartner, addUser, codeOf, joinTeam, open, signUp, type SignedIn } from './scene.js';

const OUT = '401 UNAUTHENTICATED';
const ADMIN = { password: 'correct horse battery' };
const REASON = 'Ann asked for help with her first campaign.';

interface ImpersonationRow {
  id: string;
  ended_at: Date | null;
  ends_at: Date;
  ended_by: string | null;
}

let app: TestApp;
let ann: string;
let admin: SignedIn;
let operator: Calls;

beforeAll(async () => {
  app = await createTestApp();
  ann = await activePartner(app, 'ann@example.com');
  await activePartner(app, 'bob@example.com');
  await addUser(app, { email: 'second@example.com', name: 'Second Owner', role: 'owner', partnerId: ann });
});
afterAll(() => app.close());

beforeEach(async () => {
  await endAll();
  admin = await open(app, 'admin@example.com', ADMIN);
  operator = callsWith(app, admin.accessToken);
});

/** Whatever runs is over. */
async function endAll(): Promise<void> {
  app.clock.advance(1_800);
  await app.app.get(ImpersonationEndJob).run();
}

const start = (partnerId = ann) => impersonate(app, operator, partnerId, REASON);

async function lastImpersonation(): Promise<ImpersonationRow> {
  const [row] = await app.db.query<[ImpersonationRow]>(
    'SELECT * FROM impersonations ORDER BY id DESC LIMIT 1',
  );
  return row;
}

/** Entries of the audit log under the last impersonation, oldest first. */
async function audited(): Promise<{ action: string; who: string; as: string; reason: string | null }[]> {
  const { id } = await lastImpersonation();
  return app.db.query(
    `SELECT action, op.email AS who, u.email AS as, after->>'reason' AS reason
       FROM audit_log a JOIN users u ON u.id = a.actor_user_id JOIN users op ON op.id = a.impersonator_id
      WHERE a.impersonation_id = $1 ORDER BY a.id`,
    [id],
  );
}

async function lastMail(to: string): Promise<{ subject: string; text: string }> {
  return (await app.mailbox(to)).at(-1)!;
}

describe('O09 impersonation starts', () => {
  it('as the partner’s first owner, with a reason, for 30 minutes, and without a refresh token', async () => {
    const answer = await operator.post(`operator/partners/${ann}/impersonate`, { reason: REASON });
    const token = body<{ accessToken: string; expiresIn: number }>(answer, 200);
    expect(Object.keys(token)).toEqual(['accessToken', 'expiresIn']);
    expect(token.expiresIn).toBe(1_800);
    const endsAt = new Date(app.clock.now().getTime() + 1_800_000).toISOString();
    expect(body(await callsWith(app, token.accessToken).get('me'), 200)).toMatchObject({
      user: { email: 'ann@example.com' },
      realm: 'partner',
      role: 'owner',
      partnerId: ann,
      impersonating: true,
      impersonation: { operatorName: expect.any(String) as string, reason: REASON, endsAt },
    });
    expect(body(await operator.get('me'), 200)).toMatchObject({ impersonating: false, impersonation: null });
    expect(JSON.parse(Buffer.from(token.accessToken.split('.')[1]!, 'base64url').toString())).toMatchObject({
      act: { sub: expect.any(String) as string },
    });
  });

  it('in the audit log with both ids, and in a mail to every owner', async () => {
    await start();
    expect(await audited()).toEqual([
      { action: 'impersonation.start', who: 'admin@example.com', as: 'ann@example.com', reason: REASON },
    ]);
    for (const owner of ['ann@example.com', 'second@example.com']) {
      const { subject, text } = await lastMail(owner);
      expect(subject).toBe('An operator acts in your account');
      expect(text).toContain(`Reason: ${REASON}`);
      expect(text).toMatch(
        /From 2 November 2026, \d\d:\d\d UTC until 2 November 2026, \d\d:\d\d UTC at the latest/,
      );
    }
  });

  it.each([[{}], [{ reason: '' }], [{ reason: ' \n' }], [{ reason: 'x'.repeat(501) }], [{ reason: 7 }]])(
    'not with %j',
    async (payload) => {
      const answer = await operator.post(`operator/partners/${ann}/impersonate`, payload);
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(answer.body.errors[0].path).toBe('reason');
    },
  );

  it('only for a partner that exists and is active', async () => {
    const pending = await signUp(app, `pending-${app.clock.now().getTime()}@example.com`);
    const nobody = '01920000-0000-7000-8000-00000000dead';
    const answer = (id: string) => operator.post(`operator/partners/${id}/impersonate`, { reason: REASON });
    expect(codeOf(await answer(pending))).toBe('409 PARTNER_STATE_CONFLICT');
    expect(codeOf(await answer(nobody))).toBe('404 NOT_FOUND');
  });

  it('one at a time, also of five at once', async () => {
    const paths = [ann, ann, ann, ann, ann].map((id) => `operator/partners/${id}/impersonate`);
    const answers = await Promise.all(paths.map((path) => operator.post(path, { reason: REASON })));
    expect(answers.map(codeOf).sort()).toEqual([
      '200 OK',
      ...Array<string>(4).fill('409 ALREADY_IMPERSONATING'),
    ]);
    expect(await audited()).toHaveLength(1);
  });

  it('for another owner when the first is blocked, and not at all when all are', async () => {
    const block = (where: string) => app.db.query(`UPDATE users SET blocked_at = now() WHERE ${where}`);
    await block(`email = 'ann@example.com'`);
    const me = body<{ user: { email: string } }>(await (await start()).get('me'), 200);
    expect(me.user.email).toBe('second@example.com');
    await operator.post('operator/impersonation/exit');
    await block(`email = 'second@example.com'`);
    const refused = await operator.post(`operator/partners/${ann}/impersonate`, { reason: REASON });
    expect(codeOf(refused)).toBe('409 NO_OWNER');
    await app.db.query('UPDATE users SET blocked_at = NULL');
  });
});

describe('O09 an impersonation ends', () => {
  it('after 30 minutes to the second, noted and mailed once', async () => {
    const impersonator = await start();
    app.clock.advance(1_799);
    expect(codeOf(await impersonator.get('me'))).toBe('200 OK');
    app.clock.advance(1);
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    app.clock.advance(600);
    const job = app.app.get(ImpersonationEndJob);
    await Promise.all([job.run(), job.run(), job.run()]);
    const row = await lastImpersonation();
    expect(row).toMatchObject({ ended_by: 'time', ended_at: row.ends_at });
    expect((await audited()).map(({ action }) => action)).toEqual([
      'impersonation.start',
      'impersonation.end',
    ]);
    const mails = (await app.mailbox('second@example.com')).slice(-2);
    expect(mails.map(({ subject }) => subject)).toEqual([
      'An operator acts in your account',
      'An operator has left your account',
    ]);
  });

  it('at the limit in the database too', async () => {
    await start();
    const longer = `UPDATE impersonations SET ends_at = ends_at + interval '1 second' WHERE ended_at IS NULL`;
    await expect(app.db.query(longer)).rejects.toThrow('impersonations_limit');
  });

  it.each(['operator/impersonation/exit', 'impersonation/exit'])('by its own token at %s', async (path) => {
    const impersonator = await start();
    const ended = body<{ partnerId: string }>(await impersonator.post(path), 200);
    expect(ended).toMatchObject({ partnerId: ann, endedAt: app.clock.now().toISOString() });
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    expect(codeOf(await impersonator.post(path))).toBe(OUT);
    expect((await audited()).map(({ action, who, as }) => [action, who, as])).toEqual([
      ['impersonation.start', 'admin@example.com', 'ann@example.com'],
      ['impersonation.end', 'admin@example.com', 'ann@example.com'],
    ]);
    expect((await lastMail('ann@example.com')).text).toContain('Changes made: 0');
  });

  it('by the operator’s own token; without one running there is nothing to exit', async () => {
    expect(codeOf(await operator.post('operator/impersonation/exit'))).toBe('409 NOT_IMPERSONATING');
    const impersonator = await start();
    expect(codeOf(await operator.post('operator/impersonation/exit'))).toBe('200 OK');
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    expect(codeOf(await operator.get('me'))).toBe('200 OK');
  });

  it('once, when exited five times at once', async () => {
    const impersonator = await start();
    const exits = [impersonator, operator, impersonator, operator, impersonator].map((who) =>
      who.post('operator/impersonation/exit'),
    );
    const codes = (await Promise.all(exits)).map(codeOf).sort();
    expect(codes.filter((code) => code === '200 OK')).toHaveLength(1);
    expect(codes.filter((code) => !['200 OK', '409 NOT_IMPERSONATING', OUT].includes(code))).toEqual([]);
    expect(await audited()).toHaveLength(2);
  });

  it.each<[string, string]>([
    ['the operator is blocked', `UPDATE users SET blocked_at = now() WHERE email = 'admin@example.com'`],
    ['the operator’s session ends', 'UPDATE sessions SET ended_at = now() WHERE ended_at IS NULL'],
    ['the operator loses the permission', `UPDATE memberships SET role = 'support' WHERE realm = 'operator'`],
    ['the partner is suspended', `UPDATE memberships SET active = false WHERE role = 'owner'`],
    ['the owner is blocked', `UPDATE users SET blocked_at = now() WHERE email = 'ann@example.com'`],
    [
      'the owner is none any more',
      `UPDATE memberships m SET role = 'analyst' FROM users u WHERE u.id = user_id AND u.email = 'ann@example.com'`,
    ],
  ])('at the next request when %s', async (_what, statement) => {
    const impersonator = await start();
    expect(codeOf(await impersonator.get('me'))).toBe('200 OK');
    await app.db.query(statement);
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    await app.app.get(ImpersonationEndJob).run();
    expect(await lastImpersonation()).toMatchObject({ ended_by: 'revocation' });
    await app.db.query('UPDATE users SET blocked_at = NULL');
    await app.db.query(
      `UPDATE memberships SET active = true, role = CASE realm WHEN 'operator' THEN 'admin' ELSE 'owner' END`,
    );
  });

  it('for good when the program suspends the partner, and the partner cannot be impersonated then', async () => {
    const impersonator = await start();
    body(await operator.post(`operator/partners/${ann}/suspend`, { reason: 'Asked to' }), 200);
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    const again = await operator.post(`operator/partners/${ann}/impersonate`, { reason: REASON });
    expect(codeOf(again)).toBe('409 PARTNER_STATE_CONFLICT');
    body(await operator.post(`operator/partners/${ann}/reactivate`), 200);
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    expect(await lastImpersonation()).toMatchObject({ ended_by: 'revocation' });
  });

  it('for good when the operator is given another role, also when the old one is given back', async () => {
    const id = await joinTeam(app, admin.as, 'olga@operators.example', 'manager', 'operator/users');
    const olga = callsWith(app, (await open(app, 'olga@operators.example')).accessToken);
    const impersonator = await impersonate(app, olga, ann, REASON);
    for (const role of ['support', 'manager']) {
      body(await operator.patch(`operator/users/${id}`, { role }), 200);
    }
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    expect(await lastImpersonation()).toMatchObject({ ended_by: 'revocation' });
    expect((await audited()).map(({ action }) => action)).toEqual([
      'impersonation.start',
      'impersonation.end',
    ]);
  });

  it('for good when its owner is blocked or demoted, also when that is undone', async () => {
    const me = body<{ user: { id: string } }>(await (await start()).get('me'), 200);
    await operator.post('operator/impersonation/exit');
    const user = `operator/users/${me.user.id}`;
    const turns: (() => Promise<Response>)[][] = [
      [() => operator.post(`${user}/block`, { reason: REASON }), () => operator.post(`${user}/unblock`)],
      [() => operator.patch(user, { role: 'analyst' }), () => operator.patch(user, { role: 'owner' })],
    ];
    for (const turn of turns) {
      const impersonator = await start();
      for (const step of turn) body(await step(), 200);
      expect(codeOf(await impersonator.get('me'))).toBe(OUT);
    }
  });

  it('when the operator signs out', async () => {
    const impersonator = await start();
    body(await operator.post('auth/logout', { refreshToken: admin.refreshToken }), 200);
    expect(codeOf(await impersonator.get('me'))).toBe(OUT);
  });
});

describe('O09 an impersonation does not nest', () => {
  it('its token opens nothing of the operator’s, least of all another impersonation', async () => {
    const impersonator = await start();
    const nested = await impersonator.post(`operator/partners/${ann}/impersonate`, { reason: REASON });
    expect(codeOf(nested)).toBe('403 PERMISSION_DENIED');
    expect(codeOf(await impersonator.get('operator/partners'))).toBe('403 PERMISSION_DENIED');
    expect(
      codeOf(await impersonator.post('auth/refresh', { refreshToken: impersonator.accessToken })),
    ).toMatch(/^40[01]/);
  });
});

describe('O09 forged impersonation tokens, even by the right secret', () => {
  /** The token with changed claims, signed anew. */
  function forge(token: string, changes: Record<string, unknown>): Calls {
    const [head, claims] = token.split('.') as [string, string];
    const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), ...changes };
    const signed = `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
    const signature = createHmac('sha256', app.app.get(Config).jwtSecret).update(signed).digest('base64url');
    return callsWith(app, `${signed}.${signature}`);
  }

  const SOMEBODY = '01920000-0000-7000-8000-00000000dead';

  it.each<[string, Record<string, unknown>]>([
    ['without act', { act: undefined }],
    ['without the impersonation', { imp: undefined }],
    ['without both', { act: undefined, imp: undefined }],
    ['with another operator', { act: { sub: SOMEBODY } }],
    ['with an act that is none', { act: 'admin' }],
    ['with another impersonation', { imp: SOMEBODY }],
    ['for another user', { sub: SOMEBODY }],
    ['with another session', { sid: SOMEBODY }],
  ])('%s', async (_what, changes) => {
    const { accessToken } = await start();
    expect(codeOf(await forge(accessToken, {}).get('me'))).toBe('200 OK');
    expect(codeOf(await forge(accessToken, changes).get('me'))).toBe(OUT);
  });

  it('of an ordinary token: act alone makes nobody an impersonator', async () => {
    const { accessToken } = await start();
    const { act, imp, sub } = JSON.parse(
      Buffer.from(accessToken.split('.')[1]!, 'base64url').toString(),
    ) as Record<string, unknown>;
    const bob = await open(app, 'bob@example.com');
    for (const changes of [{ act }, { imp }, { act, imp }, { sub }, { act, sub }, { act, imp, sub }]) {
      expect(codeOf(await forge(bob.accessToken, changes).get('me'))).toBe(OUT);
    }
  });

  it('with a later expiry: the row decides', async () => {
    const { accessToken } = await start();
    const longer = forge(accessToken, { exp: app.clock.now().getTime() / 1_000 + 86_400 });
    expect(codeOf(await longer.get('me'))).toBe('200 OK');
    app.clock.advance(1_800);
    expect(codeOf(await longer.get('me'))).toBe(OUT);
  });
});
