import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AdCampaignEnds } from '../../../src/partner-management/ads/ad-campaign-ends.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { codeOf } from '../identity/scene.js';
import {
  type AdCampaign,
  type Advertiser,
  advertiser,
  AdScene,
  countsOf,
  expectToAddUp,
  launched,
  type Served,
} from './ad-scene.js';

interface Rendered {
  counted: boolean;
  outcome: string;
}

let app: TestApp;
let scene: AdScene;
let partner: Advertiser;
let stranger: Advertiser;
/** A place of the test's own. */
let place: string;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  scene = await AdScene.open(app);
  partner = await advertiser(app, 'ann@example.com');
  stranger = await advertiser(app, 'eve@example.com');
  await scene.credit(partner, 10_000);
});
afterAll(() => app.close());
beforeEach(() => {
  number += 1;
  place = `place-${number}`;
});

const campaignOf = async ({ id }: Pick<AdCampaign, 'id'>) =>
  body<AdCampaign>(await partner.get(`partner/ad-campaigns/${id}`), 200);
const rendered = async (served: Served, userAgent?: string) =>
  body<Rendered>(await scene.render(served, userAgent), 200);
const served = async (query?: string) => (await scene.serve(place, query))!;

describe('O06 what is shown', () => {
  it('is an approved ad with what its viewer needs, readable by pages of any origin', async () => {
    const ad = await scene.approvedBanner(partner);
    await launched(partner, [ad], place);
    const answer = await scene.get(`serve?format=banner&placement=${place}&width=300&height=250`);
    expect(body<Served>(answer, 200)).toMatchObject({
      format: 'banner',
      creative: {
        width: 300,
        height: 250,
        imageUrl: expect.stringContaining('/api/ads/v1/files/') as string,
      },
    });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const { imageUrl } = (answer.body as Served).creative;
    const file = await scene.get(new URL(imageUrl as string).pathname.slice('/api/ads/v1/'.length));
    expect([file.status, file.headers['content-type']]).toEqual([200, 'image/png']);
    const refused = await scene.get('serve?format=poster');
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([400, '*']);
  });

  it('is never an ad that is not approved: a draft, a pending one, one changed or taken down just now', async () => {
    const ad = await scene.banner(partner);
    await launched(partner, [ad], place, { impressions: 5 });
    expect(await scene.serve(place)).toBeNull();
    body(await partner.post(`partner/ads/${ad.id}/submit`), 200);
    expect(await scene.serve(place)).toBeNull();
    const image = `files/${ad.creative['imageId'] as string}`;
    expect((await scene.get(image)).status).toBe(404);
    await scene.approve(ad);
    const before = await served();
    expect((await scene.get(image)).status).toBe(200);

    body(await partner.patch(`partner/ads/${ad.id}`, { clickUrl: 'https://brand.example/new' }), 200);
    expect(await scene.serve(place)).toBeNull();
    expect((await scene.get(image)).status).toBe(404);
    // What was given out before the change is worth nothing, after the next approval neither.
    expect(await rendered(before)).toEqual({ counted: false, outcome: 'NOT_SHOWN_ANY_MORE' });
    expect((await scene.get(`click/${before.token}`)).status).toBe(404);
    await scene.approve(ad);
    expect((await rendered(before)).counted).toBe(false);
    expect((await scene.get(`click/${before.token}`)).status).toBe(404);
    expect((await scene.get(`click/${(await served()).token}`)).headers['location']).toBe(
      'https://brand.example/new',
    );

    body(await scene.operator.post(`operator/ads/${ad.id}/take-down`, { reason: 'Misleading' }), 200);
    expect(await scene.serve(place)).toBeNull();
    await expectToAddUp(app, partner);
  });

  it('is nothing of a partner that is suspended', async () => {
    const eve = await scene.approvedBanner(stranger);
    await scene.credit(stranger, 10);
    await launched(stranger, [eve], place);
    const before = await served();
    body(
      await scene.operator.post(`operator/partners/${stranger.partnerId}/suspend`, { reason: 'Fraud' }),
      200,
    );
    expect(await scene.serve(place)).toBeNull();
    expect((await scene.get(`click/${before.token}`)).status).toBe(404);
    expect(await rendered(before)).toEqual({ counted: false, outcome: 'NOT_SHOWN_ANY_MORE' });
    body(await scene.operator.post(`operator/partners/${stranger.partnerId}/reactivate`), 200);
    expect(await rendered(await served())).toMatchObject({ counted: true });
  });

  it('is aimed at countries, languages, platforms and sizes', async () => {
    const ad = await scene.approvedBanner(partner, { size: [728, 90] });
    const targeting = { placements: [place], countries: ['DE'], languages: ['de'], platforms: ['ios'] };
    await launched(partner, [ad], place, { targeting });
    const fits = 'format=banner&country=DE&language=de&platform=ios';
    expect(await scene.serve(place, fits)).not.toBeNull();
    for (const other of ['country=AT', 'language=en', 'platform=web', 'width=300']) {
      const [name] = other.split('=');
      const query = [...fits.split('&').filter((part) => !part.startsWith(`${name}=`)), other].join('&');
      expect(await scene.serve(place, query), other).toBeNull();
    }
    expect(await scene.serve(place, 'format=banner')).toBeNull();
    expect(await scene.serve(place, fits.replace('banner', 'video'))).toBeNull();
  });

  it('takes turns: every campaign comes up, the hastier one more often', async () => {
    const ad = await scene.approvedBanner(partner);
    const end = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();
    await launched(partner, [ad], place, { impressions: 100, endsAt: end(1), name: 'Hasty' });
    const other = await scene.approvedBanner(partner, { name: 'calm' });
    await launched(partner, [other], place, { impressions: 100, endsAt: end(4) });
    const tokens = await Promise.all(Array.from({ length: 60 }, () => served()));
    const urls = await Promise.all(
      tokens.map(async ({ token }) => (await scene.get(`click/${token}`)).headers['location']),
    );
    const calm = urls.filter((url) => url === 'https://brand.example/calm').length;
    // One in five; neither nobody nor most of sixty, short of a chance of one in ten thousand.
    expect(calm).toBeGreaterThan(0);
    expect(calm).toBeLessThan(30);
  });
});

