import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ids, UnitOfWork } from '../../../src/platform/index.js';
import { ClickFloods } from '../../../src/tracking/fraud/click-floods.job.js';
import { PlayerChecks } from '../../../src/tracking/fraud/player-checks.consumer.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { CPA_50 } from '../billing/scene.js';
import { PaymentMethods } from '../../../src/wallet/index.js';
import { BROWSER, FraudScene, HOME, SERVER } from './fraud-scene.js';

let fraud: FraudScene;
let userId: string;
beforeAll(async () => {
  fraud = await FraudScene.open({ strategies: [CPA_50] });
  await fraud.signInFrom('192.0.2.10', BROWSER);
  const rows = await fraud.app.db.query<[{ id: string }]>('SELECT id FROM users WHERE email = $1', [
    fraud.scene.partner.email,
  ]);
  userId = rows[0].id;
});
afterAll(() => fraud.close());

/** The one signal of the player. */
const only = async (playerId: string) => {
  const signals = await fraud.signals(`playerId=${playerId}`);
  expect(signals.map(({ rule }) => rule)).toHaveLength(1);
  return signals[0]!;
};

describe('B07 fraud signals of players, with their evidence', () => {
  it('has none of an ordinary player', async () => {
    expect(
      await fraud.rulesOf(await fraud.player('plain', await fraud.click(HOME), { country: 'DE' })),
    ).toEqual([]);
  });

  it('has none of clicks from nowhere on the internet, as tests of one’s own are', async () => {
    const tag = await fraud.click('127.0.0.1', 'curl/8.5.0');
    expect(
      await fraud.rulesOf(await fraud.player('own-test', tag, { sign_up_at: '2026-09-01T10:00:00Z' })),
    ).toEqual([]);
  });

  it('self-referral by e-mail', async () => {
    const email = fraud.scene.partner.email.toUpperCase();
    const signal = await only(await fraud.player('by-mail', await fraud.click(HOME), { email }));
    expect(signal).toMatchObject({ rule: 'self_referral_email', state: 'open', evidence: { userId } });
    expect(signal).toMatchObject({
      partner: { id: fraud.scene.partnerId },
      playerExternalId: 'by-mail',
      weight: 90,
    });
    expect(JSON.stringify(signal).toLowerCase()).not.toContain(fraud.scene.partner.email);
  });

  it('self-referral by address and by device', async () => {
    const tag = await fraud.click('192.0.2.10', 'Other browser of a person/1.0 Mozilla/5.0 Firefox');
    const signal = await only(await fraud.player('by-address', tag));
    expect(signal).toMatchObject({
      rule: 'self_referral_address',
      evidence: { userId, visitId: tag, address: '192.0.2.10', signedInFrom: '192.0.2.10' },
    });
    const near = await fraud.click('192.0.2.11');
    expect(await only(await fraud.player('by-device', near))).toMatchObject({
      rule: 'self_referral_device',
      evidence: { userId, visitId: near, userAgent: BROWSER },
    });
  });

  it('self-referral by payment account, which is shown masked', async () => {
    const { app, scene } = fraud;
    const owner = { ownerId: scene.partnerId, actor: { userId, impersonatorId: null } };
    await app.app.get(UnitOfWork).run(async (tx) => {
      const methods = app.app.get(PaymentMethods);
      await methods.add(tx, owner, 'paypal', { email: 'carl.fox@gmail.com' });
      await methods.add(tx, owner, 'bank_transfer', {
        holder: 'Carl Fox',
        iban: 'DE89370400440532013000',
        bic: 'COBADEFFXXX',
      });
    });
    const byMail = await only(
      await fraud.player('by-paypal', await fraud.click(HOME), { email: 'carlfox+1@gmail.com' }),
    );
    expect(byMail).toMatchObject({
      rule: 'self_referral_payment_account',
      evidence: { type: 'paypal', same: 'e-mail', account: { email: 'c****@gmail.com' } },
    });
    const names = { first_name: 'carl', last_name: 'FOX' };
    expect(await only(await fraud.player('by-holder', await fraud.click(HOME), names))).toMatchObject({
      evidence: { type: 'bank_transfer', same: 'name', account: { iban: 'DE****3000' } },
    });
  });

  it('duplicate players: by the brand’s flag, the mailbox, the person; the later one, whoever is reported first', async () => {
    const flagged = await fraud.player('flagged', await fraud.click(HOME));
    expect(await fraud.rulesOf(flagged)).toEqual([]);
    await fraud.player('flagged', await fraud.click(HOME), { duplicate: true });
    expect(await only(flagged)).toMatchObject({
      rule: 'duplicate_player',
      evidence: { flaggedByBrand: true },
    });

    const person = { first_name: 'Dora', last_name: 'Díaz', date_of_birth: '1990-02-03' };
    const later = await fraud.player('dora-2', await fraud.click(HOME), person);
    expect(await fraud.rulesOf(later)).toEqual([]);
    const earlier = await fraud.player('dora-1', await fraud.click(HOME), {
      ...person,
      last_name: 'DIAZ',
      sign_up_at: '2026-10-04T10:00:00Z',
      tag: await fraud.click(HOME),
    });
    expect(await only(later)).toMatchObject({
      evidence: { same: 'name and day of birth', earlierPlayerIds: [earlier] },
    });

    const first = await fraud.player('mail-1', await fraud.click(HOME), { email: 'dup@fox.example' });
    const second = await fraud.player('mail-2', await fraud.click(HOME), { email: 'Dup@Fox.example' });
    expect(await fraud.rulesOf(first)).toEqual([]);
    expect(await only(second)).toMatchObject({ evidence: { same: 'e-mail', earlierPlayerIds: [first] } });
  });

  it('conversions without a visit of their own', async () => {
    const tag = await fraud.click(HOME);
    const first = await fraud.player('of-visit-1', tag);
    expect(await fraud.rulesOf(first)).toEqual([]);
    expect(await only(await fraud.player('of-visit-2', tag))).toMatchObject({
      rule: 'conversion_without_visit',
      evidence: { visitId: tag, earlierPlayerIds: [first] },
    });
    const before = { sign_up_at: '2026-10-05T07:00:00Z' };
    expect(await only(await fraud.player('before', await fraud.click(HOME), before))).toMatchObject({
      rule: 'conversion_without_visit',
      evidence: { signedUpAt: '2026-10-05T07:00:00.000Z' },
    });
  });

  it('times to convert that nobody has', async () => {
    const sign_up_at = new Date(fraud.app.clock.now().getTime() + 2_000).toISOString();
    expect(await only(await fraud.player('fast', await fraud.click(HOME), { sign_up_at }))).toMatchObject({
      rule: 'time_to_convert',
      evidence: { seconds: 2 },
    });
    const late = { sign_up_at: '2027-02-01T10:00:00Z' };
    expect(await fraud.rulesOf(await fraud.player('slow', await fraud.click(HOME), late))).toEqual([
      'time_to_convert',
    ]);
  });

  it('data centres, bots and countries that differ', async () => {
    expect(await only(await fraud.player('server', await fraud.click(SERVER)))).toMatchObject({
      rule: 'datacenter_address',
      evidence: { address: SERVER },
    });
    expect(await only(await fraud.player('bot', await fraud.click(HOME, 'curl/8.5.0')))).toMatchObject({
      rule: 'bot',
      evidence: { userAgent: 'curl/8.5.0' },
    });
    expect(
      await only(await fraud.player('abroad', await fraud.click(HOME), { country: 'AT' })),
    ).toMatchObject({
      rule: 'country_mismatch',
      evidence: { visitCountry: 'DE', playerCountry: 'AT' },
    });
  });

  it('are raised once, however often a player is looked at, also in parallel', async () => {
    const { db, app, clock } = fraud.app;
    const ids = (await db.query<{ id: string }[]>('SELECT id FROM players')).map(({ id }) => id);
    const before = await db.query('SELECT * FROM fraud_signals ORDER BY id');
    clock.advance(60);
    const check = () => app.get(UnitOfWork).run((tx) => app.get(PlayerChecks).check(tx, ids));
    await Promise.all(Array.from({ length: 5 }, check));
    expect(await db.query('SELECT * FROM fraud_signals ORDER BY id')).toEqual(before);
  });

  it('never change what was recorded', async () => {
    const { db, app } = fraud.app;
    const facts = async () => [
      await db.query('SELECT * FROM visits ORDER BY id'),
      await db.query('SELECT * FROM players ORDER BY id'),
      await db.query('SELECT * FROM player_activity ORDER BY player_id'),
    ];
    const ids = (await db.query<{ id: string }[]>('SELECT id FROM players ORDER BY id')).map(({ id }) => id);
    const recorded = await facts();
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), fc.boolean(), async (some, again) => {
        if (again) await db.query(`DELETE FROM fraud_signals WHERE player_id = ANY($1)`, [some]);
        await app.get(UnitOfWork).run((tx) => app.get(PlayerChecks).check(tx, some));
        expect(await facts()).toEqual(recorded);
      }),
      { numRuns: 15 },
    );
  });
});

