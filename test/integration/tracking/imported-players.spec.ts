import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { ImportedPlayers } from '../../../src/tracking/index.js';
import { outboxDelivered } from '../../support/outbox.js';
import { CPA_50 } from '../billing/scene.js';
import { BROWSER, FraudScene } from './fraud-scene.js';

const SPRING = '2026-04-01T08:00:00Z';
const UNKNOWN_VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

interface Report {
  accepted: number;
  items: { index: number; status: string; tag?: string; code?: string; message?: string }[];
}

let fraud: FraudScene;
let link: string;
beforeAll(async () => {
  fraud = await FraudScene.open({ strategies: [CPA_50] });
  await fraud.signInFrom('192.0.2.10', BROWSER);
  const promos = await fraud.app.db.query<[{ code: string }]>('SELECT code FROM promos WHERE id = $1', [
    fraud.account.promoIds.at(-1),
  ]);
  link = promos[0].code;
});
afterAll(() => fraud.close());

/** Takes a player over from another program that has not paid for it, and gives its id. */
async function bring(user_id: string, fields: object = {}): Promise<string> {
  const player = { user_id, link, sign_up_at: SPRING, settled: false, ...fields };
  const [outcome] = await fraud.app.app
    .get(UnitOfWork)
    .run((tx) => fraud.app.app.get(ImportedPlayers).record(tx, [player]));
  await outboxDelivered(fraud.app);
  return (outcome as { id: string }).id;
}

const players = (...items: object[]): Promise<Report> =>
  fraud.scene.server.sync<Report>('players', { players: items });
const orders = (...items: object[]): Promise<Report> =>
  fraud.scene.server.sync<Report>('orders', { orders: items });

const order = (order_id: string, fields: object): object => ({
  order_id,
  amount: '80.00',
  currency: 'EUR',
  ordered_at: '2026-10-05T07:00:00Z',
  ...fields,
});

describe('B10 players of another program, as the brand reports them later', () => {
  it.each<[string, object]>([
    ['the tag of the other program', { tag: '1234_OLDTAG' }],
    ['the tag of a visit that was elsewhere', { tag: UNKNOWN_VISIT }],
    ['a code that nobody has', { bonus_code: 'OLD10' }],
    ['an empty tag', { tag: '' }],
    ['neither tag nor code', {}],
  ])('are corrected, by %s', async (name, mention) => {
    await bring(name);
    const report = await players({ user_id: name, sign_up_at: SPRING, self_excluded: true, ...mention });
    expect(report).toMatchObject({ corrected: 1, rejected: 0 });
    expect(
      await fraud.app.db.query('SELECT self_excluded FROM players WHERE external_id = $1', [name]),
    ).toEqual([{ self_excluded: true }]);
  });

  it('are answered with a tag, which orders and other players may name', async () => {
    const id = await bring('named');
    const { items } = await players({ user_id: 'named', sign_up_at: SPRING });
    expect(items).toEqual([{ index: 0, status: 'duplicate', tag: id }]);
    expect(await orders(order('o-named', { tag: id }))).toMatchObject({ accepted: 1 });
    expect(await players({ user_id: 'friend', sign_up_at: SPRING, tag: id })).toMatchObject({ accepted: 1 });
    const owners = await fraud.app.db.query(
      `SELECT partner_id, visit_id, promo_code_id FROM orders WHERE external_id = 'o-named'
       UNION ALL SELECT partner_id, visit_id, promo_code_id FROM players WHERE external_id = 'friend'`,
    );
    const owner = { partner_id: fraud.scene.partnerId, visit_id: null, promo_code_id: null };
    expect(owners).toEqual([owner, owner]);
  });

  it('who came by a visit are named by it, not by an id of their own', async () => {
    const id = await fraud.player('by-visit', await fraud.click('203.0.113.7'));
    const { items } = await orders(order('o-by-visit', { tag: id }));
    expect(items).toMatchObject([{ code: 'UNKNOWN_TAG' }]);
  });
});

describe('B07 fraud signals of players of another program', () => {
  it.each<[boolean, string[]]>([
    [false, ['duplicate_player', 'self_referral_email']],
    [true, []],
  ])('that are settled: %s', async (settled, rules) => {
    const email = fraud.scene.partner.email;
    await bring(`first ${settled}`, { email, settled, sign_up_at: '2026-03-01T08:00:00Z' });
    expect(await fraud.rulesOf(await bring(`second ${settled}`, { email, settled }))).toEqual(rules);
  });

  it('come once: imported again, a player is not looked at again', async () => {
    const events = `SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'event.tracking-player-checks'`;
    await bring('again');
    const before = await fraud.app.db.query<unknown[]>(events);
    await bring('again');
    expect(await fraud.app.db.query(events)).toEqual(before);
  });
});

describe('T07 an order that is known', () => {
  it.each<[string, object]>([
    ['an unknown tag', { tag: '1234_OLDTAG' }],
    ['neither tag nor code', {}],
  ])('is decided, by %s', async (name, mention) => {
    const tag = await fraud.click('203.0.113.7');
    await orders(order(name, { tag }));
    expect(await orders(order(name, { ...mention, status: 'approved' }))).toMatchObject({
      corrected: 1,
      rejected: 0,
    });
  });

  it('that is new needs somebody who brought it', async () => {
    const { items } = await orders(order('o-x', { tag: 'x' }), order('o-y', {}), order('o-z', { tag: '' }));
    expect(items.map(({ code }) => code)).toEqual(['UNKNOWN_TAG', 'INVALID_FIELD', 'INVALID_FIELD']);
    expect(items[1]!.message).toContain('tag: is required, or promo_code');
  });
});
