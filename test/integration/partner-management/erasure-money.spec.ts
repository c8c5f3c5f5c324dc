import { randomUUID } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErasureJob } from '../../../src/partner-management/erasure/erasure.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, callsWith, type Person, signIn } from '../../support/journey.js';
import { waitingBill } from '../billing/waiting-bill.js';
import { codeOf, joinTeam } from '../identity/scene.js';
import {
  again,
  credit,
  joinMarked,
  type MarkedPartner,
  NOBODY,
  openStage,
  proof,
  type Stage,
} from './personal-data-scene.js';

const DAY_SECONDS = 86_400;
const CORRECTIONS = 'operator/balance-corrections';

let app: TestApp;
let stage: Stage;
let second: Person;
beforeAll(async () => {
  app = await createTestApp({ env: { OUTBOUND_ALLOW: NOBODY, APPROVAL_LIMIT: '100.00' } });
  stage = await openStage(app);
  await joinTeam(app, stage.operator, 'second@operators.example', 'finance', 'operator/users');
  second = await signIn(app, 'second@operators.example');
  await second.enableTwoFactor();
});
beforeEach(() => refresh());
afterAll(() => app.close());

async function refresh(): Promise<void> {
  stage.operator = await stage.operator.signInAgain();
  second = await second.signInAgain();
  await stage.operator.stepUp();
  await second.stepUp();
}

const runJob = () => app.app.get(ErasureJob).run();

async function askFor(partner: MarkedPartner) {
  const { as } = await again(app, partner);
  return as.post('partner/erasure', { ...proof(partner), acceptLoss: true });
}

/** A partner whose erasure is due now, signed in. */
async function dueNow(mark: string): Promise<MarkedPartner> {
  const partner = await joinMarked(stage, mark);
  await credit(stage, partner.partnerId, '80.00');
  body(await askFor(partner), 202);
  app.clock.advance(7 * DAY_SECONDS);
  await again(app, partner);
  return partner;
}

async function erased(mark: string): Promise<MarkedPartner> {
  const partner = await dueNow(mark);
  await runJob();
  expect(await stateOf(partner)).toBe('done');
  await refresh();
  return partner;
}

async function stateOf({ partnerId }: MarkedPartner): Promise<string> {
  const [row] = await app.db.query<[{ state: string }]>(
    'SELECT state FROM partner_erasures WHERE partner_id = $1 ORDER BY id DESC LIMIT 1',
    [partnerId],
  );
  return row.state;
}

const correction = ({ partnerId }: MarkedPartner, amount: string) => ({
  ...{ partnerId, type: 'add', currency: 'EUR', amount },
  comment: 'Bonus',
});

const cashout = ({ session, paymentMethodId }: MarkedPartner) =>
  callsWith(app, session.accessToken).post('partner/cashouts', {
    currency: 'EUR',
    amount: '50.00',
    paymentMethodId,
  });

async function balance({ partnerId }: MarkedPartner): Promise<object> {
  const rows = await app.db.query<{ kind: string; minor: string }[]>(
    'SELECT kind, balance_minor AS minor FROM ledger_accounts WHERE owner_id = $1 ORDER BY kind',
    [partnerId],
  );
  return Object.fromEntries(rows.map(({ kind, minor }) => [kind, minor]));
}

