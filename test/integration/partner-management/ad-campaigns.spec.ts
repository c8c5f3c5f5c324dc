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
  draftCampaign,
  expectToAddUp,
  launched,
  signedInAgain,
} from './ad-scene.js';

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
    expect(await expectToAddUp(app, partner)).toMatchObject({
      available: before.available - 100,
      reserved: before.reserved + 100,
    });
    expect(await campaignOf(draft)).toMatchObject({ state: 'running', left: 100, served: 0 });

    const ended = await partner.post(`partner/ad-campaigns/${draft.id}/end`);
    expect(body<AdCampaign>(ended, 200)).toMatchObject({ state: 'ended', left: 0 });
    expect(await expectToAddUp(app, partner)).toEqual(before);
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
    await expectToAddUp(app, partner);
    await Promise.all(drafts.map(({ id }) => partner.post(`partner/ad-campaigns/${id}/end`)));
    expect((await expectToAddUp(app, partner)).available).toBe(available);
  });

  it('are shown within their time, and end by themselves', async () => {
    const ad = await scene.approvedBanner(partner);
    const in1Hour = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const in2Hours = new Date(app.clock.now().getTime() + 7_200_000).toISOString();
    const before = await countsOf(partner);
    const campaign = await launched(partner, [ad], place, { startsAt: in1Hour, endsAt: in2Hours });
    expect(await scene.serve(place)).toBeNull();
    app.clock.set(in1Hour);
    expect(body(await scene.render((await scene.serve(place))!), 200)).toEqual({
      counted: true,
      outcome: 'COUNTED',
    });
    app.clock.set(in2Hours);
    expect(await scene.serve(place)).toBeNull();
    await app.app.get(AdCampaignEnds).run();
    await app.app.get(AdCampaignEnds).run();
    partner = await signedInAgain(app, partner);
    stranger = await signedInAgain(app, stranger);
    scene = await AdScene.open(app);
    expect(await campaignOf(campaign)).toMatchObject({ state: 'ended', left: 0, served: 1 });
    expect(await expectToAddUp(app, partner)).toMatchObject({
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

  it.each(['running', 'paused'] as const)(
    'past their end are ended before the job has seen it: %s ones count, change and run no more',
    async (state) => {
      const ad = await scene.approvedBanner(partner);
      const at = (seconds: number) => new Date(app.clock.now().getTime() + seconds * 1_000).toISOString();
      const { id } = await launched(partner, [ad], place, { endsAt: at(60) });
      const path = `partner/ad-campaigns/${id}`;
      const [early, late] = [(await scene.serve(place))!, (await scene.serve(place))!];
      if (state === 'paused') body(await partner.post(`${path}/pause`), 200);
      app.clock.advance(59);
      expect(body(await scene.render(early), 200)).toMatchObject({ outcome: 'COUNTED' });
      app.clock.advance(1);
      expect(body(await scene.render(late), 200)).toEqual({ counted: false, outcome: 'NOT_SHOWN_ANY_MORE' });
      expect(body(await scene.render(early), 200)).toMatchObject({ outcome: 'REPEATED' });
      for (const answer of [
        await partner.post(`${path}/pause`),
        await partner.post(`${path}/resume`),
        await partner.patch(path, { endsAt: at(3_600) }),
        await partner.patch(path, { endsAt: null }),
      ]) {
        expect(codeOf(answer)).toBe('409 AD_CAMPAIGN_STATE_CONFLICT');
      }
      await app.app.get(AdCampaignEnds).run();
      expect(await campaignOf({ id })).toMatchObject({ state: 'ended', left: 0, served: 1 });
      await expectToAddUp(app, partner);
    },
  );

  it('whose end is over are changed in what else they say as drafts', async () => {
    const ad = await scene.approvedBanner(partner);
    const [endsAt, startsAt] = [60, 90].map((seconds) =>
      new Date(app.clock.now().getTime() + seconds * 1_000).toISOString(),
    );
    const { id } = await draftCampaign(partner, [ad], place, { endsAt });
    app.clock.advance(61);
    const path = `partner/ad-campaigns/${id}`;
    expect(body(await partner.patch(path, { name: 'Late' }), 200)).toMatchObject({ name: 'Late', endsAt });
    for (const change of [{ endsAt }, { startsAt }]) {
      expect((await partner.patch(path, change)).status).toBe(422);
    }
    expect(codeOf(await partner.post(`${path}/launch`))).toBe('409 AD_CAMPAIGN_STATE_CONFLICT');
    body(await partner.delete(path), 204);
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
