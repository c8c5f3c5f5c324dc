import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { PARTNER_REGISTERED } from '../../../src/partner-management/index.js';
import { Outbox, UnitOfWork } from '../../../src/platform/index.js';
import { SubAffiliates } from '../../../src/referrals/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, click, joinAsPartner, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { Caller, SIGN_UP } from '../identity/scene.js';
import { partnerIdOf, type Promo, ReferralScene } from './scene.js';

let app: TestApp;
let scene: ReferralScene;
let ann: Person;
let annId: string;
let promo: Promo;
let dan: Person;
let danId: string;
let dansPromo: Promo;
let email: string;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  scene = await ReferralScene.open(app);
  ann = await joinAsPartner(app, scene.operator, 'ann@partners.example');
  dan = await joinAsPartner(app, scene.operator, 'dan@partners.example');
  [annId, danId] = [await partnerIdOf(ann), await partnerIdOf(dan)];
  [promo, dansPromo] = [await scene.promoOf(ann), await scene.promoOf(dan)];
});
afterAll(() => app.close());
beforeEach(() => {
  number += 1;
  email = `new${number}@partners.example`;
});

const setState = (partnerId: string, state: string) =>
  app.db.query(
    `UPDATE partners SET state = $2, package_id = coalesce(package_id, (SELECT id FROM packages LIMIT 1))
      WHERE id = $1`,
    [partnerId, state],
  );

/** Events that tell inviters of the partner. */
const tellings = (partnerId: string) =>
  app.db.query<{ partner_id: string }[]>(
    `SELECT partner_id FROM event_log WHERE type = 'sub_affiliate_registered' AND subject_id = $1`,
    [partnerId],
  );

describe('A08 a ref that leads to nobody never blocks a sign-up', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['an unknown code', () => 'ABCDEFGHIJ'],
    ['a code in other letters', () => promo.code.replace(/[a-z]/i, (letter) => swapped(letter))],
    ['nothing', () => ''],
    ['no code at all', () => `' OR 1=1 --`],
    ['other characters', () => '\u{1F98A} ‮ %00 \\ \t'],
    ['the longest text', () => 'x'.repeat(64)],
    ['an unknown visit', () => randomUUID()],
    ['the promo’s id', () => promo.id],
    ['the inviter’s id', () => annId],
    ['a link for players', async () => (await scene.promoOf(ann, 'Players', scene.program.landingId)).code],
    [
      'a visit of a link for players',
      async () => {
        const { trackingUrl } = await scene.promoOf(ann, 'Players', scene.program.landingId);
        return click(trackingUrl, app);
      },
    ],
  ])('%s', async (_, makeRef) => {
    const partnerId = await scene.signUp(email, { ref: await makeRef() });
    expect(await scene.connectionOf(partnerId)).toBeUndefined();
  });

  it.each(['pending', 'suspended', 'rejected'])('the link of a partner who is %s', async (state) => {
    await setState(annId, state);
    const [byCode, byVisit] = [
      await scene.signUp(email, { ref: promo.code }),
      await scene.signUp(`visit-${email}`, { ref: await click(promo.trackingUrl, app) }),
    ];
    await setState(annId, 'active');
    expect(await scene.connectionOf(byCode)).toBeUndefined();
    expect(await scene.connectionOf(byVisit)).toBeUndefined();
  });

  it('a null character or too long a text is a malformed body, as in any field', async () => {
    expect((await scene.register(email, { ref: 'x'.repeat(65) })).status).toBe(400);
    expect((await scene.register(email, { ref: `${promo.code}\0` })).status).toBeLessThan(500);
  });
});

