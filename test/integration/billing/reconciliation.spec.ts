import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillApprovals } from '../../../src/billing/approvals/bill-approvals.service.js';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { Reconciliation, ReconciliationRuns } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { BillingScene, CPA_50 } from './scene.js';

const eur = (minor: bigint) => Money.of(minor, 'EUR');

describe('rule 1.6 paid bills are postings', () => {
  let app: TestApp;
  let scene: BillingScene;
  let billId: string;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    const account = await scene.account({ strategies: [CPA_50] });
    app.clock.set('2026-12-01T00:00:00Z');
    await account.qualify('a', '2026-10-05');
    await account.bill('2026-10-31');
    const [bill] = await app.db.query<[{ id: string }]>('SELECT id FROM bills');
    billId = bill.id;
  });
  afterAll(() => app.close());

  const mismatches = async () => (await app.app.get(Reconciliation).run(app.db)).mismatches;
  const setState = (state: string, payable: number) =>
    app.db.query(
      `UPDATE bills SET state = $2, payable_minor = $3, processed_at = CASE WHEN $2 = 'paid' THEN now() END
        WHERE id = $1`,
      [billId, state, payable],
    );

  it('has nothing against bills that wait, and names a paid one without a posting', async () => {
    expect(await mismatches()).toEqual([]);
    await setState('paid', 5_000);
    const named = { check: 'paid_bills_are_postings', subjectId: billId, ownerId: scene.partnerId };
    expect(await mismatches()).toMatchObject([{ ...named, expected: eur(5_000n), actual: eur(0n) }]);
    await setState('paid', 0);
    expect(await mismatches()).toEqual([]);
    await setState('pending', 5_000);
  });

  it('names a posting of another amount, or of a bill that is not paid, and freezes', async () => {
    const actor = await scene.operatorActor();
    await app.app.get(UnitOfWork).run((tx) => app.app.get(BillApprovals).approve(tx, actor, billId));
    expect(await mismatches()).toEqual([]);
    await setState('paid', 4_000);
    expect(await mismatches()).toMatchObject([{ expected: eur(4_000n), actual: eur(5_000n) }]);
    await setState('pending', 5_000);
    expect(await mismatches()).toMatchObject([{ expected: eur(0n), actual: eur(5_000n) }]);
    expect((await app.app.get(ReconciliationRuns).run()).newlyFrozen).toEqual([scene.partnerId]);
  });
});
