import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { Reconciliation } from '../../../src/wallet/index.js';
import { ProgramScene } from './program-scene.js';

interface Listed {
  id: string;
  partnerId: string;
  state: string;
  reason: string | null;
}

let scene: ProgramScene;
beforeAll(async () => {
  scene = await ProgramScene.open();
});
beforeEach(() => scene.app.clock.set('2026-11-02T09:00:00Z'));
afterAll(() => scene.app.close());

const stateOf = async (partnerId: string) => (await scene.show(partnerId)).invited!.state;
const listed = async (inviterId: string): Promise<Listed[]> =>
  body<{ items: Listed[] }>(await (await scene.operator()).get(`operator/referrals?inviterId=${inviterId}`), 200)
    .items; // prettier-ignore

/** A pair whose bonus is paid. */
const rewarded = async () => {
  const pair = await scene.pair();
  await scene.earn(pair.partnerId, '100.00');
  await scene.run();
  scene.passDays(14);
  await scene.run();
  return pair;
};

describe('T11 the bonus of a referral', () => {
  it('is paid to both, once, after the hold, though several jobs run at once', async () => {
    const { inviterId, partnerId } = await scene.pair();
    await scene.earn(partnerId, '60.00');
    await scene.run();
    expect(await stateOf(partnerId)).toBe('open');
    await scene.earn(partnerId, '40.00');
    await scene.run(4);
    expect((await scene.show(partnerId)).invited).toMatchObject({
      state: 'held',
      payableAt: '2026-11-16T09:00:00.000Z',
      conditions: { verified: true, workConfirmed: true, earnings: [{ amount: '100.00', currency: 'EUR' }] },
    });
    expect(await scene.show(inviterId)).toMatchObject({ fulfilled: 1, totalBonus: [{ amount: '0.00' }] });
    scene.passDays(13);
    await scene.run(4);
    expect(await scene.journals(inviterId)).toEqual([]);
    scene.passDays(1);
    await scene.run(8);
    expect([await scene.balance(inviterId), await scene.balance(partnerId)]).toEqual([2000, 11_000]);
    expect(await scene.journals(inviterId)).toEqual(['referral_bonus']);
    expect(await scene.journals(partnerId)).toEqual(['referral_bonus']);
    expect(await scene.show(inviterId)).toMatchObject({
      ...{ registered: 1, fulfilled: 1, totalBonus: [{ amount: '20.00', currency: 'EUR' }] },
    });
    const inviter = await scene.as(inviterId);
    expect(body(await inviter.get('partner/transactions?type=referral_bonus'), 200)).toMatchObject({
      items: [{ type: 'referral_bonus', amount: { amount: '20.00' }, reference: (await listed(inviterId))[0]!.id }],
    }); // prettier-ignore
    await outboxDelivered(scene.app);
    const events = body<{ items: { type: string; summary: string }[] }>(await inviter.get('partner/events'), 200);
    expect(events.items[0]).toMatchObject({
      type: 'referral_rewarded',
      summary: 'A referral bonus of 20.00 EUR is in your available balance.',
    });
  }); // prettier-ignore

  it('is taken back from both when the work is, exactly, and once', async () => {
    const { inviterId, partnerId } = await scene.pair();
    const bill = await scene.earn(partnerId, '100.00');
    const spare = await scene.earn(inviterId, '1.00');
    await scene.run();
    scene.passDays(14);
    await scene.run();
    await scene.takeBack(bill);
    await scene.run(8);
    expect([await scene.balance(inviterId), await scene.balance(partnerId)]).toEqual([100, 0]);
    expect(await scene.journals(inviterId)).toEqual(['referral_bonus', 'referral_bonus_reversal']);
    expect(await stateOf(partnerId)).toBe('reversed');
    expect(await scene.show(inviterId)).toMatchObject({ registered: 1, fulfilled: 0, totalBonus: [{ amount: '0.00' }] }); // prettier-ignore
    await scene.takeBack(spare);
  });

  it('waits to be taken back until both have it again', async () => {
    const { inviterId, partnerId } = await scene.pair();
    const bill = await scene.earn(partnerId, '100.00');
    await scene.run();
    scene.passDays(14);
    await scene.run();
    await scene.takeBack(bill);
    // The inviter has taken its bonus out meanwhile.
    await scene.withdraw(inviterId, 2000);
    await scene.run(2);
    expect(await listed(inviterId)).toMatchObject([
      { state: 'rewarded', reason: 'the work that it was paid for was taken back' },
    ]);
    expect([await scene.balance(inviterId), await scene.balance(partnerId)]).toEqual([0, 1000]);
    await scene.earn(inviterId, '20.00');
    await scene.run(2);
    expect([await scene.balance(inviterId), await scene.balance(partnerId)]).toEqual([0, 0]);
    expect(await stateOf(partnerId)).toBe('reversed');
  });

  it('starts anew when the work is taken back during the hold, and is missed with the window', async () => {
    const { partnerId } = await scene.pair();
    const bill = await scene.earn(partnerId, '110.00', 'USD');
    await scene.run();
    expect(await stateOf(partnerId)).toBe('held');
    await scene.takeBack(bill);
    await scene.run();
    expect((await scene.show(partnerId)).invited).toMatchObject({ state: 'open', payableAt: null });
    scene.app.clock.set('2027-01-30T00:00:00Z');
    await scene.earn(partnerId, '500.00');
    await scene.run(3);
    expect(await stateOf(partnerId)).toBe('missed');
  });

  it('is not paid while one of both is suspended, nor to one person', async () => {
    const { inviterId, partnerId } = await scene.pair();
    const other = await scene.pair();
    await scene.earn(partnerId, '100.00');
    await scene.earn(other.partnerId, '100.00');
    await scene.run();
    scene.passDays(14);
    await scene.app.db.query(`UPDATE partners SET state = 'suspended' WHERE id = $1`, [inviterId]);
    const { db } = scene.app;
    await db.query(`UPDATE partners SET phone = '+4930999' WHERE id IN ($1, $2)`, [
      other.inviterId,
      other.partnerId,
    ]);
    await scene.run();
    expect([await stateOf(partnerId), await stateOf(other.partnerId)]).toEqual(['held', 'declined']);
    await db.query(`UPDATE partners SET state = 'active' WHERE id = $1`, [inviterId]);
    await scene.run();
    expect(await stateOf(partnerId)).toBe('rewarded');
    expect(await scene.journals(other.inviterId)).toEqual([]);
  });

  it('stays with both when the invited partner is suspended after it, and waits for that partner before it', async () => {
    const [paid, held] = [await scene.pair(), await scene.pair()];
    await scene.earn(paid.partnerId, '100.00');
    await scene.run();
    scene.passDays(14);
    await scene.run();
    await scene.earn(held.partnerId, '100.00');
    await scene.run();
    const suspend = (state: string) =>
      scene.app.db.query('UPDATE partners SET state = $2 WHERE id = ANY ($1)', [
        [paid.partnerId, held.partnerId],
        state,
      ]);
    await suspend('suspended');
    await scene.run();
    // The hold and the window of the other one end meanwhile.
    scene.passDays(90);
    await scene.run();
    const states = async () =>
      [...(await listed(paid.inviterId)), ...(await listed(held.inviterId))].map(({ state }) => state);
    expect(await states()).toEqual(['rewarded', 'held']);
    expect(await scene.journals(paid.inviterId)).toEqual(['referral_bonus']);
    expect(await scene.balance(paid.partnerId)).toBe(11_000);
    await suspend('active');
    await scene.run();
    expect(await states()).toEqual(['rewarded', 'rewarded']);
    expect(await scene.balance(held.inviterId)).toBe(2000);
  });

  it('needs a verified social account of a creator', async () => {
    const { partnerId } = await scene.pair();
    await scene.app.db.query(`UPDATE partners SET kind = 'creator' WHERE id = $1`, [partnerId]);
    await scene.earn(partnerId, '100.00');
    await scene.run();
    expect(await stateOf(partnerId)).toBe('open');
    await scene.app.db.query(
      `INSERT INTO social_accounts (id, partner_id, platform, handle, created_at, state, requested_at, decided_at, decided_by)
       SELECT gen_random_uuid(), $1, 'tiktok', 'ann', now(), 'verified', now(), now(), id FROM users LIMIT 1`,
      [partnerId],
    );
    await scene.run();
    expect(await stateOf(partnerId)).toBe('held');
  });

  it('is revoked by an operator with a fresh code, before it is paid and after', async () => {
    const [held, paid] = [await scene.pair(), await scene.pair()];
    await scene.earn(paid.partnerId, '100.00');
    await scene.run();
    scene.passDays(14);
    await scene.run();
    await scene.earn(held.partnerId, '100.00');
    await scene.run();
    const finance = await scene.operator('operator:finance');
    const reason = 'Both are one person';
    for (const { inviterId, partnerId } of [held, paid]) {
      const [referral] = await listed(inviterId);
      const path = `operator/referrals/${referral!.id}/revoke`;
      expect((await finance.postWithKey(path, { reason }, '')).status).toBe(400);
      const answers = await Promise.all(
        ['k1', 'k2', 'k3'].map((key) => finance.postWithKey(path, { reason }, key)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const key = `k${answers.findIndex(({ status }) => status === 200) + 1}`;
      const again = await finance.postWithKey(path, { reason }, key);
      expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
      expect((await finance.postWithKey(path, { reason: 'Another' }, key)).status).toBe(422);
      body(await (await scene.operator('operator:manager')).post(path, { reason }), 403);
      expect(await scene.balance(inviterId)).toBe(0);
      expect(await scene.balance(partnerId)).toBe(10_000);
      expect(await listed(inviterId)).toMatchObject([{ reason }]);
    }
    expect([await stateOf(held.partnerId), await stateOf(paid.partnerId)]).toEqual(['declined', 'reversed']);
  });

  it('is revoked below zero only where the operator confirms that; else who has withdrawn it is named', async () => {
    const invitedOnly = await rewarded();
    await scene.withdraw(invitedOnly.partnerId, 11_000);
    const both = await rewarded();
    await scene.withdraw(both.inviterId, 500);
    await scene.withdraw(both.partnerId, 10_001);
    const finance = await scene.operator('operator:finance');
    const revoke = async ({ inviterId }: { inviterId: string }, overdraw?: boolean) => {
      const [referral] = await listed(inviterId);
      const reason = 'Both are one person';
      return finance.post(`operator/referrals/${referral!.id}/revoke`, { reason, overdraw });
    };
    for (const [pair, short] of [
      [invitedOnly, [invitedOnly.partnerId]],
      [both, [both.inviterId, both.partnerId]],
    ] as const) {
      const before = [await scene.balance(pair.inviterId), await scene.balance(pair.partnerId)];
      for (const overdraw of [undefined, false]) {
        expect(body(await revoke(pair, overdraw), 422)).toMatchObject({
          code: 'WOULD_OVERDRAW',
          errors: [{ path: 'overdraw' }],
          partnerIds: short,
        });
      }
      expect(body(await revoke(pair, true), 200)).toMatchObject({ state: 'reversed' });
      const after = [await scene.balance(pair.inviterId), await scene.balance(pair.partnerId)];
      expect(after).toEqual([before[0]! - 2000, before[1]! - 1000]);
    }
    expect([await scene.balance(both.inviterId), await scene.balance(both.partnerId)]).toEqual([-500, -1]);
  });

  it('is paid at most once, to both or neither, and taken back to the cent, whatever happens in which order', async () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('earn' as const), cents: fc.constantFrom('40.00', '60.00', '100.00') }),
      fc.constant({ do: 'takeBack' as const }),
      fc.record({ do: fc.constant('pass' as const), days: fc.constantFrom(7, 14, 40) }),
      fc.constant({ do: 'suspend' as const }),
      fc.constant({ do: 'run' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 10 }), async (actions) => {
        scene.app.clock.set('2026-11-02T09:00:00Z');
        const { inviterId, partnerId } = await scene.pair();
        const bills: { reference: string; cents: number }[] = [];
        let suspended = false;
        for (const step of [...actions, { do: 'run' as const }]) {
          if (step.do === 'earn')
            bills.push({
              reference: await scene.earn(partnerId, step.cents),
              cents: Number(step.cents) * 100,
            });
          if (step.do === 'takeBack' && bills[0]) await scene.takeBack(bills.shift()!.reference);
          if (step.do === 'pass') scene.passDays(step.days);
          if (step.do === 'suspend') {
            suspended = !suspended;
            const state = suspended ? 'suspended' : 'active';
            await scene.app.db.query('UPDATE partners SET state = $2 WHERE id = $1', [inviterId, state]);
          }
          if (step.do === 'run') await scene.run(2);
          const journals = await scene.journals(inviterId);
          expect(await scene.journals(partnerId)).toEqual(journals);
          expect(['', 'referral_bonus', 'referral_bonus,referral_bonus_reversal']).toContain(journals.join());
          const paid = journals.length === 1;
          const earned = bills.reduce((sum, { cents }) => sum + cents, 0);
          expect(await scene.balance(inviterId)).toBe(paid ? 2000 : 0);
          expect(await scene.balance(partnerId)).toBe(earned + (paid ? 1000 : 0));
        }
      }),
      { numRuns: 8 },
    );
    const { mismatches } = await scene.app.app.get(Reconciliation).run(scene.app.db);
    expect(mismatches.filter(({ check }) => !check.startsWith('bill') && !check.startsWith('processing'))).toEqual([]); // prettier-ignore
  }, 60_000);
});