describe('A08 a partner has one inviter, for good', () => {
  it('whichever link, archived and renamed ones too', async () => {
    const old = await scene.promoOf(ann, 'Old');
    body(await ann.patch(`partner/promos/${old.id}`, { code: 'annas-friends' }), 200);
    body(await ann.post(`partner/campaigns/${old.campaignId}/archive`), 200);
    const partners = [
      await scene.signUp(email, { ref: old.code }),
      await scene.signUp(`renamed-${email}`, { ref: 'annas-friends' }),
      await scene.signUp(`visit-${email}`, { ref: await click(old.trackingUrl, app) }),
    ];
    for (const partnerId of partners) {
      expect(await scene.connectionOf(partnerId)).toMatchObject({ inviter_id: annId, promo_id: old.id });
    }
  });

  it('two who sign up at once are both connected, each once', async () => {
    const answers = await Promise.all([
      scene.register(email, { ref: promo.code }),
      scene.register(`other-${email}`, { ref: promo.code }),
      scene.register(`other-${email}`, { ref: dansPromo.code }),
    ]);
    await outboxDelivered(app);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    for (const { status, body: answer } of answers) {
      if (status !== 201) continue;
      const { partnerId } = answer as { partnerId: string };
      expect(await scene.connectionOf(partnerId)).toBeDefined();
      expect(await tellings(partnerId)).toHaveLength(1);
    }
  });

  it('a sign-up that is sent again makes no second one', async () => {
    const form = { ...SIGN_UP, email, ref: promo.code };
    const send = async () =>
      body<{ partnerId: string }>(await ann.postWithKey('auth/register', form, 'the-same-sign-up'), 201);
    const first = await send();
    expect(await send()).toEqual(first);
    await outboxDelivered(app);
    expect(await tellings(first.partnerId)).toEqual([{ partner_id: annId }]);
  });

  it('two inviters race for a partner: one wins, and only that one is told', async () => {
    const partnerId = await scene.signUp(email);
    const unitOfWork = app.app.get(UnitOfWork);
    const connect = (code: string) =>
      unitOfWork.run((tx) => app.app.get(SubAffiliates).connect(tx, { partnerId, code, visitId: null }));
    const codes = Array.from({ length: 10 }, (_, index) => (index % 2 ? promo.code : dansPromo.code));
    await Promise.all(codes.map(connect));
    await outboxDelivered(app);
    const told = await tellings(partnerId);
    expect(told).toEqual([{ partner_id: (await scene.connectionOf(partnerId))!.inviter_id }]);
  });

  it('what a partner tells of another ref later changes nothing', async () => {
    const partnerId = await scene.signUp(email, { ref: promo.code });
    for (const ref of [dansPromo.code, await click(dansPromo.trackingUrl, app), null]) {
      await app.app
        .get(UnitOfWork)
        .run((tx) => app.app.get(Outbox).publish(tx, PARTNER_REGISTERED, { partnerId, ref }));
    }
    await outboxDelivered(app);
    expect(await scene.connectionOf(partnerId)).toMatchObject({ inviter_id: annId });
    expect(await tellings(partnerId)).toHaveLength(1);
  });

  it('nobody is their own inviter, or that of somebody older', async () => {
    const unitOfWork = app.app.get(UnitOfWork);
    for (const partnerId of [annId, danId]) {
      const { code } = partnerId === annId ? promo : await scene.promoOf(dan, 'Upwards');
      await unitOfWork.run((tx) =>
        app.app.get(SubAffiliates).connect(tx, { partnerId: annId, code, visitId: null }),
      );
    }
    expect(await scene.connectionOf(annId)).toBeUndefined();
  });

  it('a sign-up while no worker runs is connected when one comes', async () => {
    const database = (app.db.options as { url: string }).url;
    // Instances number their ids apart within one millisecond.
    app.clock.advance(1);
    const web = await createTestApp({ databaseUrl: database, background: false, clock: app.clock });
    try {
      const form = { ...SIGN_UP, email, ref: promo.code };
      const { partnerId } = body<{ partnerId: string }>(
        await new Caller(web).post('auth/register', form),
        201,
      );
      await outboxDelivered(app);
      expect(await scene.connectionOf(partnerId)).toMatchObject({ inviter_id: annId });
    } finally {
      await web.close();
    }
  });
});

describe('A08 what the database holds, whoever writes', () => {
  const insert = (partnerId: string, inviterId: string) =>
    app.db.query(
      `INSERT INTO sub_affiliates (partner_id, inviter_id, campaign_id, promo_id, connected_at)
       VALUES ($1, $2, $3, $4, now())`,
      [partnerId, inviterId, promo.campaignId, promo.id],
    );

  it('refuses oneself, one who is not active, a second one, and who stands below', async () => {
    const partnerId = await scene.signUp(email);
    await expect(insert(annId, annId)).rejects.toThrow('nobody is above those who brought them');
    await setState(partnerId, 'active');
    await setState(danId, 'suspended');
    await expect(insert(partnerId, danId)).rejects.toThrow('only an active partner invites');
    await setState(danId, 'active');
    await insert(partnerId, annId);
    await expect(insert(partnerId, danId)).rejects.toThrow('sub_affiliates_pk');
    await expect(insert(annId, partnerId)).rejects.toThrow('nobody is above those who brought them');
  });

  it('refuses every change but forgetting the click', async () => {
    const partnerId = await scene.signUp(email, { ref: await click(promo.trackingUrl, app) });
    for (const change of [
      `UPDATE sub_affiliates SET inviter_id = '${danId}'`,
      `UPDATE sub_affiliates SET partner_id = '${danId}'`,
      `UPDATE sub_affiliates SET campaign_id = campaign_id`,
      `UPDATE sub_affiliates SET promo_id = promo_id`,
      `UPDATE sub_affiliates SET connected_at = now()`,
      'DELETE FROM sub_affiliates',
      'TRUNCATE sub_affiliates',
    ]) {
      await expect(app.asOwner(change), change).rejects.toThrow(/append-only|never changed/);
    }
    const room = app.app
      .get(PersonalData)
      .rooms()
      .find(({ room: name }) => name === 'referrals')!;
    const unitOfWork = app.app.get(UnitOfWork);
    const copy = () =>
      unitOfWork.run(async (tx) => {
        const rows: object[] = [];
        for await (const row of room.files['sub-affiliates']!(tx, partnerId)) rows.push(row);
        return rows;
      });
    const connection = { partnerId, inviterId: annId, campaignId: promo.campaignId, promoId: promo.id };
    expect(await copy()).toMatchObject([{ ...connection, visitId: expect.any(String) as string }]);
    await unitOfWork.run((tx) => room.erase!(tx, partnerId));
    expect(await copy()).toMatchObject([{ ...connection, visitId: null }]);
  });
});

function swapped(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}
