import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, impersonate, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { addUser } from '../identity/scene.js';
import { type PostbackBody, PostbackScene } from './scene.js';

interface ProblemBody {
  code: string;
  errors: { path: string; message: string }[];
  places?: { path: string; offset: number; part: string; found: string; correct: string }[];
}

describe('postbacks', () => {
  let scene: PostbackScene;
  let stranger: Person;

  const refused = async (change: object, status = 422): Promise<ProblemBody> => {
    const input = { scope: 'account', action: 'deposit', url: 'https://t.example/?a=1', ...change };
    return body<ProblemBody>(await scene.partner.post('partner/postbacks', input), status);
  };

  beforeAll(async () => {
    scene = await PostbackScene.open(['127.0.0.1:1']);
    stranger = await joinAsPartner(scene.app, scene.operator, 'other@partners.example');
  });
  afterAll(async () => {
    await scene.close();
  });

  describe('A09 a postback', () => {
    it('is made for the account, a campaign or a promo', async () => {
      const url = 'https://t.example/?a=${clickid}';
      const [campaignId, promoId] = [scene.autumn.id, scene.autumn.promos[1]!.id];
      expect(await scene.postback(url)).toMatchObject({
        scope: 'account',
        campaignId: null,
        promoId: null,
        method: 'GET',
        state: 'active',
        url,
      });
      expect(await scene.postback(url, { scope: 'campaign', campaignId })).toMatchObject({ campaignId });
      expect(await scene.postback(url, { scope: 'promo', promoId })).toMatchObject({ campaignId, promoId });
    });

    it('names what does not fit its scope', async () => {
      const { id: campaignId, promos } = scene.autumn;
      const faults = [
        [{ scope: 'campaign' }, 'campaignId'],
        [{ scope: 'promo' }, 'promoId'],
        [{ scope: 'account', campaignId }, 'campaignId'],
        [{ scope: 'campaign', campaignId, promoId: promos[0]!.id }, 'promoId'],
        [{ scope: 'promo', campaignId: scene.winter.id, promoId: promos[0]!.id }, 'campaignId'],
      ] as const;
      for (const [change, path] of faults) expect((await refused(change)).errors[0]!.path).toBe(path);
    });

    it('is refused with the place and the correct form of what is wrong', async () => {
      const problem = await refused({ url: 'http://track.me/affiliate/c=${clickID}' });
      expect(problem.code).toBe('POSTBACK_TEMPLATE_INVALID');
      expect(problem.errors).toHaveLength(1);
      expect(problem.errors[0]).toMatchObject({ path: 'url' });
      expect(problem.errors[0]!.message).toContain('http://track.me/affiliate?c=${clickID}');
      expect(problem.places).toEqual([
        {
          path: 'url',
          offset: 28,
          part: 'path',
          found: '${clickID}',
          correct: 'http://track.me/affiliate?c=${clickID}',
        },
      ]);
    });

    it('has neither a variable in the form #name# nor a fragment', async () => {
      const url = 'https://t.example/?r=#reqid#';
      expect((await refused({ url })).places).toEqual([
        { path: 'url', offset: 21, part: 'query value', found: '#reqid#', correct: '${reqid}' },
      ]);
      expect((await refused({ url: 'https://t.example/?r=1#top' })).errors).toEqual([
        { path: 'url', message: expect.stringContaining('fragment, character 23: "#top"') as string },
      ]);
      const form = await refused({ method: 'POST', body: 'r=#reqid#' });
      expect(form.errors[0]!.message).toContain('write ${reqid}');
    });

    it('takes headers and a body for POST only, and checks them', async () => {
      const made = await scene.postback('https://t.example/', {
        method: 'POST',
        headers: { 'X-Key': 'k' },
        body: '{"id":"${clickid}"}',
      });
      expect(made).toMatchObject({ headers: { 'x-key': 'k', 'content-type': 'application/json' } });
      expect((await refused({ body: 'a=1' })).errors[0]!.path).toBe('body');
      expect((await refused({ method: 'POST', body: '{"a":${x}}' })).errors[0]!.message).toContain('"${x}"');
      for (const body of ['click={clickid}', '{"a":"{clickid}"}']) {
        expect((await refused({ method: 'POST', body })).places).toMatchObject([
          { path: 'body', found: '{clickid}', correct: '${clickid}' },
        ]);
      }
      expect((await refused({ headers: { host: 'x' } })).errors[0]!.path).toBe('headers');
      expect((await refused({ headers: { 'x-a': { b: 1 } } })).errors[0]!.path).toBe('headers');
    });

    it('is deleted with its deliveries by an index, however many there are', async () => {
      for (const table of ['postback_deliveries', 'postback_queue']) {
        const plan = await scene.app.db.transaction(async (tx) => {
          await tx.query('SET LOCAL enable_seqscan = off');
          await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
          // As the foreign key's trigger does it.
          await tx.query(`PREPARE cascade (uuid) AS DELETE FROM ONLY ${table} WHERE $1 = postback_id`);
          const steps = await tx.query<object[]>('EXPLAIN EXECUTE cascade (NULL)');
          await tx.query('DEALLOCATE cascade');
          return steps;
        });
        expect(JSON.stringify(plan)).toContain(`${table}_of_postback`);
      }
    });

    it('is listed, changed and deleted by its partner only', async () => {
      const { id } = await scene.postback('https://t.example/?a=1', { action: 'registration' });
      const path = `partner/postbacks/${id}`;
      for (const answer of [await stranger.get(path), await stranger.patch(path, { state: 'disabled' })]) {
        body(answer, 404);
      }
      const changed = await scene.partner.patch(path, {
        url: 'https://t.example/?b=${x}',
        state: 'disabled',
      });
      expect(body(changed, 200)).toMatchObject({
        state: 'disabled',
        disabledReason: 'partner',
        action: 'registration',
      });
      const active = await scene.partner.patch(path, { state: 'active' });
      expect(body(active, 200)).toMatchObject({ state: 'active', disabledReason: null, disabledAt: null });
      expect(body<ProblemBody>(await scene.partner.patch(path, { url: 'https://{x}/' }), 422).code).toBe(
        'POSTBACK_TEMPLATE_INVALID',
      );
      const listed = await scene.partner.get('partner/postbacks?action=registration');
      expect(body<{ items: PostbackBody[] }>(listed, 200).items.map((item) => item.id)).toEqual([id]);
      body(await scene.partner.delete(path), 204);
      body(await scene.partner.get(path), 404);
    });

    it('is listed with its campaign, promos included, page by page', async () => {
      const items: PostbackBody[] = [];
      let cursor = '';
      do {
        const path = `partner/postbacks?campaignId=${scene.autumn.id}&limit=1${cursor && `&cursor=${cursor}`}`;
        const page = body<{ items: PostbackBody[]; nextCursor: string | null }>(
          await scene.partner.get(path),
          200,
        );
        items.push(...page.items);
        cursor = page.nextCursor ?? '';
      } while (cursor);
      expect(items.map(({ scope }) => scope)).toEqual(['promo', 'campaign']);
    });

    it('is refused on an archived campaign, until it is taken back', async () => {
      const { id: campaignId, promos } = scene.winter;
      const { id } = await scene.postback('https://t.example/', { scope: 'campaign', campaignId });
      body(await scene.partner.post(`partner/campaigns/${campaignId}/archive`), 200);
      const answers = [
        await refused({ scope: 'campaign', campaignId }, 409),
        await refused({ scope: 'promo', promoId: promos[0]!.id }, 409),
        body<ProblemBody>(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'disabled' }), 409),
      ];
      expect(answers.map(({ code }) => code)).toEqual(Array(3).fill('CAMPAIGN_ARCHIVED'));
      body(await scene.partner.post(`partner/campaigns/${campaignId}/unarchive`), 200);
      await scene.postback('https://t.example/', { scope: 'campaign', campaignId });
    });

    it('shows the values of its headers to those only who may change it and are of the team', async () => {
      const { app, operator, partner, partnerId } = scene;
      const headers = { authorization: 'Bearer TRACKER-SECRET', 'x-tracker': 'TRACKER-SECRET' };
      const { id } = await scene.postback('https://t.example/?a=1', { headers });
      const path = `partner/postbacks/${id}`;
      await addUser(app, { email: 'mia@partners.example', name: 'Mia', role: 'analyst', partnerId });
      const analyst = await signIn(app, 'mia@partners.example');
      const impersonator = await impersonate(app, operator, partnerId);
      const own = await impersonator.post('partner/postbacks', {
        scope: 'account',
        action: 'deposit',
        url: 'https://t.example/',
        headers,
      });
      const shown = [
        await analyst.get(path),
        await analyst.get('partner/postbacks'),
        await impersonator.get(path),
        await impersonator.get('partner/postbacks'),
        await impersonator.patch(path, { action: 'deposit' }),
        await impersonator.patch(path, { headers }),
      ].map((answer) => body<object>(answer, 200));
      shown.push(body<object>(own, 201));
      expect(JSON.stringify(shown)).not.toContain('TRACKER-SECRET');
      const masked = { headers: { authorization: '****', 'x-tracker': '****' } };
      expect([shown[0], shown[2], shown[4]]).toMatchObject([masked, masked, masked]);
      for (const who of [partner, impersonator]) {
        const { errors } = body<ProblemBody>(
          await who.patch(path, { headers: { 'x-tracker': 'new', authorization: '****' } }),
          422,
        );
        expect(errors).toHaveLength(1);
        expect(errors[0]!.path).toBe('headers');
        expect(errors[0]!.message).toMatch(/^"authorization": \*{4} stands for .* leave headers out/);
      }
      expect(body(await partner.get(path), 200)).toMatchObject({ headers });
      // Nor does somebody get to see them by having them sent elsewhere.
      const url = 'https://elsewhere.example/';
      expect(body<ProblemBody>(await impersonator.patch(path, { url }), 422).errors).toEqual([
        { path: 'headers', message: expect.stringContaining('anew with another address') as string },
      ]);
      body(await impersonator.patch(path, { url, headers: { 'x-tracker': 'other' } }), 200);
      body(await partner.patch(path, { url: 'https://tracker.example/' }), 200);
    });

    it('is one of a hundred at most, however many are made at once', async () => {
      const { db } = scene.app;
      await db.query(
        `INSERT INTO postbacks SELECT (p.made).* FROM (
           SELECT jsonb_populate_record(postbacks, jsonb_build_object('id', gen_random_uuid())) AS made
             FROM postbacks, generate_series((SELECT count(*) FROM postbacks WHERE partner_id = $2) + 1, 98)
            WHERE id = $1) p`,
        [(await scene.postback('https://t.example/')).id, scene.partnerId],
      );
      const input = { scope: 'account', action: 'deposit', url: 'https://t.example/?a=1' };
      const make = () => scene.partner.post('partner/postbacks', input);
      const answers = await Promise.all(Array.from({ length: 6 }, make));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
      const full = body<ProblemBody & { detail: string }>(await make(), 409);
      expect(full).toMatchObject({ code: 'TOO_MANY_POSTBACKS' });
      expect(full.detail).toContain('100');
      body(await stranger.post('partner/postbacks', input), 201);
      const { id } = answers.find(({ status }) => status === 201)!.body as PostbackBody;
      body(await scene.partner.delete(`partner/postbacks/${id}`), 204);
      body(await make(), 201);
      body(await make(), 409);
    });

    it('may use the variables of the catalogue', async () => {
      const listed = await scene.partner.get('partner/postback-variables');
      const { items } = body<{ items: { name: string; meaning: string; example: string }[] }>(listed, 200);
      expect(items.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'promo_id',
          'campaign_id',
          'visit_id',
          'track_id',
          'amount',
          'currency',
          'action',
          'event_id',
          'player_id',
          'country',
          'date',
        ]),
      );
      expect(items.every(({ meaning, example }) => meaning && example)).toBe(true);
    });
  });
});
