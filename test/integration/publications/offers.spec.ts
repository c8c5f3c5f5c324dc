import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { CPP, eur, type Offer, OfferScene, type Problem } from './scene.js';

interface Offered {
  id: string;
  brand: { id: string; name: string };
}

let scene: OfferScene;
let ann: Person;

beforeAll(async () => {
  scene = await OfferScene.open({ background: false });
  ann = await joinAsPartner(scene.app, scene.operator, 'ann@partners.example');
});
afterAll(() => scene.app.close());

const offered = async (query = ''): Promise<string[]> =>
  body<{ items: Offered[] }>(await ann.get(`partner/offers?${query}`), 200).items.map(({ id }) => id);

const refused = async (change: object): Promise<string[]> => {
  const problem = body<Problem>(await scene.owner.post('brand/offers', { ...CPP, ...change }), 422);
  return problem.errors.map(({ path }) => path);
};

describe('T04 offers', () => {
  it('are drafted, changed, opened and closed by the brand; creators see the open ones', async () => {
    const draft = await scene.draft();
    expect(draft).toMatchObject({
      brandId: scene.program.brandId,
      state: 'draft',
      publicationReward: eur('50.00'),
      orderReward: null,
      requiresModeration: false,
      contentDays: 7,
      publicationDays: 14,
      autoConfirm: true,
      countries: [],
    });
    const path = `brand/offers/${draft.id}`;
    expect(await offered()).not.toContain(draft.id);
    body(await ann.get(`partner/offers/${draft.id}`), 404);

    const change = { publicationReward: eur('60.00'), contentReviewRequired: true, countries: ['DE'] };
    expect(body(await scene.owner.patch(path, change), 200)).toMatchObject(change);
    expect(body(await scene.owner.post(`${path}/open`), 200)).toMatchObject({ state: 'open', ...change });
    expect(await offered()).toContain(draft.id);
    expect(body(await ann.get(`partner/offers/${draft.id}`), 200)).toMatchObject({
      brand: { id: scene.program.brandId },
      publicationReward: eur('60.00'),
      pricingModel: 'cpp',
    });

    expect(body(await scene.owner.patch(path, { title: 'Our shoes', capacity: 3 }), 200)).toMatchObject({
      title: 'Our shoes',
      capacity: 3,
      ...change,
    });
    const fixed = body<Problem>(await scene.owner.patch(path, { publicationReward: eur('1.00') }), 409);
    expect(fixed).toMatchObject({ code: 'OFFER_STATE_CONFLICT' });
    expect(fixed.detail).toContain('publicationReward');
    body(await scene.owner.post(`${path}/open`), 409);

    expect(body(await scene.owner.post(`${path}/close`), 200)).toMatchObject({ state: 'closed' });
    expect(await offered()).not.toContain(draft.id);
    body(await scene.owner.post(`${path}/close`), 409);
    body(await scene.owner.patch(path, { title: 'Again' }), 409);
  });

  it('pay by their model, in the brand’s currency; what does not fit is named', async () => {
    expect(await refused({ publicationReward: null })).toEqual(['publicationReward']);
    expect(await refused({ goods: 'Shoes' })).toEqual(['goods']);
    expect(await refused({ pricingModel: 'barter' })).toEqual(['publicationReward', 'goods']);
    expect(await refused({ pricingModel: 'cpp_promo_code' })).toEqual(['orderReward']);
    expect(await refused({ publicationReward: { amount: '5.00', currency: 'USD' } })).toEqual([
      'publicationReward.currency',
    ]);
    for (const amount of ['0', '-1', '1e3', '1.001', '٣', 'NaN']) {
      expect(await refused({ publicationReward: eur(amount) })).toEqual(['publicationReward.amount']);
    }
    const both = { pricingModel: 'cpp_promo_code', orderReward: eur('1e3') };
    expect(await refused(both)).toEqual(['orderReward.amount']);
    for (const wrong of [
      { title: ' ' },
      { title: '\u200b' },
      { description: '' },
      { description: ' \u2060\u200b' },
      { pricingModel: 'cps' },
      { contentDays: 0 },
      { platforms: ['x'] },
      { countries: ['de'] },
      { state: 'open' },
      { publicationReward: '50.00' },
    ]) {
      body(await scene.owner.post('brand/offers', { ...CPP, ...wrong }), 400);
    }
  });

  it('that pay for orders take a pool over and get a plan of their own, once', async () => {
    const cpa = { pricingModel: 'cpa', publicationReward: null, orderReward: eur('8.00') };
    const bare = await scene.draft(cpa);
    const open = (offer: Offer) => scene.owner.post(`brand/offers/${offer.id}/open`);
    const problem = body<Problem>(await open(bare), 422);
    expect(problem.errors[0]!.path).toBe('promoCodePoolId');

    const promoCodePoolId = await scene.pool(['CPA-1']);
    const [one, other] = [
      await scene.draft({ ...cpa, promoCodePoolId }),
      await scene.draft({ ...cpa, promoCodePoolId }),
    ];
    const answers = await Promise.all([open(one), open(other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    const opened = answers.find(({ status }) => status === 200)!.body as Offer;
    expect(opened.landingId).toBe(scene.program.landingId);
    const plan = body(await scene.operator.get(`operator/commission-plans/${opened.commissionPlanId}`), 200);
    expect(plan).toMatchObject({
      name: CPP.title,
      availability: 'individual',
      partnerIds: [],
      strategies: [{ type: 'sale', amount: '8.00' }],
    });
    const taken = body<Problem>(await ann.post('partner/promo-codes', { poolId: promoCodePoolId }), 422);
    expect(taken.errors[0]!.message).toContain('offer');
    const pools = await ann.get(`partner/promo-code-pools?brandId=${scene.program.brandId}`);
    expect(body(pools, 200)).toMatchObject({ items: [] });
  });

  it('are found by brand, category, country and pricing model, page by page', async () => {
    const all = await scene.offer();
    const german = await scene.offer({ countries: ['DE', 'AT'] });
    const barter = await scene.offer({
      pricingModel: 'barter',
      publicationReward: null,
      goods: 'Shoes',
      countries: ['FR'],
    });
    expect(await offered('country=AT')).toEqual(expect.arrayContaining([all.id, german.id]));
    expect(await offered('country=AT')).not.toContain(barter.id);
    expect(await offered('pricingModel=barter')).toEqual([barter.id]);
    expect(await offered('search=BRAND')).toContain(all.id);
    expect(await offered('search=nobody')).toEqual([]);
    expect(await offered('category=sport')).toEqual([]);
    expect(await offered(`brandId=${randomUUID()}`)).toEqual([]);

    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await ann.get(`partner/offers?limit=1${cursor && `&cursor=${cursor}`}`);
      const page: { items: Offered[]; nextCursor: string | null } = body(answer, 200);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(await offered());
    for (const query of ['country=de', 'pricingModel=cps', 'state=draft', 'search[]=a']) {
      body(await ann.get(`partner/offers?${query}`), 400);
    }
  });

  it('belong to one brand, whose reviewers look only; operators see all', async () => {
    const { id } = await scene.draft();
    const path = `brand/offers/${id}`;
    for (const answer of [
      await scene.stranger.get(path),
      await scene.stranger.patch(path, { title: 'Mine' }),
      await scene.stranger.post(`${path}/open`),
    ]) {
      body(answer, 404);
    }
    body(await scene.reviewer.get(path), 200);
    body(await scene.reviewer.post(`${path}/open`), 403);
    body(await scene.reviewer.post('brand/offers', CPP), 403);
    body(await ann.get('brand/offers'), 403);
    expect(body(await scene.operator.get(`operator/offers/${id}`), 200)).toMatchObject({ state: 'draft' });
    const drafts = await scene.operator.get('operator/offers?state=draft&limit=1');
    expect(body<{ items: Offer[] }>(drafts, 200).items[0]!.id).toBe(id);
    const pool = await scene.pool(['OWN-1']);
    const foreign = { pricingModel: 'cpa', publicationReward: null, orderReward: eur('8.00') };
    const answer = await scene.stranger.post('brand/offers', { ...CPP, ...foreign, promoCodePoolId: pool });
    expect(body<Problem>(answer, 422).errors[0]!.path).toBe('promoCodePoolId');
  });
});
