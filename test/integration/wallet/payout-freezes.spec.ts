import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PaymentMethods } from '../../../src/wallet/index.js';
import { body } from '../../support/journey.js';
import { PAYPAL_CREDENTIALS } from '../../support/paypal-server.js';
import { PayoutScene } from './payout-scene.js';

const BATCHES = 'operator/payout-batches';

let scene: PayoutScene;

beforeAll(async () => {
  // No worker: nothing is handed over.
  scene = await PayoutScene.open({ ...PAYPAL_CREDENTIALS, ROLE: 'web' });
});
afterAll(() => scene.app.close());

describe('B09 wallets that are frozen', () => {
  it('are left alone by new batches', async () => {
    const { id, ownerId } = await scene.cashout('paypal', '33.00');
    await scene.freeze(ownerId);
    const asked = { paymentMethodType: 'paypal', currency: 'EUR', cashoutIds: [id] };
    expect(body(await scene.maker.post(BATCHES, asked), 422)).toMatchObject({ code: 'CASHOUTS_NOT_PAYABLE' });
  });

  it('are not paid by batches that were made before: neither approved, nor exported, nor handed over', async () => {
    for (const [type, way] of [
      ['bank_transfer', 'export'],
      ['paypal', 'hand-over'],
    ] as const) {
      // prettier-ignore
      const { id: cashoutId, ownerId } = await scene.cashout(type);
      const [other] = await scene.cashouts(1, type);
      const { id } = await scene.draft([cashoutId, other!], type);
      const lines = await scene.lines(id);
      const owners = await Promise.all(lines.map((line) => scene.ownerOf(line.id)));
      const refused = { code: 'WALLET_FROZEN', lineIds: [lines[owners.indexOf(ownerId)]!.id] };
      await scene.freeze(ownerId);
      expect(body(await scene.checker.post(`${BATCHES}/${id}/approve`), 409)).toMatchObject(refused);
      await scene.thaw(ownerId);
      body(await scene.checker.post(`${BATCHES}/${id}/approve`), 200);
      await scene.freeze(ownerId);
      expect(body(await scene.maker.post(`${BATCHES}/${id}/${way}`), 409)).toMatchObject(refused);
      expect((await scene.lines(id)).map(({ state }) => state)).toEqual(['pending', 'pending']);
      body(await scene.maker.post(`${BATCHES}/${id}/cancel`), 200);
      expect(await scene.states([cashoutId, other!])).toEqual(['pending', 'pending']);
    }
  });
});

describe('B09 accounts that were erased with their owners', () => {
  const wipe = (ownerId: string) =>
    scene.app.app.get(UnitOfWork).run((tx) => scene.app.app.get(PaymentMethods).wipe(tx, ownerId));

  it('are not offered to new batches', async () => {
    const { id, ownerId } = await scene.cashout('bank_transfer', '77.00');
    const candidates = async () => {
      const found = await scene.maker.get(
        `operator/payout-candidates?paymentMethodType=bank_transfer&currency=EUR&partnerId=${ownerId}`,
      );
      return body<{ cashouts: number }>(found, 200).cashouts;
    };
    expect(await candidates()).toBe(1);
    await wipe(ownerId);
    expect(await candidates()).toBe(0);
    const asked = { paymentMethodType: 'bank_transfer', currency: 'EUR', cashoutIds: [id] };
    expect(body(await scene.maker.post(BATCHES, asked), 422)).toMatchObject({
      code: 'CASHOUTS_NOT_PAYABLE',
      detail: expect.stringContaining('account') as string,
    });
  });

  it.each([
    ['bank_transfer', 'export'],
    ['paypal', 'export'],
    ['paypal', 'hand-over'],
  ] as const)('are not paid by batches that were made before: %s, %s', async (type, way) => {
    const { id: cashoutId, ownerId } = await scene.cashout(type);
    const { id } = await scene.draft([cashoutId, ...(await scene.cashouts(1, type))], type);
    const lines = await scene.lines(id);
    const refused = {
      code: 'PAYOUT_LINES_NOT_WRITABLE',
      lineIds: [lines.find((line) => line.cashoutId === cashoutId)!.id],
    };
    body(await scene.checker.post(`${BATCHES}/${id}/approve`), 200);
    await wipe(ownerId);
    expect(body(await scene.maker.post(`${BATCHES}/${id}/${way}`), 422)).toMatchObject(refused);
    expect((await scene.lines(id)).map(({ state }) => state)).toEqual(['pending', 'pending']);
    body(await scene.maker.post(`${BATCHES}/${id}/cancel`), 200);
  });
});
