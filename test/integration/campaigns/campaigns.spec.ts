import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Campaigns, TrackingLinks } from '../../../src/campaigns/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';

interface Promo {
  id: string;
  code: string;
  title: string;
  trackingUrl: string;
  trafficSourceId: string | null;
}

interface Campaign {
  id: string;
  name: string;
  state: string;
  promo: Promo | null;
  promos: Promo[];
}

interface ProblemBody {
  detail: string;
  code: string;
  errors: { path: string }[];
}

describe('campaigns', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;
  let stranger: Person;
  let program: Program;
  let sources: { id: string; name: string }[];

  const makeCampaign = async (change: object = {}, person = partner): Promise<Campaign> => {
    const { brandId, planId: commissionPlanId } = program;
    const input = { name: 'Autumn', brandId, commissionPlanId, ...change };
    return body<Campaign>(await person.post('partner/campaigns', input), 201);
  };
  const makePromo = async (campaignId: string, change: object = {}): Promise<Promo> =>
    body<Promo>(
      await partner.post(`partner/campaigns/${campaignId}/promos`, {
        landingId: program.landingId,
        ...change,
      }),
      201,
    );

  beforeAll(async () => {
    app = await createTestApp({ env: { PUBLIC_URL: 'https://track.example' } });
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    partner = await joinAsPartner(app, operator, 'campaigns@partners.example');
    stranger = await joinAsPartner(app, operator, 'stranger@partners.example');
    program = await makeProgram(operator);
    const listed = await partner.get('partner/traffic-sources');
    sources = body<{ items: typeof sources }>(listed, 200).items;
  });
  afterAll(() => app.close());

  describe('A03 a campaign', () => {
    it('is made for a brand under one plan, with its first promo', async () => {
      const { landingId } = program;
      const made = await makeCampaign({ promo: { landingId, trafficSourceId: sources[0]!.id } });
      expect(made).toMatchObject({
        promosCount: 1,
        name: 'Autumn',
        state: 'active',
        brandId: program.brandId,
        commissionPlanId: program.planId,
        promo: { title: 'Welcome', landingId, mediaId: null, trafficSourceId: sources[0]!.id },
      });
      expect((await makeCampaign()).promo).toBeNull();
    });

    it('is not made when its promo cannot be', async () => {
      const input = { name: 'Half', brandId: program.brandId, commissionPlanId: program.planId };
      const promo = { landingId: randomUUID() };
      const problem = body<ProblemBody>(await partner.post('partner/campaigns', { ...input, promo }), 422);
      expect(problem.errors.map(({ path }) => path)).toEqual(['promo.landingId']);
      expect(problem.detail).toMatch(/^promo\.landingId: /);
      const found = await partner.get('partner/campaigns?name=Half');
      expect(body<{ items: Campaign[] }>(found, 200).items).toEqual([]);
    });

    it('needs a brand that is there and a plan of that brand', async () => {
      const other = await makeProgram(operator);
      const refusal = async (change: object): Promise<string[]> => {
        const input = { name: 'X', brandId: program.brandId, commissionPlanId: program.planId, ...change };
        const problem = body<ProblemBody>(await partner.post('partner/campaigns', input), 422);
        return problem.errors.map(({ path }) => path);
      };
      expect(await refusal({ brandId: randomUUID() })).toEqual(['brandId']);
      expect(await refusal({ commissionPlanId: other.planId })).toEqual(['commissionPlanId']);
      expect(await refusal({ commissionPlanId: randomUUID() })).toEqual(['commissionPlanId']);
      body(await operator.patch(`operator/brands/${other.brandId}`, { state: 'archived' }), 200);
      expect(await refusal({ brandId: other.brandId, commissionPlanId: other.planId })).toEqual(['brandId']);
    });

    it('is made once per idempotency key', async () => {
      const [key, name] = [randomUUID(), `Once ${randomUUID()}`];
      const input = { name, brandId: program.brandId, commissionPlanId: program.planId };
      const first = body(await partner.postWithKey('partner/campaigns', input, key), 201);
      expect(body(await partner.postWithKey('partner/campaigns', input, key), 201)).toEqual(first);
      const found = await partner.get(`partner/campaigns?name=${encodeURIComponent(name)}`);
      expect(body<{ items: Campaign[] }>(found, 200).items).toHaveLength(1);
    });
  });

  describe('A02 the list', () => {
    it('has tabs by state, filters and pages', async () => {
      const other = await makeProgram(operator);
      const [one, two, three] = [
        await makeCampaign({ name: 'Tab 50% one', brandId: other.brandId, commissionPlanId: other.planId }),
        await makeCampaign({ name: 'Tab two', brandId: other.brandId, commissionPlanId: other.planId }),
        await makeCampaign({ name: 'Tab three', brandId: other.brandId, commissionPlanId: other.planId }),
      ];
      body(await partner.post(`partner/campaigns/${two.id}/archive`), 200);
      const list = async (query: string) =>
        body<{ items: Campaign[]; nextCursor: string | null }>(
          await partner.get(`partner/campaigns?brandId=${other.brandId}&${query}`),
          200,
        );
      const ids = async (query: string) => (await list(query)).items.map(({ id }) => id);
      expect(await ids('state=all')).toEqual([three.id, two.id, one.id]);
      expect(await ids('state=active')).toEqual([three.id, one.id]);
      expect(await ids('state=archived')).toEqual([two.id]);
      expect(await ids('name=50%25%20ONE')).toEqual([one.id]);
      expect(await ids(`id=${two.id}`)).toEqual([two.id]);
      expect(await ids(`commissionPlanId=${other.planId}&state=archived`)).toEqual([two.id]);
      expect(await ids(`commissionPlanId=${program.planId}`)).toEqual([]);
      const first = await list('limit=2');
      expect(first.items).toHaveLength(2);
      expect((await list(`limit=2&cursor=${first.nextCursor}`)).items.map(({ id }) => id)).toEqual([one.id]);
      body(await partner.get('partner/campaigns?color=red'), 400);
    });

    it('leads to the campaign with its promos', async () => {
      const { id } = await makeCampaign();
      const promos = [await makePromo(id, { title: 'First' }), await makePromo(id, { title: 'Second' })];
      const detail = body<Campaign>(await partner.get(`partner/campaigns/${id}`), 200);
      expect(detail).toMatchObject({
        brandName: expect.stringMatching(/^Brand \d+$/),
        commissionPlanName: 'Share 25 %',
        promosCount: 2,
        promos: promos.reverse(),
      });
      const listed = await partner.get(`partner/campaigns?id=${id}`);
      const { promos: _promos, ...shown } = detail;
      expect(body<{ items: object[] }>(listed, 200).items).toEqual([shown]);
      const page = await partner.get(`partner/campaigns/${id}/promos?limit=1`);
      expect(body<{ items: Promo[] }>(page, 200).items).toEqual([promos[0]]);
    });

    it('shows nobody another partner’s campaign', async () => {
      const { id } = await makeCampaign();
      const promo = await makePromo(id);
      expect(body<{ items: Campaign[] }>(await stranger.get('partner/campaigns'), 200).items).toEqual([]);
      body(await stranger.get(`partner/campaigns/${id}`), 404);
      body(await stranger.post(`partner/campaigns/${id}/archive`), 404);
      body(await stranger.post(`partner/campaigns/${id}/promos`, { landingId: program.landingId }), 404);
      body(await stranger.get(`partner/campaigns/${id}/promos`), 404);
      body(await stranger.get(`partner/promos/${promo.id}`), 404);
      body(await stranger.patch(`partner/promos/${promo.id}`, { title: 'Mine' }), 404);
    });
  });

  describe('A04 a promo', () => {
    it('has a tracking link that leads to its landing', async () => {
      const { id } = await makeCampaign();
      const promo = await makePromo(id);
      expect(promo.code).toMatch(/^[0-9A-Za-z]{10}$/);
      expect(promo.trackingUrl).toBe(`https://track.example/r/${promo.code}`);
      const target = await app.app.get(TrackingLinks).find(app.db, promo.code);
      expect(target).toMatchObject({
        promoId: promo.id,
        campaignId: id,
        brandId: program.brandId,
        landingUrl: 'https://brand.example/welcome',
        tagParameter: 'tag',
        audience: 'players',
      });
      expect(await app.app.get(TrackingLinks).find(app.db, 'unknown')).toBeNull();
    });

    it('leads players or future partners, by the audience of the landing that is chosen', async () => {
      const { brandId, landingId, planId: commissionPlanId } = await makeProgram(operator);
      const landing = {
        brandId,
        title: 'Join',
        url: 'https://brand.example/join',
        audience: 'sub_affiliates',
      };
      const joining = body<{ id: string }>(await operator.post('operator/landings', landing), 201);
      const offered = async (audience: string) => {
        const listed = await partner.get(`partner/landings?brandId=${brandId}&audience=${audience}`);
        return body<{ items: { id: string }[] }>(listed, 200).items.map(({ id }) => id);
      };
      expect(await offered('players')).toEqual([landingId]);
      expect(await offered('sub_affiliates')).toEqual([joining.id]);
      body(await partner.get('partner/landings?audience=everybody'), 400);
      const { id } = await makeCampaign({ brandId, commissionPlanId });
      const { code } = await makePromo(id, { landingId: joining.id });
      const target = await app.app.get(TrackingLinks).find(app.db, code);
      expect(target).toMatchObject({ audience: 'sub_affiliates', landingUrl: landing.url });
    });

    it('takes a landing and a medium of the campaign’s brand only', async () => {
      const { id } = await makeCampaign();
      const other = await makeProgram(operator);
      const medium = {
        brandId: other.brandId,
        title: 'Fox',
        kind: 'image',
        url: 'https://cdn.example/fox.png',
      };
      const foreign = body<{ id: string }>(await operator.post('operator/media', medium), 201);
      const refusal = async (input: object): Promise<string[]> => {
        const promo = { landingId: program.landingId, ...input };
        const problem = body<ProblemBody>(await partner.post(`partner/campaigns/${id}/promos`, promo), 422);
        return problem.errors.map(({ path }) => path);
      };
      expect(await refusal({ landingId: other.landingId })).toEqual(['landingId']);
      expect(await refusal({ mediaId: foreign.id })).toEqual(['mediaId']);
      expect(await refusal({ trafficSourceId: randomUUID() })).toEqual(['trafficSourceId']);
      await operator.patch(`operator/landings/${other.landingId}`, { active: false });
      const there = await makeCampaign({ brandId: other.brandId, commissionPlanId: other.planId });
      body(await partner.post(`partner/campaigns/${there.id}/promos`, { landingId: other.landingId }), 422);
    });

    it('has its traffic source set once, and its title changed at will', async () => {
      const { id } = await makeCampaign();
      const promo = await makePromo(id);
      const change = (input: object) => partner.patch(`partner/promos/${promo.id}`, input);
      const [first, second] = [sources[0]!.id, sources[1]!.id];
      expect(body(await change({ title: 'New' }), 200)).toMatchObject({
        title: 'New',
        trafficSourceId: null,
      });
      expect(body(await change({ trafficSourceId: first }), 200)).toMatchObject({ trafficSourceId: first });
      expect(body(await change({ trafficSourceId: first, title: 'Newer' }), 200)).toMatchObject({
        title: 'Newer',
      });
      const refused = await change({ trafficSourceId: second, title: 'Newest' });
      expect(body<ProblemBody>(refused, 409).code).toBe('TRAFFIC_SOURCE_ALREADY_SET');
      body(await change({ trafficSourceId: null }), 400);
      expect(body(await partner.get(`partner/promos/${promo.id}`), 200)).toMatchObject({
        title: 'Newer',
        trafficSourceId: first,
      });
      await expect(app.db.query('UPDATE promos SET traffic_source_id = NULL')).rejects.toThrow(/set once/);
    });

    it('has its traffic source set by one of many at once', async () => {
      const promo = await makePromo((await makeCampaign()).id);
      const answers = await Promise.all(
        sources.map(({ id }) => partner.patch(`partner/promos/${promo.id}`, { trafficSourceId: id })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(sources.length - 1);
    });

    it('is announced to the redirect when it is made and when its landing moves', async () => {
      const listener = new pg.Client((app.db.options as { url: string }).url);
      await listener.connect();
      const heard: (string | undefined)[] = [];
      const heardTwice = new Promise<void>((resolve) => {
        listener.on('notification', ({ payload }) => {
          if (heard.push(payload) === 2) resolve();
        });
      });
      await listener.query('LISTEN promos_changed');
      const { brandId, landingId, planId } = await makeProgram(operator);
      const campaign = await makeCampaign({ brandId, commissionPlanId: planId });
      const promo = await makePromo(campaign.id, { landingId });
      body(await operator.patch(`operator/landings/${landingId}`, { url: 'https://brand.example/new' }), 200);
      await heardTwice;
      expect(heard).toEqual([promo.code, promo.code]);
      await listener.end();
    });
  });

  describe('A05 an archived campaign', () => {
    it('keeps tracking, refuses new promos and edits, and can be taken back', async () => {
      const { id } = await makeCampaign();
      const promo = await makePromo(id);
      expect(body(await partner.post(`partner/campaigns/${id}/archive`), 200)).toMatchObject({
        state: 'archived',
      });
      expect(body<ProblemBody>(await partner.post(`partner/campaigns/${id}/archive`), 409).code).toBe(
        'CAMPAIGN_STATE_CONFLICT',
      );
      const added = await partner.post(`partner/campaigns/${id}/promos`, { landingId: program.landingId });
      expect(body<ProblemBody>(added, 409).code).toBe('CAMPAIGN_ARCHIVED');
      const edited = await partner.patch(`partner/promos/${promo.id}`, { title: 'No' });
      expect(body<ProblemBody>(edited, 409).code).toBe('CAMPAIGN_ARCHIVED');
      expect(await app.app.get(TrackingLinks).find(app.db, promo.code)).toMatchObject({ promoId: promo.id });

      expect(body(await partner.post(`partner/campaigns/${id}/unarchive`), 200)).toMatchObject({
        state: 'active',
      });
      body(await partner.patch(`partner/promos/${promo.id}`, { title: 'Yes' }), 200);
      await makePromo(id);
    });

    it('keeps earning: billing finds its agreement', async () => {
      const { brandId, planId } = await makeProgram(operator);
      const { id } = await makeCampaign({ brandId, commissionPlanId: planId });
      body(await partner.post(`partner/campaigns/${id}/archive`), 200);
      const campaigns = app.app.get(Campaigns);
      const [agreement, ...more] = await campaigns.agreements(app.db, { planId });
      expect(agreement).toMatchObject({ planId, brandId });
      expect(more).toEqual([]);
      expect(await campaigns.campaignIdsOf(app.db, agreement!.partnerId, planId)).toEqual([id]);
      expect(await campaigns.agreements(app.db)).toContainEqual(agreement);
    });
  });

  it('offer the traffic sources that operators add', async () => {
    const name = `Podcasts ${randomUUID()}`;
    body(await operator.post('operator/traffic-sources', { name }), 201);
    body(await operator.post('operator/traffic-sources', { name }), 409);
    body(await partner.post('operator/traffic-sources', { name: 'Mine' }), 403);
    const { items } = body<{ items: { name: string }[] }>(await partner.get('partner/traffic-sources'), 200);
    expect(items.map((source) => source.name)).toEqual([...sources.map((source) => source.name), name]);
  });
});