describe('B07 floods of clicks', () => {
  it('are found in every hour that is over, once, by address and promo', async () => {
    const { app, scene, account } = fraud;
    app.clock.set('2026-10-06T10:30:00Z');
    const visits = async (address: string, count: number) => {
      const rows = Array.from({ length: count }, () => app.app.get(Ids).next());
      await app.db.query(
        `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, query, bot)
         SELECT id, $2, $3, $4, $5, $6, $7, '{}', true FROM unnest($1::uuid[]) AS id`,
        [
          rows,
          scene.partnerId,
          scene.brandId,
          account.campaignId,
          account.promoIds[0],
          app.clock.now(),
          address,
        ],
      );
    };
    await visits('203.0.113.50', 100);
    await visits('203.0.113.51', 99);
    await visits('10.0.0.1', 200);
    await visits('2001:db8:1:1::1', 60);
    await visits('2001:db8:1:1::2', 60);
    const job = app.app.get(ClickFloods);
    const floods = () =>
      app.db.query<unknown[]>(
        `SELECT evidence, player_id, promo_id FROM fraud_signals WHERE rule = 'click_flood' ORDER BY fingerprint`,
      );
    await job.run();
    expect(await floods()).toEqual([]);
    app.clock.set('2026-10-06T11:02:00Z');
    await Promise.all([job.run(), job.run()]);
    const hour = '2026-10-06T10:00:00.000Z';
    const subject = { player_id: null, promo_id: account.promoIds[0] };
    expect(await floods()).toEqual([
      { evidence: { address: '2001:db8:1:1::', hour, clicks: 120, bots: 120 }, ...subject },
      { evidence: { address: '203.0.113.50', hour, clicks: 100, bots: 100 }, ...subject },
    ]);
  });
});