describe('O06 renders', () => {
  it('take one impression for a token, of fifty confirmations at once', async () => {
    const ad = await scene.approvedBanner(partner);
    const campaign = await launched(partner, [ad], place);
    const token = await served();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => rendered(token)));
    expect(outcomes.filter(({ counted }) => counted)).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'REPEATED')).toHaveLength(49);
    expect(await campaignOf(campaign)).toMatchObject({ left: 9, served: 1 });
    await expectToAddUp(app, partner);
  });

  it('never take more than is reserved, of fifty at once; then the campaign pauses itself', async () => {
    const ad = await scene.approvedBanner(partner);
    const campaign = await launched(partner, [ad], place, { impressions: 20 });
    const tokens = await Promise.all(Array.from({ length: 50 }, () => served()));
    const outcomes = await Promise.all(tokens.map((token) => rendered(token)));
    expect(outcomes.filter(({ counted }) => counted)).toHaveLength(20);
    expect(outcomes.filter(({ outcome }) => outcome === 'NO_IMPRESSIONS_LEFT')).toHaveLength(30);
    expect(await campaignOf(campaign)).toMatchObject({
      state: 'paused',
      pausedBy: 'no_impressions_left',
      left: 0,
      served: 20,
    });
    await expectToAddUp(app, partner);
    expect(await scene.serve(place)).toBeNull();
    expect(codeOf(await partner.post(`partner/ad-campaigns/${campaign.id}/resume`))).toBe(
      '409 NO_IMPRESSIONS_LEFT',
    );
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(
      await partner.get('partner/events?type=ad_campaign_paused'),
      200,
    );
    expect(items[0]).toMatchObject({ subjectId: campaign.id });
  });

  it('go on while paused for what was given out before, and stop at the end', async () => {
    const ad = await scene.approvedBanner(partner);
    const { id } = await launched(partner, [ad], place);
    const [first, second] = [await served(), await served()];
    body(await partner.post(`partner/ad-campaigns/${id}/pause`), 200);
    expect(await scene.serve(place)).toBeNull();
    expect((await rendered(first)).counted).toBe(true);
    body(await partner.post(`partner/ad-campaigns/${id}/resume`), 200);
    expect(await scene.serve(place)).not.toBeNull();
    body(await partner.post(`partner/ad-campaigns/${id}/end`), 200);
    expect(await rendered(second)).toEqual({ counted: false, outcome: 'NOT_SHOWN_ANY_MORE' });
    await expectToAddUp(app, partner);
  });

  it('and the end at once leave no impression behind, and none twice', async () => {
    const ad = await scene.approvedBanner(partner);
    const before = await countsOf(partner);
    const campaign = await launched(partner, [ad], place, { impressions: 30 });
    const tokens = await Promise.all(Array.from({ length: 30 }, () => served()));
    const [ended, outcomes] = await Promise.all([
      partner.post(`partner/ad-campaigns/${campaign.id}/end`),
      Promise.all(tokens.map((token) => rendered(token))),
    ]);
    body(ended, 200);
    const counted = outcomes.filter((one) => one.counted).length;
    expect(await campaignOf(campaign)).toMatchObject({ state: 'ended', left: 0, served: counted });
    expect(await expectToAddUp(app, partner)).toMatchObject({
      available: before.available - counted,
      reserved: before.reserved,
      served: before.served + counted,
    });
  });

  it('and clicks are told by day and ad, each token once, bots apart', async () => {
    const ads = [
      await scene.approvedBanner(partner),
      await scene.approvedBanner(partner, { size: [728, 90] }),
    ];
    const campaign = await launched(partner, ads, place);
    const [small, wide] = [await served('format=banner&width=300'), await served('format=banner&width=728')];
    for (const shown of [small, small, wide]) await rendered(shown);
    const clicks = await Promise.all(Array.from({ length: 5 }, () => scene.get(`click/${wide.token}`)));
    expect(clicks.map(({ status }) => status)).toEqual([302, 302, 302, 302, 302]);
    expect((await scene.get(`click/${small.token}`, 'Googlebot/2.1')).status).toBe(302);
    const day = app.clock.now().toISOString().slice(0, 10);
    const statistics = async (query = '') =>
      body(await partner.get(`partner/ad-campaigns/${campaign.id}/statistics${query}`), 200);
    expect(await statistics()).toEqual({
      items: [
        { day, adId: ads[0]!.id, renders: 1, clicks: 0 },
        { day, adId: ads[1]!.id, renders: 1, clicks: 1 },
      ],
      totals: { renders: 2, clicks: 1 },
    });
    expect(await statistics(`?from=${day}&to=${day}`)).toMatchObject({ totals: { renders: 2 } });
    expect(await statistics('?to=2026-01-01')).toEqual({ items: [], totals: { renders: 0, clicks: 0 } });
    const backwards = await partner.get(
      `partner/ad-campaigns/${campaign.id}/statistics?from=2026-10-02&to=2026-10-01`,
    );
    expect(body(backwards, 400)).toMatchObject({ detail: 'to: must not be before from' });
  });

  it('of bots take none', async () => {
    const ad = await scene.approvedBanner(partner);
    const campaign = await launched(partner, [ad], place);
    const outcome = await rendered(await served(), 'Googlebot/2.1 (+http://www.google.com/bot.html)');
    expect(outcome).toEqual({ counted: false, outcome: 'BOT' });
    expect(await campaignOf(campaign)).toMatchObject({ left: 10, served: 0 });
  });

  it('take no token but the program’s own, as it was given out, in its time', async () => {
    const ad = await scene.approvedBanner(partner);
    const { id: campaignId } = await launched(partner, [ad], place);
    const { token } = await served();
    const bytes = Buffer.from(token, 'base64url');
    const forged = Array.from({ length: bytes.length }, (_, index) => {
      const altered = Buffer.from(bytes);
      altered[index]! ^= 1;
      return altered.toString('base64url');
    });
    for (const wrong of [...forged, token.slice(0, -1), `${token}A`, 'x', '%00', "'--"]) {
      for (const answer of [await scene.render({ token: wrong }), await scene.get(`click/${wrong}`)]) {
        expect([400, 404], wrong).toContain(answer.status);
        expect(answer.headers['location']).toBeUndefined();
      }
    }
    app.clock.advance(1_801);
    expect(codeOf(await scene.render({ token }))).toBe('409 AD_TOKEN_EXPIRED');
    expect((await scene.get(`click/${token}?url=https://evil.example`)).headers['location']).toBe(
      ad.clickUrl,
    );
    app.clock.advance(86_400);
    expect(codeOf(await scene.get(`click/${token}`))).toBe('409 AD_TOKEN_EXPIRED');
    const kept = () =>
      app.db.query('SELECT token_id FROM ad_clicks UNION ALL SELECT token_id FROM ad_renders');
    expect(await kept()).not.toEqual([]);
    app.clock.advance(2 * 86_400);
    // More than are deleted at once.
    await app.db.query(
      `INSERT INTO ad_renders (token_id, campaign_id)
       SELECT ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, $1 FROM generate_series(1, 10001) i`,
      [campaignId],
    );
    await app.app.get(AdCampaignEnds).forgetTokens();
    expect(await kept()).toEqual([]);
  });
});
