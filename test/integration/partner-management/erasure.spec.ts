import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { PersonalData } from '../../../src/identity/index.js';
import { Eraser } from '../../../src/partner-management/erasure/eraser.js';
import { ErasureJob } from '../../../src/partner-management/erasure/erasure.job.js';
import { Config, StoredFiles } from '../../../src/platform/index.js';
import { Reconciliation } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, click, PASSWORD } from '../../support/journey.js';
import { codeOf, login, signUp } from '../identity/scene.js';
import {
  again,
  credit,
  exportOf,
  IBAN,
  joinMarked,
  type MarkedPartner,
  NOBODY,
  openStage,
  proof,
  type Stage,
  tablesWith,
  withdraw,
} from './personal-data-scene.js';

const DAY_SECONDS = 86_400;

let app: TestApp;
let stage: Stage;
beforeAll(async () => {
  app = await createTestApp({ env: { OUTBOUND_ALLOW: NOBODY } });
  stage = await openStage(app);
});
afterAll(() => app.close());

const runJob = () => app.app.get(ErasureJob).run();

async function decide(cashoutId: string, decision: string): Promise<void> {
  stage.operator = await stage.operator.signInAgain();
  await stage.operator.stepUp();
  body(await stage.operator.post(`operator/cashouts/${cashoutId}/${decision}`, {}), 200);
}

async function askFor(partner: MarkedPartner, more: object = {}) {
  const { as } = await again(app, partner);
  return as.post('partner/erasure', { ...proof(partner), ...more });
}

async function stateOf(partner: MarkedPartner): Promise<string> {
  const [row] = await app.db.query<{ state: string }[]>(
    'SELECT state FROM partner_erasures WHERE partner_id = $1 ORDER BY id DESC LIMIT 1',
    [partner.partnerId],
  );
  return row?.state ?? 'none';
}

/** Everything that the database holds of a partner, as text. */
async function traces(partner: MarkedPartner): Promise<unknown> {
  return app.db.query(
    `SELECT (SELECT string_agg(u::text, ' ') FROM users u WHERE u.id = $2) AS users,
            (SELECT string_agg(p::text, ' ') FROM partners p WHERE p.id = $1) AS partners,
            (SELECT string_agg(c::text, ' ') FROM campaigns c WHERE c.partner_id = $1) AS campaigns,
            (SELECT string_agg(b::text, ' ') FROM postbacks b WHERE b.partner_id = $1) AS postbacks,
            (SELECT string_agg(d::text, ' ') FROM log_personal_data d WHERE d.partner_id = $1) AS logs,
            (SELECT string_agg(m::text, ' ' ORDER BY m.id) FROM payment_methods m WHERE m.owner_id = $1) AS methods`,
    [partner.partnerId, partner.userId],
  );
}

