import { randomUUID } from 'node:crypto';
import { Money, UnitOfWork } from '../../../../src/platform/index.js';
import { CashoutRequests, Ledger, PaymentMethods } from '../../../../src/wallet/index.js';
import { AT, type Kind } from './kinds.js';
import { insert } from './scene.js';

export const paymentMethod: Kind = {
  make: ({ app }, { partnerId: ownerId, userId }) =>
    app.app.get(UnitOfWork).run(async (tx) => {
      // One account per type: the one before it makes room.
      await tx.query('UPDATE payment_methods SET deleted_at = now() WHERE owner_id = $1', [ownerId]);
      return app.app
        .get(PaymentMethods)
        .add(tx, { ownerId, actor: { userId, impersonatorId: null } }, 'paypal', {
          email: 'ann@example.com',
        });
    }),
};

export const cashout: Kind = {
  make: async (scene, tenant) => {
    const nest = scene.app.app;
    const { partnerId: ownerId, userId } = tenant;
    const paymentMethodId = await paymentMethod.make(scene, tenant, []);
    return nest.get(UnitOfWork).run(async (tx) => {
      const amount = Money.parse('100.00', 'EUR');
      await nest.get(Ledger).credit(tx, { ownerId, amount, kind: 'bill', reference: randomUUID() });
      const asked = { currency: 'EUR', amount: '100.00', paymentMethodId };
      return (
        await nest
          .get(CashoutRequests)
          .request(tx, { ownerId, actor: { userId, impersonatorId: null } }, asked)
      ).id;
    });
  },
};

export const cashoutSchedule: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'cashout_schedules', {
      owner_id: tenant.partnerId,
      payment_method_id: await paymentMethod.make(scene, tenant, []),
      currency: 'EUR',
      frequency: 'daily',
      weekdays: [],
      dates: [],
      time_of_day: '09:00',
      time_zone: 'UTC',
      state: 'paused',
      authorised_by: tenant.userId,
      two_factor_since: AT,
      failures: 0,
      created_at: AT,
      updated_at: AT,
    }),
};

export const frozenWallet: Kind = {
  make: async ({ app }) => {
    const ownerId = randomUUID();
    await app.db.query(`INSERT INTO wallet_freezes (owner_id, frozen_at, reason) VALUES ($1, $2, 'test')`, [
      ownerId,
      AT,
    ]);
    return ownerId;
  },
};

export const balanceCorrection: Kind = {
  make: async ({ app }, { partnerId, userId }) =>
    insert(app, 'balance_corrections', {
      owner_id: partnerId,
      currency: 'EUR',
      amount_minor: 100,
      comment: 'Bonus',
      may_overdraw: false,
      state: 'pending',
      requested_by: userId,
      created_at: AT,
    }),
  shared: true,
};

/** The present month, of which there is a statement. */
export const statementMonth: Kind = {
  make: ({ app }) => Promise.resolve(app.clock.now().toISOString().slice(0, 7)),
  shared: true,
};
