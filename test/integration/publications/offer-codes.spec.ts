import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { CPP, eur, type Offer, OfferScene, type Problem } from './scene.js';

let scene: OfferScene;

beforeAll(async () => {
  scene = await OfferScene.open({ background: false });
});
afterAll(() => scene.app.close());

/** An offer that pays for orders, with a pool of its own. */
const cpa = async (codes: string[], change: object = {}): Promise<object> => ({
  pricingModel: 'cpa',
  publicationReward: null,
  orderReward: eur('8.00'),
  promoCodePoolId: await scene.pool(codes),
  ...change,
});

/** A landing of the brand. */
const landing = async (audience = 'players'): Promise<string> => {
  const { brandId } = scene.program;
  const made = { brandId, title: 'Shoes', url: 'https://shoes.example/', audience };
  return body<{ id: string }>(await scene.operator.post('operator/landings', made), 201).id;
};

const switchTo = async (landingId: string, active: boolean): Promise<void> => {
  body(await scene.operator.patch(`operator/landings/${landingId}`, { active }), 200);
};

const expectLandingRefused = (answer: Response): void =>
  expect(body<Problem>(answer, 422).errors.map(({ path }) => path)).toEqual(['landingId']);

describe('T04 the landing of an offer that pays for orders', () => {
  it('is one that promos for players may lead to', async () => {
    const off = await landing();
    await switchTo(off, false);
    const { id } = await scene.draft(await cpa(['NONE-1']));
    for (const landingId of [off, await landing('sub_affiliates')]) {
      const draft = { ...CPP, ...(await cpa([`NO-${landingId.slice(-12)}`], { landingId })) };
      expectLandingRefused(await scene.owner.post('brand/offers', draft));
      expectLandingRefused(await scene.owner.patch(`brand/offers/${id}`, { landingId }));
    }
  });

  it('is looked at again when the offer opens, and can be mended until then', async () => {
    const landingId = await landing();
    const { id } = await scene.draft(await cpa(['AGAIN-1'], { landingId }));
    const path = `brand/offers/${id}`;
    await switchTo(landingId, false);
    body(await scene.owner.patch(path, { title: 'Our shoes' }), 200);
    expectLandingRefused(await scene.owner.post(`${path}/open`));
    body(await scene.owner.patch(path, { landingId: null }), 200);
    expect(body<Offer>(await scene.owner.post(`${path}/open`), 200).landingId).toBe(scene.program.landingId);
  });
});

describe('T03 the promo of a creator’s code', () => {
  it('leads to the landing of the open offer, also to one that was switched off since', async () => {
    const landingId = await landing();
    const offer = await scene.offer(await cpa(['LATE-1'], { landingId }));
    const ann = await scene.creator('ann');
    await scene.apply(ann, offer);
    await switchTo(landingId, false);
    body(await scene.owner.patch(`brand/offers/${offer.id}`, { title: 'Our shoes' }), 200);
    const { code, campaignId } = body<{ code: string; campaignId: string }>(
      await ann.post(`partner/offers/${offer.id}/promo-code`),
      201,
    );
    expect(code).toBe('LATE-1');
    const promos = await ann.get(`partner/campaigns/${campaignId}/promos`);
    const [promo] = body<{ items: { landingId: string; code: string }[] }>(promos, 200).items;
    expect(promo!.landingId).toBe(landingId);
    const clicked = await scene.app.http.get(`/r/${promo!.code}`);
    expect(clicked.headers['location']).toMatch(/^https:\/\/shoes\.example\//);
  });

  it('is of a campaign that no package limits', async () => {
    const limits = { campaigns: 0 };
    const tiny = { name: 'Tiny', price: eur('0.00'), limits };
    const { id: packageId } = body<{ id: string }>(await scene.operator.post('operator/packages', tiny), 201);
    const bob = await scene.creator('bob');
    const offer = await scene.offer(await cpa(['FREE-1']));
    const publication = await scene.apply(bob, offer);
    await scene.app.db.query(
      'UPDATE partners SET package_id = $2 WHERE id = (SELECT partner_id FROM publications WHERE id = $1)',
      [publication.id, packageId],
    );
    body(await bob.post(`partner/offers/${offer.id}/promo-code`), 201);
  });
});
