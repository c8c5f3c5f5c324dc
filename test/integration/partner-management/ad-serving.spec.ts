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
  type Counts,
  countsOf,
  draftCampaign,
  launched,
  type Served,
  signedInAgain,
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

/** Checks what must hold at any time (rule 9.3), by the account, its movements and its campaigns. */
async function expectToAddUp(): Promise<Counts> {
  const [row] = await app.db.query<[Record<string, string>]>(
    `SELECT a.*, m.credit, m.reserve, m.serve, m.release, c.held, c.shown
       FROM impression_accounts a,
            LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'credit'), 0) AS credit,
                            coalesce(sum(amount) FILTER (WHERE kind = 'reserve'), 0) AS reserve,
                            coalesce(sum(amount) FILTER (WHERE kind = 'serve'), 0) AS serve,
                            coalesce(sum(amount) FILTER (WHERE kind = 'release'), 0) AS release
                       FROM impression_movements WHERE partner_id = a.partner_id) m,
            LATERAL (SELECT sum(left_impressions) AS held, sum(served) AS shown
                       FROM ad_campaigns WHERE partner_id = a.partner_id) c
      WHERE a.partner_id = $1`,
    [partner.partnerId],
  );
  const {
    credited,
    available,
    reserved,
    served: shown,
    ...sums
  } = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<
    string,
    number
  >;
  expect(credited).toBe(available! + reserved! + shown!);
  expect(sums).toMatchObject({ credit: credited, serve: shown, held: reserved });
  expect(sums['shown']).toBe(shown);
  expect(sums['reserve']! - sums['release']! - sums['serve']!).toBe(reserved);
  return countsOf(partner);
}

describe('O06 ad campaigns', () => {
  it('reserve their impressions at the launch, and are refused what is not there', async () => {
    const ad = await scene.approvedBanner(partner);
    const before = await countsOf(partner);
    const draft = await draftCampaign(partner, [ad], place, { impressions: before.available + 1 });
    const refused = await partner.post(`partner/ad-campaigns/${draft.id}/launch`);
    expect(codeOf(refused)).toBe('422 NOT_ENOUGH_IMPRESSIONS');
    expect(refused.body).toMatchObject({ available: before.available, asked: before.available + 1 });
    expect((await campaignOf(draft)).state).toBe('draft');
    expect(await countsOf(partner)).toEqual(before);

    body(await partner.patch(`partner/ad-campaigns/${draft.id}`, { impressions: 100 }), 200);
    const launches = await Promise.all(
      Array.from({ length: 5 }, () => partner.post(`partner/ad-campaigns/${draft.id}/launch`)),
    );
    expect(launches.map(codeOf).sort()).toEqual([
      '200 OK',
      ...Array<string>(4).fill('409 AD_CAMPAIGN_STATE_CONFLICT'),
    ]);
    expect(await expectToAddUp()).toMatchObject({
      available: before.available - 100,
      reserved: before.reserved + 100,
    });
    expect(await campaignOf(draft)).toMatchObject({ state: 'running', left: 100, served: 0 });

    const ended = await partner.post(`partner/ad-campaigns/${draft.id}/end`);
    expect(body<AdCampaign>(ended, 200)).toMatchObject({ state: 'ended', left: 0 });
    expect(await expectToAddUp()).toEqual(before);
    expect(codeOf(await partner.post(`partner/ad-campaigns/${draft.id}/end`))).toBe(
      '409 AD_CAMPAIGN_STATE_CONFLICT',
    );
  });

  it('never reserve more than there is, however many are launched at once', async () => {
    const ad = await scene.approvedBanner(partner);
    const { available } = await countsOf(partner);
    const impressions = Math.floor(available / 3);
    const drafts = await Promise.all(
      Array.from({ length: 8 }, () => draftCampaign(partner, [ad], place, { impressions })),
    );
    const answers = await Promise.all(
      drafts.map(({ id }) => partner.post(`partner/ad-campaigns/${id}/launch`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    await expectToAddUp();
    await Promise.all(drafts.map(({ id }) => partner.post(`partner/ad-campaigns/${id}/end`)));
    expect((await expectToAddUp()).available).toBe(available);
  });

  it('are shown within their time, and end by themselves', async () => {
    const ad = await scene.approvedBanner(partner);
    const in1Hour = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const in2Hours = new Date(app.clock.now().getTime() + 7_200_000).toISOString();
    const before = await countsOf(partner);
    const campaign = await launched(partner, [ad], place, { startsAt: in1Hour, endsAt: in2Hours });
    expect(await scene.serve(place)).toBeNull();
    app.clock.set(in1Hour);
    expect(await rendered(await served())).toEqual({ counted: true, outcome: 'COUNTED' });
    app.clock.set(in2Hours);
    expect(await scene.serve(place)).toBeNull();
    await app.app.get(AdCampaignEnds).run();
    await app.app.get(AdCampaignEnds).run();
    partner = await signedInAgain(app, partner);
    stranger = await signedInAgain(app, stranger);
    scene = await AdScene.open(app);
    expect(await campaignOf(campaign)).toMatchObject({ state: 'ended', left: 0, served: 1 });
    expect(await expectToAddUp()).toMatchObject({
      available: before.available - 1,
      served: before.served + 1,
    });
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(
      await partner.get('partner/events?type=ad_campaign_ended'),
      200,
    );
    expect(items).toMatchObject([{ subjectId: campaign.id, data: { shown: '1', returned: '9' } }]);
  });

  it('are one’s own, and what is fixed at the launch stays', async () => {
    const ad = await scene.approvedBanner(partner);
    const { id } = await launched(partner, [ad], place);
    for (const answer of [
      await stranger.get(`partner/ad-campaigns/${id}`),
      await stranger.get(`partner/ad-campaigns/${id}/statistics`),
      await stranger.patch(`partner/ad-campaigns/${id}`, { name: 'Mine' }),
      await stranger.delete(`partner/ad-campaigns/${id}`),
      await stranger.post(`partner/ad-campaigns/${id}/pause`),
      await stranger.post(`partner/ad-campaigns/${id}/end`),
    ]) {
      expect(codeOf(answer)).toBe('404 NOT_FOUND');
    }
    for (const change of [{ impressions: 1 }, { startsAt: null }, { endsAt: '2020-01-01T00:00:00Z' }]) {
      expect((await partner.patch(`partner/ad-campaigns/${id}`, change)).status).toBe(422);
    }
    expect(codeOf(await partner.delete(`partner/ad-campaigns/${id}`))).toBe('409 AD_CAMPAIGN_STATE_CONFLICT');
    body(await partner.patch(`partner/ad-campaigns/${id}`, { name: 'Winter' }), 200);
  });
});

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
    await expectToAddUp();
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
    body(await scene.operator.post(`operator/partners/${stranger.partnerId}/reactivate`), 200);
    expect(await scene.serve(place)).not.toBeNull();
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
    await expectToAddUp();
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
    await expectToAddUp();
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
    await expectToAddUp();
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
    expect(await expectToAddUp()).toMatchObject({
      available: before.available - counted,
      reserved: before.reserved,
      served: before.served + counted,
    });
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
    await launched(partner, [ad], place);
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
  });
});
