import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { body, type Calls, joinAsPartner, type Person, signIn } from '../support/journey.js';
import { outboxDelivered } from '../support/outbox.js';
import { makeProgram } from '../support/program.js';
import { SAMPLE_PNG } from '../support/sample-files.js';
import { joinBrand } from '../integration/tracking/order-scene.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

interface Publication {
  id: string;
  state: string;
  reviewOf: string | null;
}

/** A creator's job from beginning to end, over real HTTP and PostgreSQL: from the catalogue to the money. */
describe('from the catalogue to a confirmed publication to a withdrawal', () => {
  let app: TestApp;
  let operator: Person;
  let brand: Person;
  let creator: Person;
  let brandId: string;
  let offerId: string;
  let publicationId: string;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    await operator.enableTwoFactor();
  });
  afterAll(() => app.close());

  const publication = async (who: Calls = creator): Promise<Publication> =>
    body<Publication>(await who.get(`partner/publications/${publicationId}`), 200);
  const decide = async (action: string, payload: object = {}): Promise<Publication> =>
    body<Publication>(await brand.post(`brand/publications/${publicationId}/${action}`, payload), 200);

  it('T04 a brand opens an offer: its platform check, its content review, 120.00 EUR', async () => {
    ({ brandId } = await makeProgram(operator));
    brand = await joinBrand(app, operator, brandId, 'owner');
    const draft = await brand.post('brand/offers', {
      title: 'Show our autumn shoes',
      description: 'A reel of at least 30 seconds.',
      pricingModel: 'cpp',
      publicationReward: eur('120.00'),
      requiresModeration: true,
      contentReviewRequired: true,
      countries: ['DE'],
      platforms: ['instagram'],
      followerDiscountPercent: 10,
    });
    offerId = body<{ id: string }>(draft, 201).id;
    body(await brand.post(`brand/offers/${offerId}/open`), 200);
  });

  it('T08 a creator signs up, and takes part only once the social account is verified', async () => {
    creator = await joinAsPartner(app, operator, 'cleo@creators.example', {
      kind: 'creator',
      socialAccount: { platform: 'instagram', handle: 'cleo.runs' },
    });
    const refused = await creator.post(`partner/offers/${offerId}/apply`);
    expect(body<{ code: string }>(refused, 422).code).toBe('NOT_ELIGIBLE');
    const accounts = body<{ items: [{ id: string }] }>(await creator.get('partner/social-accounts'), 200);
    const { id } = accounts.items[0];
    const asked = await creator.post(`partner/social-accounts/${id}/verification`);
    const { code } = body<{ code: string }>(asked, 200);
    body(await operator.post(`operator/social-accounts/${id}/verify`, { code }), 200);
  });

  it('T02 T04 finds the brand in the catalogue and takes part in its offer', async () => {
    const found = await creator.get('partner/brands?pricingModel=cpp');
    expect(body<{ items: { id: string }[] }>(found, 200).items.map(({ id }) => id)).toContain(brandId);
    const offers = await creator.get(`partner/offers?brandId=${brandId}&country=DE`);
    expect(body(offers, 200)).toMatchObject({ items: [{ id: offerId, publicationReward: eur('120.00') }] });
    const applied = await creator.post(`partner/offers/${offerId}/apply`);
    const begun = body<Publication>(applied, 201);
    expect(begun).toMatchObject({ state: 'moderation', account: { handle: 'cleo.runs' } });
    publicationId = begun.id;
  });

  it('T05 the brand approves the platform, declines the first version and approves the second', async () => {
    expect(await decide('approve-platform')).toMatchObject({ state: 'content_review' });
    const path = `partner/publications/${publicationId}/content`;
    body(await creator.post(path, { links: ['https://cloud.example/1.mp4'] }), 200);
    expect(await decide('decline-content', { reason: 'The shoes are hard to see' })).toMatchObject({
      state: 'content_review',
      declinesLeft: 2,
    });
    const said = `partner/publications/${publicationId}/comments`;
    body(await creator.post(said, { text: 'The second one is brighter.' }), 201);
    body(await creator.post(path, { links: ['https://cloud.example/2.mp4'] }), 200);
    expect(await decide('approve-content')).toMatchObject({ state: 'scheduled' });
  });

  it('T05 T06 the creator publishes with link and screenshot; confirmed, the reward is there once', async () => {
    const files = `partner/publications/${publicationId}/files`;
    const uploaded = await creator.upload(files, { content: SAMPLE_PNG, fileName: 'reel.png' });
    const { id } = body<{ id: string }>(uploaded, 201);
    const evidence = { links: ['https://www.instagram.com/reel/abc/'], fileIds: [id] };
    body(await creator.post(`partner/publications/${publicationId}/evidence`, evidence), 200);
    expect(await publication()).toMatchObject({ state: 'review', reviewOf: 'publication' });
    expect(await decide('confirm')).toMatchObject({ state: 'confirmed' });
    body(await brand.post(`brand/publications/${publicationId}/confirm`), 409);
    expect(body(await creator.get('partner/wallet'), 200)).toMatchObject({
      balances: [{ currency: 'EUR', available: eur('120.00') }],
    });
    await outboxDelivered(app);
    const subjects = (await app.mailbox('cleo@creators.example')).map(({ subject }) => subject);
    expect(subjects).toContain('Publication confirmed');
  });

  it('T09 T10 A27 with two-factor authentication the creator withdraws, and is paid', async () => {
    const method = { type: 'paypal', fields: { email: 'cleo@creators.example' } };
    const refused = await creator.post('partner/payment-methods', method);
    expect(body<{ code: string }>(refused, 403).code).toBe('TWO_FACTOR_REQUIRED');
    await creator.enableTwoFactor();
    const made = await creator.post('partner/payment-methods', method);
    const { id: paymentMethodId } = body<{ id: string }>(made, 201);
    const wish = { currency: 'EUR', amount: '100.00', paymentMethodId };
    const cashout = body<{ id: string }>(await creator.post('partner/cashouts', wish), 201);
    await operator.stepUp();
    body(await operator.post(`operator/cashouts/${cashout.id}/accept`), 200);
    expect(body(await creator.get('partner/wallet'), 200)).toMatchObject({
      balances: [{ available: eur('20.00'), processing: eur('0.00'), paid: eur('100.00') }],
    });
    const history = await creator.get('partner/transactions?type=publication_reward');
    expect(body(history, 200)).toMatchObject({
      items: [{ amount: eur('120.00'), memo: 'Show our autumn shoes' }],
    });
    const { mismatches } = body<{ mismatches: unknown[] }>(
      await operator.get('operator/reconciliation'),
      200,
    );
    expect(mismatches).toEqual([]);
  });
});