describe('B07 the queue', () => {
  it('lists by filters, page by page, and tells what the rules mean', async () => {
    const operator = await fraud.scene.operator.signInAgain();
    const list = async (query: string) =>
      body<{ items: { id: string; rule: string }[]; nextCursor: string | null }>(
        await operator.get(`operator/fraud-signals?${query}`),
        200,
      );
    const all = (await list('limit=100')).items;
    expect(all.length).toBeGreaterThan(10);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list(`limit=4${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
    expect((await list('rule=bot')).items.map(({ rule }) => rule)).toEqual(['bot']);
    expect((await list('state=confirmed')).items).toEqual([]);
    expect((await list('from=2026-10-06&rule=bot')).items).toEqual([]);
    expect((await operator.get('operator/fraud-signals?rule=astrology')).status).toBe(400);
    const { items } = body<{ items: { name: string; meaning: string }[] }>(
      await operator.get('operator/fraud-rules'),
      200,
    );
    expect(items.map(({ name }) => name)).toContain('click_flood');
  });

  it('decides each signal once; of fifty decisions in parallel one counts', async () => {
    const operator = await fraud.scene.operator.signInAgain();
    const [signal] = body<{ items: { id: string; playerId: string }[] }>(
      await operator.get('operator/fraud-signals?rule=bot'),
      200,
    ).items;
    const path = `operator/fraud-signals/${signal!.id}`;
    expect((await operator.post(`${path}/release`, { comment: ' ' })).status).toBe(400);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        operator.post(`${path}/${index % 2 ? 'release' : 'confirm'}`, { comment: `Decision ${index}` }),
      ),
    );
    const decided = answers.filter(({ status }) => status === 200);
    expect(decided).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(49);
    expect(refused[0]!.body).toMatchObject({ code: 'FRAUD_SIGNAL_DECIDED' });
    const shown = body<{ comment: string; decidedAt: string }>(await operator.get(path), 200);
    expect(shown.comment).toMatch(/^Decision/);
    const entries = await fraud.app.db.query('SELECT partner_id FROM audit_log WHERE subject_id = $1', [
      signal!.id,
    ]);
    expect(entries).toEqual([{ partner_id: null }]);
    // The same evidence is not told again.
    const { app } = fraud.app;
    await app.get(UnitOfWork).run((tx) => app.get(PlayerChecks).check(tx, [signal!.playerId]));
    await outboxDelivered(fraud.app);
    expect((await fraud.app.db.query(`SELECT FROM fraud_signals WHERE rule = 'bot'`)).length).toBe(1);
  });

  it('explains the scores of players and partners', async () => {
    const operator = await fraud.scene.operator.signInAgain();
    const [{ id }] = await fraud.app.db.query<[{ id: string }]>(
      `SELECT id FROM players WHERE external_id = 'by-mail'`,
    );
    expect(body(await operator.get(`operator/players/${id}/fraud-score`), 200)).toEqual({
      score: 90,
      rules: [
        { rule: 'self_referral_email', title: 'Self-referral by e-mail', weight: 90, open: 1, confirmed: 0 },
      ],
    });
    const partner = body<{ score: number; rules: { rule: string; open: number }[] }>(
      await operator.get(`operator/partners/${fraud.scene.partnerId}/fraud-score`),
      200,
    );
    expect(partner.score).toBe(100);
    expect(partner.rules).toContainEqual(expect.objectContaining({ rule: 'duplicate_player', open: 3 }));
  });
});