describe('B12 the erasure of a partner', () => {
  let ann: MarkedPartner;
  let bob: MarkedPartner;
  let bobBefore: unknown;
  let statisticToken: string;

  beforeAll(async () => {
    ann = await joinMarked(stage, 'quizzaciously');
    bob = await joinMarked(stage, 'flibbertigibbet');
  });

  it('needs the owner, password and code', async () => {
    const { as } = await again(app, ann);
    expect(codeOf(await as.post('partner/erasure', { password: PASSWORD }))).toBe('401 OTP_REQUIRED');
    expect(codeOf(await as.post('partner/erasure', { ...proof(ann), password: 'something else' }))).toBe(
      '401 INVALID_CREDENTIALS',
    );
    await app.db.query(`UPDATE memberships SET role = 'finance' WHERE partner_id = $1`, [ann.partnerId]);
    expect(codeOf(await as.post('partner/erasure', proof(ann)))).toBe('403 PERMISSION_DENIED');
    await app.db.query(`UPDATE memberships SET role = 'owner' WHERE partner_id = $1`, [ann.partnerId]);
    expect(codeOf(await as.delete('partner/erasure'))).toBe('409 NO_ERASURE_TO_CANCEL');
  });

  it('waits for open cash-outs whatever is given up, and for a balance that is not given up', async () => {
    await credit(stage, ann.partnerId, '100.00');
    await again(app, ann);
    const cashoutId = await withdraw(ann, '40.00');
    const refused = body<{ code: string; errors: { path: string; message: string }[] }>(
      await askFor(ann, { acceptLoss: false }),
      409,
    );
    expect(refused.code).toBe('ERASURE_BLOCKED');
    expect(refused.errors.map(({ path }) => path)).toEqual(['OPEN_CASHOUTS', 'AVAILABLE_BALANCE']);
    expect(refused.errors[1]!.message).toContain('60.00 EUR');
    const insisting = body<{ errors: { path: string }[] }>(await askFor(ann, { acceptLoss: true }), 409);
    expect(insisting.errors.map(({ path }) => path)).toEqual(['OPEN_CASHOUTS']);
    await decide(cashoutId, 'accept');
    const { as } = await again(app, ann);
    expect(body(await as.get('partner/erasure'), 200)).toMatchObject({
      erasure: null,
      obstacles: [{ code: 'AVAILABLE_BALANCE', waivable: true }],
    });
  });

  it('is requested once, told by mail, and can be cancelled in the days of grace', async () => {
    const made = body<{ state: string; dueAt: string }>(await askFor(ann, { acceptLoss: true }), 202);
    expect(made).toMatchObject({ state: 'pending', acceptsLoss: true });
    expect((Date.parse(made.dueAt) - app.clock.now().getTime()) / 1000).toBe(7 * DAY_SECONDS);
    expect(codeOf(await askFor(ann, { acceptLoss: true }))).toBe('409 ERASURE_REQUESTED');
    await runJob();
    expect(await stateOf(ann)).toBe('pending');
    body(await ann.session.as.delete('partner/erasure'), 200);
    expect(codeOf(await ann.session.as.delete('partner/erasure'))).toBe('409 NO_ERASURE_TO_CANCEL');
    app.clock.advance(8 * DAY_SECONDS);
    await runJob();
    expect(await stateOf(ann)).toBe('cancelled');
    const subjects = (await app.mailbox(ann.email)).map(({ subject }) => subject);
    expect(subjects.slice(-2)).toEqual(['Your data will be erased', 'Your data will not be erased']);
    await again(app, ann);
  });

  it('is put off with one mail while something new stands in the way', async () => {
    body(await askFor(ann, { acceptLoss: true }), 202);
    const cashoutId = await withdraw(ann, '30.00');
    for (const days of [7, 1, 1]) {
      app.clock.advance(days * DAY_SECONDS);
      await runJob();
    }
    expect(await stateOf(ann)).toBe('pending');
    const mails = (await app.mailbox(ann.email)).filter(({ subject }) => subject.includes('has to wait'));
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toContain('30.00 EUR is being paid out');
    await decide(cashoutId, 'cancel');
  });

  it('is seen by operators while it waits', async () => {
    const { items } = body<{ items: object[] }>(
      await stage.operator.get('operator/erasures?state=pending'),
      200,
    );
    expect(items).toMatchObject([
      { partnerId: ann.partnerId, partnerName: 'Ann quizzaciously', state: 'pending' },
    ]);
  });

  it('leaves no trace of the person, in no table of the database', async () => {
    const { as } = await again(app, ann);
    await exportOf(ann);
    const { user: operator } = body<{ user: { id: string } }>(await stage.operator.get('me'), 200);
    ({ token: statisticToken } = body<{ token: string }>(await as.get('me/statistic-token'), 200));
    await app.db.query(
      `UPDATE partners SET invoice_id = 'INV-quizzaciously', manager_id = $2 WHERE id = $1`,
      [ann.partnerId, operator.id],
    );
    expect((await tablesWith(app, ann.mark)).length).toBeGreaterThan(5);
    bobBefore = await traces(bob);
    app.clock.advance(DAY_SECONDS);
    await runJob();
    expect(await stateOf(ann)).toBe('done');
    expect(await tablesWith(app, ann.mark)).toEqual([]);
    expect(await tablesWith(app, IBAN)).toEqual([]);
  });

  it('O05 ends its ad campaigns: what they held is no longer reserved', async () => {
    const [account] = await app.db.query<object[]>(
      `SELECT a.credited, a.available, a.reserved, c.state, c.left_impressions AS "left"
         FROM impression_accounts a JOIN ad_campaigns c USING (partner_id) WHERE partner_id = $1`,
      [ann.partnerId],
    );
    expect(account).toEqual({ credited: '100', available: '100', reserved: '0', state: 'ended', left: '0' });
  });

  it('leaves no file', async () => {
    await app.app.get(StoredFiles).sweep();
    const folder = join(app.app.get(Config).dataDirectory, 'files');
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile());
    for (const file of files) {
      expect((await readFile(join(file.parentPath, file.name))).includes(ann.mark)).toBe(false);
    }
    expect(files.filter(({ parentPath }) => parentPath.includes(ann.partnerId))).toEqual([]);
  });

  it('does not touch another partner', async () => {
    expect(await traces(bob)).toEqual(bobBefore);
    expect((await tablesWith(app, bob.mark)).length).toBeGreaterThan(5);
  });

  it('ends every way in', async () => {
    const { as, refreshToken } = ann.session;
    expect(codeOf(await as.get('me'))).toBe('401 UNAUTHENTICATED');
    expect(codeOf(await as.post('auth/refresh', { refreshToken }))).toBe('401 UNAUTHENTICATED');
    expect(codeOf(await login(app, ann.email))).toBe('401 INVALID_CREDENTIALS');
    const [user] = await app.db.query<[{ email: string }]>('SELECT email FROM users WHERE id = $1', [
      ann.userId,
    ]);
    expect(codeOf(await login(app, user.email))).toBe('401 INVALID_CREDENTIALS');
    expect(codeOf(await as.post('partner/data-export', proof(ann)))).toBe('401 UNAUTHENTICATED');
    const report = await request(app.url)
      .get('/api/customer/v1/partner/campaigns')
      .set('Authorization', statisticToken);
    expect(report.status).toBe(401);
    body(await as.post('auth/password/forgot', { email: user.email }), 200);
    expect(await app.mailbox(user.email)).toEqual([]);
  });

  it('leaves the books as they were', async () => {
    expect((await app.app.get(Reconciliation).run(app.db)).mismatches).toEqual([]);
    const entries = await app.db.query(
      `SELECT count(*)::int AS entries FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
        WHERE a.owner_id = $1`,
      [ann.partnerId],
    );
    // Credit, two requests, an acceptance, a cancellation.
    expect(entries).toEqual([{ entries: 9 }]);
    stage.operator = await stage.operator.signInAgain();
    const { items } = body<{ items: object[] }>(
      await stage.operator.get('operator/cashouts?state=success'),
      200,
    );
    expect(items).toMatchObject([
      { partnerId: ann.partnerId, paymentMethod: { type: 'bank_transfer', fields: {} } },
    ]);
  });

  it('leaves links that lead on, of archived campaigns without their names', async () => {
    await click(ann.trackingUrl, app);
    const campaigns = await app.db.query('SELECT name, state FROM campaigns WHERE partner_id = $1', [
      ann.partnerId,
    ]);
    expect(campaigns).toEqual([{ name: 'Erased campaign', state: 'archived' }]);
  });

  it('is seen by operators as an erased partner that nothing brings back', async () => {
    const { operator } = stage;
    const partner = await operator.get(`operator/partners/${ann.partnerId}`);
    expect(body(partner, 200)).toMatchObject({
      name: 'Erased partner',
      state: 'erased',
      phone: null,
      invoiceId: null,
      managerId: null,
    });
    expect(codeOf(await operator.post(`operator/partners/${ann.partnerId}/reactivate`))).toMatch(/^409/);
    const { items } = body<{ items: object[] }>(await operator.get('operator/partners?state=erased'), 200);
    expect(items).toHaveLength(1);
    expect(codeOf(await operator.get('operator/audit-log'))).toBe('200 OK');
  });

  it('leaves people whom nobody lets in again, or changes', async () => {
    const operator = (stage.operator = await stage.operator.signInAgain());
    const user = `operator/users/${ann.userId}`;
    const answers = [
      await operator.post(`${user}/unblock`),
      await operator.post(`${user}/block`, { reason: 'Call Ann at +49 30 1234' }),
      await operator.post(`${user}/unlock`),
      await operator.patch(user, { role: 'analyst' }),
    ];
    expect(answers.map(codeOf)).toEqual(Array(4).fill('409 MEMBER_STATE_CONFLICT'));
    const shown = body(await operator.get(user), 200);
    expect(shown).toMatchObject({ state: 'blocked', role: 'owner', blockedReason: null });
  });

  it('changes nothing when it is carried out again', async () => {
    const before = await traces(ann);
    const [{ id }] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM partner_erasures WHERE state = 'done'`,
    );
    await app.app.get(Eraser).carryOut(id);
    await runJob();
    expect(await traces(ann)).toEqual(before);
  });

  it('frees the address for a new sign-up', async () => {
    const partnerId = await signUp(app, ann.email);
    expect(partnerId).not.toBe(ann.partnerId);
  });
});

describe('B12 an erasure that is interrupted', () => {
  it('goes on behind the rooms that are done', async () => {
    const ann = await joinMarked(stage, 'widdershins');
    body(await askFor(ann), 202);
    app.clock.advance(7 * DAY_SECONDS);
    const rooms = app.app.get(PersonalData).rooms();
    const broken = rooms.find(({ room }) => room === 'partner-management')!;
    const erase = vi.spyOn(broken, 'erase').mockRejectedValue(new Error('the database is away'));
    await runJob();
    expect(await stateOf(ann)).toBe('running');
    const [half] = await app.db.query<[{ rooms_done: string[] }]>(
      `SELECT rooms_done FROM partner_erasures WHERE state = 'running'`,
    );
    expect(half.rooms_done).toContain('campaigns');
    expect(half.rooms_done).not.toContain('partner-management');
    expect(codeOf(await ann.session.as.get('me'))).toBe('401 UNAUTHENTICATED');
    stage.operator = await stage.operator.signInAgain();
    const unblocked = await stage.operator.post(`operator/users/${ann.userId}/unblock`);
    expect(codeOf(unblocked)).toBe('409 MEMBER_STATE_CONFLICT');
    erase.mockRestore();
    await Promise.all([runJob(), runJob(), runJob()]);
    expect(await stateOf(ann)).toBe('done');
    expect(await tablesWith(app, ann.mark)).toEqual([]);
  });

  it('is either cancelled or carried out, never both', async () => {
    for (let round = 0; round < 3; round += 1) {
      stage.operator = await stage.operator.signInAgain();
      const ann = await joinMarked(stage, `gobbledygook${'abcde'[round]}`);
      body(await askFor(ann), 202);
      app.clock.advance(7 * DAY_SECONDS);
      const { as } = await again(app, ann);
      const [cancelled] = await Promise.all([as.delete('partner/erasure'), runJob()]);
      const gone = (await tablesWith(app, ann.mark)).length === 0;
      expect([cancelled.status === 200, await stateOf(ann), gone]).toEqual(
        cancelled.status === 200 ? [true, 'cancelled', false] : [false, 'done', true],
      );
    }
  });
});