describe('B12 a withdrawal and an erasure at once', () => {
  /** Holds rows on a connection of its own until it is called off. */
  async function holding(sql: string, parameters: unknown[]): Promise<QueryRunner> {
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query(sql, parameters);
    return runner;
  }
  const release = async (runner: QueryRunner): Promise<void> => {
    await runner.rollbackTransaction();
    await runner.release();
  };
  /** Until so many connections wait for a row. */
  const waiting = (connections: number) =>
    expect
      .poll(() =>
        app.db.query(
          `SELECT count(*)::int AS n FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      )
      .toEqual([{ n: connections }]);

  it('is refused when the erasure has looked at the wallet before it', async () => {
    const ann = await dueNow('tergiversation');
    const blocker = await holding('SELECT FROM memberships WHERE partner_id = $1 FOR UPDATE', [
      ann.partnerId,
    ]);
    const job = runJob();
    await waiting(1);
    const answer = cashout(ann).then(codeOf);
    await Promise.race([waiting(2), answer]);
    await release(blocker);
    await job;
    expect(await answer).toBe('409 PARTNER_ERASED');
    expect(await stateOf(ann)).toBe('done');
    expect(await balance(ann)).toEqual({ available: '8000' });
  });

  it('stands in the way of an erasure that begins while it is under way', async () => {
    const ann = await dueNow('sesquipedalian');
    const blocker = await holding('SELECT FROM payment_methods WHERE id = $1 FOR UPDATE', [
      ann.paymentMethodId,
    ]);
    const answer = cashout(ann).then(codeOf);
    await waiting(1);
    const job = runJob();
    await Promise.race([waiting(2), job]);
    await release(blocker);
    await job;
    expect(await answer).toBe('201 OK');
    expect(await stateOf(ann)).toBe('pending');
    expect(await balance(ann)).toEqual({ available: '3000', processing: '5000' });
  });
});

describe('B12 a correction of the balance', () => {
  it('that waits for its second operator stands in the way, whatever is given up', async () => {
    const ann = await joinMarked(stage, 'floccinaucinihilipilification');
    const made = await stage.operator.post(CORRECTIONS, correction(ann, '500.00'));
    const { id } = body<{ id: string }>(made, 201);
    const refused = body<{ errors: { path: string; message: string }[] }>(await askFor(ann), 409);
    expect(refused.errors).toEqual([
      {
        path: 'OPEN_CORRECTIONS',
        message: 'A correction of the balance waits for its second operator.',
      },
    ]);
    body(await second.post(`${CORRECTIONS}/${id}/reject`, { comment: 'No' }), 200);
    body(await askFor(ann), 202);
    app.clock.advance(7 * DAY_SECONDS);
    await refresh();
    body(await stage.operator.post(CORRECTIONS, correction(ann, '500.00')), 201);
    await runJob();
    expect(await stateOf(ann)).toBe('pending');
  });

  it('is neither entered nor approved for an erased partner', async () => {
    const ann = await erased('gardyloo');
    for (const amount of ['10.00', '500.00']) {
      expect(codeOf(await stage.operator.post(CORRECTIONS, correction(ann, amount)))).toBe(
        '409 PARTNER_ERASED',
      );
    }
    // One from before corrections stood in the way.
    const [{ id: operatorId }] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM users WHERE email = 'admin@example.com'`,
    );
    const id = randomUUID();
    await app.db.query(
      `INSERT INTO balance_corrections (id, owner_id, currency, amount_minor, comment, may_overdraw, state, requested_by,
                                        created_at)
       VALUES ($1, $2, 'EUR', 50000, 'Bonus', false, 'pending', $3, now())`,
      [id, ann.partnerId, operatorId],
    );
    expect(codeOf(await second.post(`${CORRECTIONS}/${id}/approve`))).toBe('409 PARTNER_ERASED');
    expect(await balance(ann)).toEqual({ available: '8000' });
    body(await second.post(`${CORRECTIONS}/${id}/reject`, { comment: 'Erased' }), 200);
  });
});

describe('B12 a bill that was given up', () => {
  it('is not paid, alone or among others; it may be cancelled', async () => {
    const bea = await joinMarked(stage, 'collywobbles');
    const billId = await waitingBill(app, stage.program, { partnerId: bea.partnerId, minor: 4_000 });
    body(await askFor(bea), 202);
    app.clock.advance(7 * DAY_SECONDS);
    await runJob();
    expect(await stateOf(bea)).toBe('done');
    await refresh();
    const { operator } = stage;
    expect(codeOf(await operator.post(`operator/bills/${billId}/approve`))).toBe('409 PARTNER_ERASED');

    const filters = { partnerId: bea.partnerId };
    const shown = body<{ fingerprint: string; sums: object[] }>(
      await operator.post('operator/bills/approve', { ...filters, dryRun: true }),
      200,
    );
    expect(shown.sums).toMatchObject([{ prospect: 'partner_erased', bills: 1 }]);
    const asked = { ...filters, fingerprint: shown.fingerprint };
    const { runId } = body<{ runId: string }>(await operator.post('operator/bills/approve', asked), 200);
    await expect
      .poll(async () => body(await operator.get(`operator/bill-approvals/${runId}`), 200), {
        timeout: 20_000,
      })
      .toMatchObject({ finishedAt: expect.any(String) as string, paid: 0, refused: 1 });
    const refused = await operator.get(`operator/bill-approvals/${runId}/refused`);
    expect(body(refused, 200)).toMatchObject({ items: [{ billId, code: 'PARTNER_ERASED' }] });
    expect(await balance(bea)).toEqual({});
    body(await operator.post(`operator/bills/${billId}/cancel`, { reason: 'Given up' }), 200);
  });
});
