import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';
import { type Advertiser, advertiser, AdScene, countsOf, signedInAgain } from './ad-scene.js';

interface Request {
  id: string;
  state: string;
  title: string;
  price: object;
  preview: object;
}

let app: TestApp;
let scene: AdScene;
let partner: Advertiser;

beforeAll(async () => {
  app = await createTestApp();
  scene = await AdScene.open(app);
  partner = await advertiser(app, 'ann@example.com');
});
afterAll(() => app.close());

const ask = async (id: string) =>
  body<Request>(await partner.post(`partner/ad-packages/${id}/requests`, { description: 'For autumn' }), 201);

describe('O05 advertising packages', () => {
  it('are offered and changed by operators; partners see those that are offered', async () => {
    const id = await scene.offer(1_000);
    const changed = await scene.operator.patch(`operator/ad-packages/${id}`, { impressions: 2_000 });
    expect(body(changed, 200)).toMatchObject({ id, impressions: 2_000, active: true });
    const offered = async () =>
      body<{ items: { id: string }[] }>(await partner.get('partner/ad-packages'), 200).items.map(
        (one) => one.id,
      );
    expect(await offered()).toContain(id);

    body(await scene.operator.patch(`operator/ad-packages/${id}`, { active: false }), 200);
    expect(await offered()).not.toContain(id);
    expect(codeOf(await partner.post(`partner/ad-packages/${id}/requests`))).toBe(
      '409 AD_PACKAGE_NOT_OFFERED',
    );
    const all = body<{ items: object[] }>(await scene.operator.get('operator/ad-packages'), 200).items;
    expect(all).toContainEqual(expect.objectContaining({ id, active: false }));
  });

  it('have a name of their own, impressions and a price', async () => {
    const price = { amount: '1.00', currency: 'EUR' };
    const make = async (payload: object) =>
      codeOf(
        await scene.operator.post('operator/ad-packages', { name: 'New', impressions: 5, price, ...payload }),
      );
    expect(await make({})).toBe('201 OK');
    expect(await make({})).toBe('409 AD_PACKAGE_NAME_TAKEN');
    for (const impressions of [0, -1, 1.5, '5', 1e12])
      expect(await make({ impressions })).toMatch(/^4(00|22) /);
    for (const [wrong, code, path] of [
      [{ amount: '-1', currency: 'EUR' }, '422 INVALID_AMOUNT', 'price.amount'],
      [{ amount: '1', currency: 'EURO' }, '422 INVALID_CURRENCY', 'price.currency'],
    ] as const) {
      for (const prices of ['ad-packages', 'packages']) {
        const form = { name: 'x', price: wrong, ...(prices === 'ad-packages' && { impressions: 5 }) };
        const answer = await scene.operator.post(`operator/${prices}`, form);
        expect([codeOf(answer), answer.body.errors[0].path]).toEqual([code, path]);
      }
    }
    const id = await scene.offer(1);
    expect(codeOf(await scene.operator.patch(`operator/ad-packages/${id}`, { name: 'New' }))).toBe(
      '409 AD_PACKAGE_NAME_TAKEN',
    );
  });

  it('are requested: the request keeps impressions and price of that moment, and credits them once', async () => {
    const id = await scene.offer(1_000, '50.00');
    const asked = await ask(id);
    const dearer = { impressions: 1, price: { amount: '99.00', currency: 'EUR' } };
    body(await scene.operator.patch(`operator/ad-packages/${id}`, dearer), 200);

    const path = `operator/ad-package-requests/${asked.id}`;
    expect(body<Request>(await scene.operator.get(path), 200)).toMatchObject({
      state: 'pending',
      price: { amount: '50.00', currency: 'EUR' },
      description: 'For autumn',
      preview: { adPackageId: id, impressions: 1_000 },
    });
    expect((await countsOf(partner)).credited).toBe(0);

    const tries = await Promise.all(Array.from({ length: 10 }, () => scene.operator.post(`${path}/approve`)));
    const codes = tries.map(codeOf).sort();
    expect(codes.filter((code) => code === '200 OK')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['200 OK', '409 REQUEST_ALREADY_DECIDED']));
    expect(await countsOf(partner)).toEqual({ credited: 1_000, available: 1_000, reserved: 0, served: 0 });
    expect(body(await partner.get('partner/impressions/movements'), 200)).toMatchObject({
      items: [{ kind: 'credit', amount: 1_000, campaignId: null }],
    });
  });

  it('when rejected credit nothing; the description is mailed', async () => {
    const before = await countsOf(partner);
    const { id } = await ask(await scene.offer(1_000));
    const path = `operator/ad-package-requests/${id}/reject`;
    body(await scene.operator.post(path, { description: 'Pay the last one first.' }), 200);
    expect(codeOf(await scene.operator.post(`operator/ad-package-requests/${id}/approve`))).toBe(
      '409 REQUEST_ALREADY_DECIDED',
    );
    expect(await countsOf(partner)).toEqual(before);
    const texts = (await app.mailbox('ann@example.com')).map(({ text }) => text);
    expect(texts.filter((text) => text.includes('Pay the last one first.'))).toHaveLength(1);
  });

  it('are for active partners: a suspended one is credited nothing, and its ads wait as well', async () => {
    const late = await advertiser(app, 'late@example.com');
    const asked = body<Request>(
      await late.post(`partner/ad-packages/${await scene.offer(1_000)}/requests`),
      201,
    );
    const ad = await scene.banner(late);
    body(await late.post(`partner/ads/${ad.id}/submit`), 200);
    const approvals = [
      `operator/ad-package-requests/${asked.id}/approve`,
      `operator/ad-requests/${await scene.requestOf(ad)}/approve`,
    ];
    const path = `operator/partners/${late.partnerId}`;
    body(await scene.operator.post(`${path}/suspend`, { reason: 'Asked to' }), 200);
    for (const approval of approvals)
      expect(codeOf(await scene.operator.post(approval))).toBe('409 PARTNER_STATE_CONFLICT');
    body(await scene.operator.post(`${path}/reactivate`), 200);
    expect((await countsOf(await signedInAgain(app, late))).credited).toBe(0);
    for (const approval of approvals) body(await scene.operator.post(approval), 200);
    expect((await countsOf(await signedInAgain(app, late))).credited).toBe(1_000);
  });

  it('are taken back by whoever asked, and by nobody else', async () => {
    const { id } = await ask(await scene.offer(1_000));
    const stranger = await advertiser(app, 'eve@example.com');
    expect(codeOf(await stranger.post(`partner/requests/${id}/cancel`))).toBe('404 NOT_FOUND');
    expect(body<Request>(await partner.post(`partner/requests/${id}/cancel`), 200).state).toBe('cancelled');
  });
});
