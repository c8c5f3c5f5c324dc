import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PayoutScene } from '../integration/wallet/payout-scene.js';
import { body } from '../support/journey.js';
import { PaypalServer } from '../support/paypal-server.js';
import { type AppProcess, spawnApp } from '../support/process.js';

const PAYEES = 3;
/** The scene's clock lags a little: what it hands over is due for processes with a true one. */
const LAG_MS = 10 * 60_000;

describe('B09 a worker that is killed between paying and recording', () => {
  let paypal: PaypalServer;
  let scene: PayoutScene;
  const workers: AppProcess[] = [];

  const startWorker = async (env: Record<string, string> = {}): Promise<AppProcess> => {
    const worker = await spawnApp({
      DATABASE_URL: (scene.app.db.options as { url: string }).url,
      ROLE: 'worker',
      LOG_LEVEL: 'error',
      ...paypal.env,
      ...env,
    });
    workers.push(worker);
    return worker;
  };

  beforeAll(async () => {
    paypal = await PaypalServer.start();
    scene = await PayoutScene.open({ ...paypal.env, ROLE: 'web' });
    scene.app.clock.set(new Date(Date.now() - LAG_MS));
    await scene.refresh();
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    expect(await scene.mismatches()).toEqual([]);
    await scene.app.close();
    await paypal.stop();
  });

  const handOver = async (): Promise<{ id: string; cashoutIds: string[] }> => {
    const cashoutIds = await scene.cashouts(PAYEES, 'paypal');
    const { id } = await scene.approved(cashoutIds, 'paypal');
    body(await scene.maker.post(`operator/payout-batches/${id}/hand-over`), 200);
    return { id, cashoutIds };
  };

  const stateOf = async (id: string): Promise<string> => (await scene.batch(id)).state;

  it('leaves the batch unknown; another one asks under the same id, and everybody is paid once', async () => {
    const { id, cashoutIds } = await handOver();
    const first = await startWorker();
    // PayPal has the batch; whoever sent it does not live to hear so.
    paypal.disturbAnswers((request, answer) => {
      if (request.method !== 'POST' || !request.path.endsWith('/payouts')) return answer;
      void first.kill('SIGKILL');
      return 'hang';
    });
    await first.exited;
    expect(paypal.paid).toHaveLength(PAYEES);
    expect(await stateOf(id)).toBe('unknown');

    paypal.disturbAnswers();
    paypal.finish(() => 'SUCCESS');
    // The dead worker's lease ends after five minutes.
    await startWorker({ TRIBUTARY_CLOCK_OFFSET: 'PT6M' });
    await expect.poll(() => stateOf(id), { timeout: 60_000, interval: 200 }).toBe('settled');
    expect(paypal.orders).toHaveLength(2);
    expect(paypal.paid).toHaveLength(PAYEES);
    expect(await scene.states(cashoutIds)).toEqual(Array(PAYEES).fill('success'));
    const journals = await scene.app.db.query(
      `SELECT count(*)::int AS paid FROM ledger_journals WHERE kind = 'cashout_accept' AND reference = ANY ($1)`,
      [cashoutIds],
    );
    expect(journals).toEqual([{ paid: PAYEES }]);
  }, 180_000);
});
