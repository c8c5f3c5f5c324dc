import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Config, databaseUrlOf, Metrics, Money, UnitOfWork } from '../../../src/platform/index.js';
import { ReconciliationJob } from '../../../src/wallet/reconciliation.job.js';
import { ReconciliationRuns } from '../../../src/wallet/reconciliation-runs.service.js';
import { Ledger, Reconciliation } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { runCommand } from '../../support/command.js';
import { body } from '../../support/journey.js';
import { type MoneyBody, WalletScene } from './scene.js';

interface ReconciliationBody {
  clean: boolean;
  mismatches: { check: string; partnerId: string | null; expected: MoneyBody; actual: MoneyBody }[];
  frozen: { partnerId: string; reason: string }[];
}

describe('rule 1.6 reconciliation with consequences', () => {
  let app: TestApp;
  let scene: WalletScene;
  let runs: ReconciliationRuns;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    scene = await WalletScene.open(app);
    await scene.credit('100.00');
    runs = app.app.get(ReconciliationRuns);
  });
  beforeEach(() => scene.refresh());
  afterEach(async () => {
    vi.restoreAllMocks();
    await repair();
    await app.db.query('DELETE FROM wallet_freezes');
    expect(await scene.mismatches()).toEqual([]);
  });
  afterAll(() => app.close());

  const setAvailable = (ownerId: string, difference: number) =>
    app.asOwner(
      `UPDATE ledger_accounts SET balance_minor = balance_minor + $2 WHERE owner_id = $1 AND kind = 'available'`,
      [ownerId, difference],
    );
  const tamper = () => setAvailable(scene.ownerId, 1);
  /** Every balance is the sum of its entries again. */
  const repair = () =>
    app.asOwner(
      `UPDATE ledger_accounts a
          SET balance_minor = (SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries WHERE account_id = a.id)`,
    );
  const show = async () => body<ReconciliationBody>(await scene.operator.get('operator/reconciliation'), 200);
  const lift = (ownerId = scene.ownerId, payload: object = { comment: 'Incident 12' }) =>
    scene.operator.post(`operator/reconciliation/freezes/${ownerId}/lift`, payload);
  const freezes = () => app.db.query<{ owner_id: string }[]>('SELECT * FROM wallet_freezes');
  const mismatchesCounted = async () => {
    const metrics = await app.app.get(Metrics).registry.metrics();
    const counted = /^tributary_reconciliation_mismatches_total\{check="balance_is_sum_of_entries"\} (\d+)/m;
    return Number(counted.exec(metrics)?.[1] ?? 0);
  };

  it('freezes nobody when everything is as it must be', async () => {
    const errors = vi.spyOn(Logger.prototype, 'error');
    expect(await runs.run()).toMatchObject({ mismatches: [], newlyFrozen: [] });
    expect(await freezes()).toEqual([]);
    expect(errors).not.toHaveBeenCalled();
    expect(await show()).toMatchObject({ clean: true, frozen: [] });
    await scene.credit('1.00');
  });

  it('names, freezes and alerts, refuses what moves, and is lifted after the repair', async () => {
    const errors = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const countedBefore = await mismatchesCounted();
    await tamper();
    expect((await show()).frozen).toEqual([]);
    expect((await runs.runAlone())?.newlyFrozen).toEqual([scene.ownerId]);
    expect(errors).toHaveBeenCalledWith(
      expect.objectContaining({
        check: 'balance_is_sum_of_entries',
        ownerId: scene.ownerId,
        frozenNow: true,
      }),
      expect.stringContaining('balance_is_sum_of_entries'),
    );
    expect(await mismatchesCounted()).toBe(countedBefore + 1);

    const seen = await show();
    expect(seen).toMatchObject({ clean: false, frozen: [{ partnerId: scene.ownerId }] });
    expect(seen.mismatches).toMatchObject([{ check: 'balance_is_sum_of_entries', partnerId: scene.ownerId }]);
    expect(seen.frozen[0]!.reason).toContain('balance_is_sum_of_entries');
    await expect(scene.credit('5.00')).rejects.toMatchObject({ code: 'WALLET_FROZEN' });
    expect(body(await scene.request('20.00'), 409)).toMatchObject({ code: 'WALLET_FROZEN' });

    expect(body(await lift(), 409)).toMatchObject({ code: 'WALLET_NOT_CLEAN' });
    await repair();
    await expect(scene.credit('5.00')).rejects.toMatchObject({ code: 'WALLET_FROZEN' });
    body(await lift(scene.ownerId, {}), 400);
    expect(body(await lift(), 200)).toMatchObject({ partnerId: scene.ownerId });
    body(await lift(), 404);
    expect((await show()).frozen).toEqual([]);
    await scene.credit('5.00');
    const audit = await app.db.query(
      `SELECT before, after FROM audit_log WHERE action = 'wallet.lift_freeze' AND subject_id = $1`,
      [scene.ownerId],
    );
    expect(audit).toMatchObject([
      { before: { reason: seen.frozen[0]!.reason }, after: { comment: 'Incident 12' } },
    ]);
  });

  it('freezes a lifted wallet again when it is wrong again', async () => {
    await tamper();
    await runs.run();
    await repair();
    body(await lift(), 200);
    await tamper();
    expect((await runs.run()).newlyFrozen).toEqual([scene.ownerId]);
    expect((await runs.run()).newlyFrozen).toEqual([]);
    await expect(scene.credit('5.00')).rejects.toMatchObject({ code: 'WALLET_FROZEN' });
  });

  it('leaves other wallets alone, also towards the frozen one', async () => {
    const other = await scene.another();
    await other.credit('10.00');
    await tamper();
    await runs.run();
    await other.credit('10.00');
    const amount = Money.of(100n, 'EUR');
    const transfer = app.app.get(UnitOfWork).run((tx) =>
      app.app.get(Ledger).post(tx, {
        kind: 'balance_correction',
        reference: randomUUID(),
        entries: [
          { account: { ownerId: other.ownerId, kind: 'available' }, amount: amount.negate() },
          { account: { ownerId: scene.ownerId, kind: 'available' }, amount },
        ],
      }),
    );
    await expect(transfer).rejects.toMatchObject({ code: 'WALLET_FROZEN' });
  });

  it('freezes the wallets of a journal that does not sum to zero', async () => {
    const change = (difference: number) =>
      app.asOwner(`
        ALTER TABLE ledger_entries DISABLE TRIGGER USER;
        UPDATE ledger_entries e SET amount_minor = amount_minor + ${difference} FROM ledger_accounts a
         WHERE a.id = e.account_id AND a.owner_id = '${scene.ownerId}' AND e.account_version = 1;
        ALTER TABLE ledger_entries ENABLE TRIGGER USER`);
    await change(3);
    const { mismatches, newlyFrozen } = await runs.run();
    expect(mismatches.map(({ check, ownerId }) => [check, ownerId])).toEqual([
      ['journal_sums_to_zero', scene.ownerId],
      ['balance_is_sum_of_entries', scene.ownerId],
      ['entries_form_a_chain', scene.ownerId],
    ]);
    expect(newlyFrozen).toEqual([scene.ownerId]);
    await change(-3);
  });

  it('names what was paid when it is not what was accepted less what came back', async () => {
    await scene.credit('50.00');
    const { id } = await scene.withdraw('50.00');
    body(await scene.operator.post(`operator/cashouts/${id}/accept`), 200);
    body(await scene.operator.post(`operator/cashouts/${id}/refund`, { amount: '20.00', comment: 'x' }), 200);
    const { mismatches } = await runs.run();
    expect(mismatches).toEqual([]);
    const seen = app.db.transaction(async (tx) => {
      await tx.query('UPDATE cashouts SET amount_minor = amount_minor + 7 WHERE id = $1', [id]);
      const { mismatches: found } = await app.app.get(Reconciliation).run(tx);
      expect(found).toMatchObject([
        { check: 'paid_is_accepted_less_refunds', ownerId: scene.ownerId, expected: { minor: 3_007n } },
      ]);
      throw new Error('rolled back');
    });
    await expect(seen).rejects.toThrow('rolled back');
  });

  it('freezes once when many reconcile at once', async () => {
    await tamper();
    const frozen = await Promise.all([runs.run(), runs.run(), runs.runAlone(), runs.runAlone()]);
    expect(frozen.flatMap((run) => run?.newlyFrozen ?? [])).toEqual([scene.ownerId]);
    expect(await freezes()).toHaveLength(1);
  });

  it('leaves the hour to the instance that is at it', async () => {
    await app.db.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('wallet.reconciliation', 0))`);
      expect(await runs.runAlone()).toBeNull();
    });
    expect(await runs.runAlone()).not.toBeNull();
  });

  it('reconciles by the hour in workers only', async () => {
    await tamper();
    await app.app.get(ReconciliationJob).reconcile();
    expect(await freezes()).toEqual([]);
    await new ReconciliationJob(runs, app.app.get(Config).withRole('worker')).reconcile();
    expect(await freezes()).toMatchObject([{ owner_id: scene.ownerId }]);
  });

  it('is open to those with the permission only', async () => {
    body(
      await scene.partner.post(`operator/reconciliation/freezes/${scene.ownerId}/lift`, { comment: 'x' }),
      403,
    );
  });

  it('is a command that names what is wrong and fails', async () => {
    const run = () => runCommand('reconcile', [], { DATABASE_URL: databaseUrlOf(app.db) });
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('clean') as unknown });
    await tamper();
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toContain(`${scene.ownerId}: balance_is_sum_of_entries`);
    expect(out).toContain(`${scene.ownerId}: frozen`);
    expect((await show()).frozen).toMatchObject([{ partnerId: scene.ownerId }]);
  });
});
