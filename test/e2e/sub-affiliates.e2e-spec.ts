import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partnerIdOf, type Promo, ReferralScene } from '../integration/referrals/scene.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { body, joinAsPartner, type Person } from '../support/journey.js';
import { outboxDelivered } from '../support/outbox.js';

/** Three generations over real HTTP: each one clicks the link of the one before, signs up, is approved, and invites. */
describe('A08 A19 sub-affiliates, from click to list', () => {
  let app: TestApp;
  let scene: ReferralScene;
  let ann: Person;
  let bob: Person;
  let cid: Person;
  let promo: Promo;
  let bobsPromo: Promo;

  beforeAll(async () => {
    app = await createTestApp();
    scene = await ReferralScene.open(app);
    ann = await joinAsPartner(app, scene.operator, 'ann@partners.example');
  });
  afterAll(() => app.close());

  /** Where a click on the link leads. */
  async function follow({ trackingUrl }: Promo): Promise<URL> {
    const { pathname } = new URL(trackingUrl);
    const { status, headers } = await request(app.url).get(pathname).redirects(0);
    expect(status).toBe(302);
    return new URL(headers['location'] as string);
  }

  it('the link leads to the sign-up of partners and carries the code and the visit', async () => {
    promo = await scene.promoOf(ann);
    const { origin, pathname, searchParams } = await follow(promo);
    expect(origin + pathname).toBe('https://program.example/join');
    expect([...searchParams.keys()]).toEqual(['lang', 'ref', 'tag']);
    expect(searchParams.get('ref')).toBe(promo.code);
    const visits = await app.db.query<{ promo_id: string }[]>('SELECT promo_id FROM visits WHERE id = $1', [
      searchParams.get('tag'),
    ]);
    expect(visits).toEqual([{ promo_id: promo.id }]);
  });

  it('who signs up with the code is a sub-affiliate at once, and told as such', async () => {
    const ref = (await follow(promo)).searchParams.get('ref');
    app.clock.advance(60);
    const registeredAt = app.clock.now().toISOString();
    const bobId = await scene.signUp('bob@partners.example', { name: 'Bob Reviews', ref });
    const waiting = {
      id: bobId,
      name: 'Bob Reviews',
      state: 'pending',
      level: 1,
      campaignId: promo.campaignId,
      campaignName: 'Colleagues',
      promoId: promo.id,
      promoCode: promo.code,
      registeredAt,
      commission: [],
      commissionConverted: { amount: '0.00', currency: 'EUR' },
    };
    expect((await scene.list(ann)).items).toEqual([waiting]);
    const { items } = body<{ items: object[] }>(
      await ann.get('partner/events?type=sub_affiliate_registered'),
      200,
    );
    expect(items).toMatchObject([
      {
        title: 'Sub-affiliate registered',
        actor: { kind: 'system' },
        subjectType: 'partner',
        subjectId: bobId,
        data: { subAffiliate: { id: bobId, name: 'Bob Reviews' }, promoId: promo.id },
      },
    ]);
  });

  it('who signs up with the visit is connected as well, and the click is known', async () => {
    bob = await joinAsPartner(app, scene.operator, 'bert@partners.example', {
      ref: (await follow(promo)).searchParams.get('tag'),
    });
    await outboxDelivered(app);
    const connection = await scene.connectionOf(await partnerIdOf(bob));
    expect(connection).toMatchObject({ promo_id: promo.id });
    expect(connection!.visit_id).not.toBeNull();
    expect((await scene.list(ann)).items).toMatchObject([
      { name: 'bert', state: 'active', level: 1 },
      { name: 'Bob Reviews', state: 'pending', level: 1 },
    ]);
  });

  it('the inviter’s inviter sees the third generation at level 2, under the own campaign', async () => {
    bobsPromo = await scene.promoOf(bob, 'Bert’s secret campaign');
    const ref = (await follow(bobsPromo)).searchParams.get('ref');
    cid = await joinAsPartner(app, scene.operator, 'cid@partners.example', { ref });
    await outboxDelivered(app);

    expect((await scene.list(bob)).items).toMatchObject([
      { name: 'cid', level: 1, promoCode: bobsPromo.code, campaignName: 'Bert’s secret campaign' },
    ]);
    const seen = await scene.list(ann, '?level=2');
    expect(seen.items).toMatchObject([{ name: 'cid', state: 'active', level: 2, promoCode: promo.code }]);
    expect(JSON.stringify(seen)).not.toMatch(/secret|@|reviews\.example/);
    expect((await scene.list(cid)).items).toEqual([]);
  });

  it('operators see the same tree, and the inviter with the partner', async () => {
    const [annId, bobId, cidId] = [await partnerIdOf(ann), await partnerIdOf(bob), await partnerIdOf(cid)];
    const { operator } = scene;
    const tree = body<{ items: { id: string; inviterId: string }[] }>(
      await operator.get(`operator/partners/${annId}/sub-affiliates`),
      200,
    );
    expect(tree).toMatchObject(await scene.list(ann));
    expect(tree.items.find(({ id }) => id === cidId)!.inviterId).toBe(bobId);
    const inviterOf = async (id: string) =>
      body<{ inviter: object | null }>(await operator.get(`operator/partners/${id}`), 200).inviter;
    expect(await inviterOf(cidId)).toEqual({ id: bobId, name: 'bert' });
    expect(await inviterOf(annId)).toBeNull();
  });
});
