import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { joinTeam } from '../identity/scene.js';
import { BillingScene, CPA_50, multiplyPartners, runBills, SHARE_25 } from './scene.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const DAYS = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04', '2026-10-05', '2026-10-06'];
const PARTNERS = 12;
/** Every bill pays 51.00. */
const LIMIT = '60.00';

interface Bulk {
  fingerprint: string;
  bills: number;
  sums: { prospect: string; bills: number; payable: object; payout: object | null }[];
  runId: string | null;
}
interface Run {
  finishedAt: string | null;
  waiting: number;
  paid: number;
  approvedOnce: number;
  refused: number;
}

describe('A13 many bills approved at once, and two operators above a limit', () => {
  let app: TestApp;
  let scene: BillingScene;
  let ann: Person;
  let bob: Person;
  let day: string;
  let billIds: string[];

  beforeAll(async () => {
    app = await createTestApp({ env: { APPROVAL_LIMIT: LIMIT } });
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    const account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
    await multiplyPartners(scene, account, PARTNERS, DAYS[0]!);
    for (const other of DAYS.slice(1)) {
      await app.db.query(
        `INSERT INTO player_activity (player_id, partner_id, campaign_id, promo_id, brand_id, interval_from, interval_to,
                                      currency, bets_sum)
         SELECT id, partner_id, campaign_id, promo_id, brand_id, $1, $1::timestamptz + interval '1 hour', 'EUR', 20400
           FROM players WHERE external_id LIKE 'copy-%'`,
        [`${other}T10:00:00Z`],
      );
      await app.db.query(
        `INSERT INTO fact_changes (partner_id, campaign_id, occurred_at)
         SELECT partner_id, campaign_id, $1 FROM players WHERE external_id LIKE 'copy-%'`,
        [`${other}T10:00:00Z`],
      );
    }
    app.clock.set('2026-12-01T00:00:00Z');
    await runBills(app, DAYS.at(-1)!);
    ann = await scene.operator.signInAgain();
    await joinTeam(app, ann, 'bob@operators.example', 'finance', 'operator/users');
    bob = await signIn(app, 'bob@operators.example');
    await ann.enableTwoFactor();
    await bob.enableTwoFactor();
  });
  afterAll(() => app.close());

  let round = 0;
  /** Each test has the bills of a day of its own. */
  beforeEach(async () => {
    day = DAYS[round]!;
    round += 1;
    ann = await ann.signInAgain();
    bob = await bob.signInAgain();
    await ann.stepUp();
    await bob.stepUp();
    const bills = await app.db.query<{ id: string }[]>(
      'SELECT id FROM bills WHERE first_day = $1 ORDER BY id',
      [day],
    );
    billIds = bills.map(({ id }) => id);
    expect(billIds).toHaveLength(PARTNERS);
  });

  const ofDay = () => ({ firstDay: day, lastDay: day });
  const dryRun = async (who: Person, filters: object = ofDay()): Promise<Bulk> =>
    body<Bulk>(await who.post('operator/bills/approve', { ...filters, dryRun: true }), 200);
  const approve = (who: Person, { fingerprint }: Bulk, filters: object = ofDay()) =>
    who.post('operator/bills/approve', { ...filters, fingerprint });
  const approveAll = async (who: Person): Promise<Run> => {
    const started = body<Bulk>(await approve(who, await dryRun(who)), 200);
    return finished(who, started.runId!);
  };
  const finished = (who: Person, runId: string): Promise<Run> =>
    expect
      .poll(async () => body<Run>(await who.get(`operator/bill-approvals/${runId}`), 200), {
        timeout: 20_000,
      })
      .toMatchObject({ finishedAt: expect.any(String), waiting: 0 })
      .then(async () => body<Run>(await who.get(`operator/bill-approvals/${runId}`), 200));
  const correct = async (id: string, type: 'add' | 'subtract', amount: string): Promise<void> => {
    body(await ann.post(`operator/bills/${id}/corrections`, { type, amount, comment: 'Agreed' }), 201);
  };
  const approveOne = (who: Person, id: string) => who.post(`operator/bills/${id}/approve`);
  const states = async (): Promise<Record<string, number>> => {
    const rows = await app.db.query<{ state: string; n: number }[]>(
      'SELECT state, count(*)::int AS n FROM bills WHERE id = ANY($1) GROUP BY state',
      [billIds],
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  };
  const posted = async (): Promise<{ journals: number; cents: number }> => {
    const [row] = await app.db.query<[{ journals: number; cents: number }]>(
      `SELECT count(*)::int AS journals, coalesce(sum(e.amount_minor), 0)::int AS cents
         FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id AND e.amount_minor > 0
        WHERE j.kind = 'bill' AND j.reference = ANY($1)`,
      [billIds],
    );
    return row;
  };

  it('approves exactly what the dry run showed; parallel approvals pay once; what changed is refused', async () => {
    const [held, raised, small, corrected] = billIds as [string, string, string, string];
    body(await ann.post(`operator/bills/${held}/hold`), 200);
    await correct(raised, 'add', '9.01');
    await correct(small, 'subtract', '50.00');
    const shown = await dryRun(ann);
    expect(shown).toMatchObject({ bills: PARTNERS, runId: null });
    expect(shown.sums).toEqual([
      { prospect: 'paid', bills: 10, payable: eur('460.00'), payout: null },
      { prospect: 'approved_once', bills: 1, payable: eur('60.01'), payout: null },
      { prospect: 'held', bills: 1, payable: eur('51.00'), payout: null },
    ]);
    expect(await states()).toEqual({ pending: 11, on_hold: 1 });
    expect((await dryRun(ann, { ...ofDay(), currency: 'EUR', amountAtMost: '1.00' })).bills).toBe(1);

    // Something changes between the look and the approval.
    await correct(corrected, 'subtract', '0.01');
    const stale = body<{ code: string; detail: string; fingerprint: string }>(await approve(ann, shown), 409);
    expect(stale.code).toBe('BILLS_CHANGED');
    expect(stale.detail).toContain('10 of 459.99 EUR');
    expect(await states()).toEqual({ pending: 11, on_hold: 1 });

    const now = await dryRun(ann);
    const answers = await Promise.all(Array.from({ length: 6 }, () => approve(ann, now)));
    const runs = answers
      .filter(({ status }) => status === 200)
      .map((answer) => body<Bulk>(answer, 200).runId!);
    expect(runs.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const ends = await Promise.all(runs.map((id) => finished(ann, id)));
    expect(ends.reduce((sum, { paid }) => sum + paid, 0)).toBe(10);
    expect(ends.reduce((sum, { approvedOnce }) => sum + approvedOnce, 0)).toBe(1);
    expect(await states()).toEqual({ paid: 10, pending: 1, on_hold: 1 });
    expect(await posted()).toEqual({ journals: 10, cents: 45_999 });
    const refused = body<{ items: { billId: string; code: string }[] }>(
      await ann.get(`operator/bill-approvals/${runs[0]}/refused?limit=200`),
      200,
    ).items;
    expect(refused.find(({ billId }) => billId === held)?.code).toBe('BILL_ON_HOLD');
  });

  it('what is above the limit takes two operators, also in bulk', async () => {
    await correct(billIds[0]!, 'add', '100.00');
    const [first] = billIds as [string];
    expect(body<{ state: string; approvedOnceAt: string }>(await approveOne(ann, first), 200)).toMatchObject({
      state: 'pending',
      approvedOnceAt: expect.any(String),
    });
    expect((await dryRun(ann)).sums.map(({ prospect, bills }) => [prospect, bills])).toEqual([
      ['paid', PARTNERS - 1],
      ['same_operator', 1],
    ]);
    const own = await approveAll(ann);
    expect(own).toMatchObject({ paid: PARTNERS - 1, approvedOnce: 0, refused: 1 });
    const other = await approveAll(bob);
    expect(other).toMatchObject({ paid: 1, approvedOnce: 0, refused: 0 });
    expect(await states()).toEqual({ paid: PARTNERS });
    expect((await posted()).journals).toBe(PARTNERS);
    const entries = await app.db.query(
      `SELECT action, actor_user_id FROM audit_log WHERE subject_id = $1 AND action LIKE 'bill.approve%' ORDER BY id`,
      [first],
    );
    expect(entries.map(({ action }: { action: string }) => action)).toEqual([
      'bill.approve_once',
      'bill.approve',
    ]);
    expect(entries[0].actor_user_id).not.toBe(entries[1].actor_user_id);
  });

  it('the same operator twice is refused; a correction takes the first approval back', async () => {
    const [id] = billIds as [string];
    await correct(id, 'add', '9.01');
    body(await approveOne(ann, id), 200);
    expect(body<{ code: string }>(await approveOne(ann, id), 409).code).toBe('BILL_NEEDS_OTHER_OPERATOR');
    await correct(id, 'add', '1.00');
    expect(
      body<{ approvedOnceAt: null }>(await ann.get(`operator/bills/${id}`), 200).approvedOnceAt,
    ).toBeNull();
    expect(body<{ state: string }>(await approveOne(bob, id), 200).state).toBe('pending');
    expect(body<{ state: string }>(await approveOne(ann, id), 200).state).toBe('paid');
    expect(await posted()).toEqual({ journals: 1, cents: 6_101 });
    // At the limit one is enough.
    await correct(billIds[1]!, 'add', '9.00');
    expect(body<{ state: string }>(await approveOne(ann, billIds[1]!), 200).state).toBe('paid');
  });

  it('many approvals of one bill at once: one operator alone never pays, two pay once', async () => {
    const [alone, both] = billIds as [string, string];
    await correct(alone, 'add', '100.00');
    await correct(both, 'add', '100.00');
    const byOne = await Promise.all(Array.from({ length: 20 }, () => approveOne(ann, alone)));
    expect(byOne.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await posted()).journals).toBe(0);
    const byTwo = await Promise.all(
      Array.from({ length: 20 }, (_, n) => approveOne(n % 2 ? ann : bob, both)),
    );
    expect(byTwo.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(byTwo.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(await posted()).toEqual({ journals: 1, cents: 15_100 });
  });

  it('a bill that the ledger refuses holds up no other; what is paid is told', async () => {
    const [frozen] = await app.db.query<[{ id: string; partnerId: string }]>(
      `INSERT INTO wallet_freezes (owner_id, frozen_at, reason)
       SELECT partner_id, now(), 'Test' FROM bills WHERE id = $1 RETURNING owner_id AS "partnerId"`,
      [billIds[4]],
    );
    expect(await approveAll(ann)).toMatchObject({ paid: PARTNERS - 1, approvedOnce: 0, refused: 1 });
    expect(await states()).toEqual({ paid: PARTNERS - 1, pending: 1 });
    expect(await posted()).toEqual({ journals: PARTNERS - 1, cents: (PARTNERS - 1) * 5_100 });
    const told = () =>
      app.db.query(
        `SELECT count(*)::int AS events, count(DISTINCT e.subject_id)::int AS bills FROM event_log e
          WHERE type = 'bill_approved' AND subject_id = ANY ($1) AND data = $2`,
        [billIds, { amount: eur('51.00') }],
      );
    await expect.poll(told, { timeout: 20_000 }).toEqual([{ events: PARTNERS - 1, bills: PARTNERS - 1 }]);
    await app.db.query('DELETE FROM wallet_freezes WHERE owner_id = $1', [frozen.partnerId]);
    expect(await approveAll(ann)).toMatchObject({ paid: 1, refused: 0 });
  });

  it('refuses what it cannot do, and who may not', async () => {
    const shown = await dryRun(ann);
    const refused = async (payload: object, status: number): Promise<string> =>
      body<{ code: string }>(await ann.post('operator/bills/approve', payload), status).code;
    await refused(ofDay(), 422);
    await refused({ ...ofDay(), fingerprint: 'x' }, 400);
    await refused({ ...ofDay(), dryRun: true, amountAtMost: '5.00' }, 422);
    const noAmount = await ann.post('operator/bills/approve', {
      ...ofDay(),
      ...{ dryRun: true, amountAtMost: '1e3', currency: 'EUR' },
    });
    expect(body(noAmount, 422)).toMatchObject({
      detail: expect.stringMatching(/^amountAtMost: must be a plain decimal string/),
      errors: [{ path: 'amountAtMost' }],
    });
    await refused({ ...ofDay(), dryRun: true, currency: 'ZZZ' }, 400);
    await refused({ firstDay: '2026-02-30', dryRun: true }, 400);
    await refused({ firstDay: '2026-10-02', lastDay: '2026-10-01', dryRun: true }, 400);
    await refused({ createdBefore: '12', dryRun: true }, 400);
    const unread = await ann.post('operator/bills/approve', {
      createdBefore: '2026-11-02T10.5Z',
      dryRun: true,
    });
    expect(body(unread, 400)).toMatchObject({ errors: [{ path: 'createdBefore' }] });
    await refused({ ...ofDay(), dryRun: true, everything: true }, 400);
    const filters = ['planId', 'brandId', 'partnerId', 'currency', 'firstDay', 'lastDay', 'createdBefore'];
    for (const filter of [...filters, 'amountAtMost', 'fingerprint', 'dryRun'])
      await refused({ dryRun: true, currency: 'EUR', [filter]: null }, 400);
    expect(await refused({ planId: randomUUID(), fingerprint: shown.fingerprint }, 409)).toBe(
      'BILLS_CHANGED',
    );
    expect((await ann.postWithKey('operator/bills/approve', { dryRun: true }, '')).status).toBe(400);
    const partner = await scene.partner.signInAgain();
    expect((await partner.post('operator/bills/approve', { dryRun: true })).status).toBe(403);
    // The same key has one effect.
    const key = randomUUID();
    const payload = { ...ofDay(), fingerprint: shown.fingerprint };
    const one = body<Bulk>(await ann.postWithKey('operator/bills/approve', payload, key), 200);
    expect(body<Bulk>(await ann.postWithKey('operator/bills/approve', payload, key), 200)).toEqual(one);
    await finished(ann, one.runId!);
    expect(await states()).toEqual({ paid: PARTNERS });
    await app.db.query(`UPDATE sessions SET stepped_up_at = stepped_up_at - interval '301 seconds'`);
    const late = await ann.post('operator/bills/approve', { dryRun: true });
    expect(body<{ code: string }>(late, 401).code).toBe('STEP_UP_REQUIRED');
  });
});
