import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { CPA_50 } from '../billing/scene.js';
import { PaymentMethods } from '../../../src/wallet/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { BROWSER, FraudScene, HOME } from './fraud-scene.js';

const AWAY = '192.0.2.10';

describe('B07 the partner’s own people who become known later than their players', () => {
  let fraud: FraudScene;
  beforeAll(async () => {
    fraud = await FraudScene.open({ strategies: [CPA_50] });
  });
  afterAll(() => fraud.close());

  const added = async (type: 'paypal' | 'bank_transfer', fields: Record<string, string>): Promise<void> => {
    const { app, scene } = fraud;
    const [user] = await app.db.query<[{ id: string }]>('SELECT id FROM users WHERE email = $1', [
      scene.partner.email,
    ]);
    const owner = { ownerId: scene.partnerId, actor: { userId: user.id, impersonatorId: null } };
    await app.app.get(UnitOfWork).run((tx) => app.app.get(PaymentMethods).add(tx, owner, type, fields));
    await outboxDelivered(app);
  };

  /** As many players as this one, with other mailboxes: a page of them, and more. */
  const cloned = (playerId: string, times: number): Promise<unknown> =>
    fraud.app.db.query(
      `INSERT INTO players
       SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'external_id', 'clone-' || n,
                                                           'email_hash', 'none', 'visit_id', NULL))).*
         FROM players p, generate_series(1, $2) n WHERE id = $1`,
      [playerId, times],
    );

  it('by an account that is added later, for its mailbox or its holder', async () => {
    const byMail = await fraud.player('later-mail', await fraud.click(HOME), {
      email: 'carlfox+1@gmail.com',
    });
    const names = { first_name: 'carl', last_name: 'FOX' };
    await cloned(byMail, 5_000);
    const byName = await fraud.player('later-name', await fraud.click(HOME), names);
    const other = await fraud.player('other', await fraud.click(HOME), {
      first_name: 'Eve',
      last_name: 'Fox',
    });
    expect(await fraud.signals()).toEqual([]);

    await added('paypal', { email: 'carl.fox@gmail.com' });
    expect(await fraud.rulesOf(byMail)).toEqual(['self_referral_payment_account']);
    expect(await fraud.rulesOf(byName)).toEqual([]);
    await added('bank_transfer', { holder: 'Carl Fox', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' });
    expect(await fraud.rulesOf(byName)).toEqual(['self_referral_payment_account']);
    expect(await fraud.rulesOf(other)).toEqual([]);
  });

  it('by a member who is invited later', async () => {
    const player = await fraud.player('later-member', await fraud.click(HOME), { email: 'dora@example.com' });
    expect(await fraud.rulesOf(player)).toEqual([]);
    const invited = { email: 'Dora@example.com', name: 'Dora', role: 'analyst' };
    body(await fraud.scene.partner.post('partner/users', invited), 201);
    await outboxDelivered(fraud.app);
    expect(await fraud.rulesOf(player)).toEqual(['self_referral_email']);
  });

  it('by a sign-in that comes later, also of orders', async () => {
    const byAddress = await fraud.player('later-address', await fraud.click(AWAY, 'Another/1.0 Firefox'));
    const byDevice = await fraud.player('later-device', await fraud.click('192.0.2.77'));
    const elsewhere = await fraud.player('elsewhere', await fraud.click('192.0.3.10'));
    const v6 = await fraud.player('later-v6', await fraud.click('2001:db9:1:2::7'));
    const ordered_at = new Date(fraud.app.clock.now().getTime() + 60_000).toISOString();
    const order = {
      order_id: 'o-1',
      tag: await fraud.click(AWAY),
      ordered_at,
      amount: '10.00',
      currency: 'EUR',
    };
    await fraud.scene.server.sync('orders', { orders: [{ ...order, status: 'pending' }] });
    await outboxDelivered(fraud.app);
    for (const player of [byAddress, byDevice, elsewhere, v6])
      expect(await fraud.rulesOf(player)).toEqual([]);

    await fraud.signInFrom(AWAY, BROWSER);
    await outboxDelivered(fraud.app);
    expect(await fraud.rulesOf(byAddress)).toEqual(['self_referral_address']);
    expect(await fraud.rulesOf(byDevice)).toEqual(['self_referral_device']);
    expect(await fraud.rulesOf(elsewhere)).toEqual([]);
    expect((await fraud.signals()).map(({ rule }) => rule)).toContain('order_self_referral_address');

    await fraud.signInFrom('2001:db9:1:2::99', 'Another/1.0');
    await outboxDelivered(fraud.app);
    expect(await fraud.rulesOf(v6)).toEqual(['self_referral_address']);
  });
});
