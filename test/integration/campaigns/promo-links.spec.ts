import { randomUUID } from 'node:crypto';
import { toString } from 'qrcode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Promos, TrackingLinks } from '../../../src/campaigns/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';

interface Promo {
  id: string;
  code: string;
  trackingUrl: string;
  targets: object[];
}

interface ProblemBody {
  code: string;
  errors: { path: string; message: string }[];
}

let app: TestApp;
let operator: Person;
let partner: Person;
let rival: Person;
let program: Program;
let campaignId: string;
let rivalsCampaignId: string;

beforeAll(async () => {
  app = await createTestApp({ env: { PUBLIC_URL: 'https://track.example' } });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'links@partners.example');
  rival = await joinAsPartner(app, operator, 'rival@partners.example');
  program = await makeProgram(operator);
  campaignId = await makeCampaign(partner);
  rivalsCampaignId = await makeCampaign(rival);
});
afterAll(() => app.close());

async function makeCampaign(person: Person): Promise<string> {
  const { brandId, planId: commissionPlanId } = program;
  const made = await person.post('partner/campaigns', { name: 'Autumn', brandId, commissionPlanId });
  return body<{ id: string }>(made, 201).id;
}

const post = (input: object, person = partner) =>
  person.post(`partner/campaigns/${person === rival ? rivalsCampaignId : campaignId}/promos`, {
    landingId: program.landingId,
    ...input,
  });
const makePromo = async (input: object = {}): Promise<Promo> => body<Promo>(await post(input), 201);
const leadsTo = async (code: string) =>
  (await app.app.get(TrackingLinks).find(app.db, code))?.promoId ?? null;
const makeLanding = async (input: object = {}): Promise<string> => {
  const landing = {
    brandId: program.brandId,
    title: 'Other',
    url: 'https://brand.example/other',
    audience: 'players',
  };
  return body<{ id: string }>(await operator.post('operator/landings', { ...landing, ...input }), 201).id;
};

describe('B08 a code of one’s own', () => {
  it('stands in the link, from the start or later; links with former codes keep working', async () => {
    const promo = await makePromo({ code: 'lucky-Fox_1' });
    expect(promo).toMatchObject({ code: 'lucky-Fox_1', trackingUrl: 'https://track.example/r/lucky-Fox_1' });
    const drawn = await makePromo();
    const patched = await partner.patch(`partner/promos/${drawn.id}`, { code: 'podcast' });
    expect(body(patched, 200)).toMatchObject({
      code: 'podcast',
      trackingUrl: 'https://track.example/r/podcast',
    });
    body(await partner.patch(`partner/promos/${drawn.id}`, { code: 'podcast-2' }), 200);
    for (const code of [drawn.code, 'podcast', 'podcast-2']) expect(await leadsTo(code)).toBe(drawn.id);
    expect(body(await partner.patch(`partner/promos/${drawn.id}`, { code: drawn.code }), 200)).toMatchObject({
      code: drawn.code,
    });
    const { partnerId } = await app.app.get(TrackingLinks).find(app.db, 'podcast').then((found) => found!); // prettier-ignore
    expect(await app.app.get(Promos).findIdByCode(app.db, partnerId, 'podcast')).toBe(drawn.id);
    expect(await app.app.get(Promos).findIdByCode(app.db, randomUUID(), 'podcast')).toBeNull();
  });

  it('is nobody else’s: not another promo’s, not a former one, not in other letter case, not a drawn one', async () => {
    const promo = await makePromo({ code: 'unique-1' });
    const drawn = await makePromo();
    body(await partner.patch(`partner/promos/${promo.id}`, { code: 'unique-2' }), 200);
    const swapped = drawn.code.replace(/[a-z]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    for (const code of ['unique-1', 'unique-2', 'UNIQUE-2', drawn.code, swapped]) {
      for (const refused of [
        await post({ code }, rival),
        await partner.patch(`partner/promos/${(await makePromo()).id}`, { code }),
      ]) {
        const problem = body<ProblemBody>(refused, 409);
        expect([problem.code, problem.errors.map(({ path }) => path)]).toEqual(['LINK_CODE_TAKEN', ['code']]);
      }
    }
    expect(await leadsTo('unique-2')).toBe(promo.id);
  });

  it('goes to one of many who ask for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post({ code: 'rush' }, index % 2 ? partner : rival)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(19).fill(409)]);
    const promo = await makePromo();
    const again = await Promise.all(
      Array.from({ length: 10 }, () => partner.patch(`partner/promos/${promo.id}`, { code: 'rush-2' })),
    );
    expect(again.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
  });

  it.each(['ab', 'a'.repeat(33), 'a b', 'föx', '../x', 'a.b', 'fox\n', '', null, 42, ['fox']])(
    'has its form: %j is refused',
    async (code) => {
      expect(body<ProblemBody>(await post({ code }), 400).errors.map(({ path }) => path)).toEqual(['code']);
    },
  );

  it.each(['admin', 'Login', 'SIGN-UP'])('is no reserved word: %s', async (code) => {
    expect(body<ProblemBody>(await post({ code }), 422).errors[0]).toMatchObject({ path: 'code' });
  });

  it('is not taken by a campaign that is not made, nor changed while archived, nor by a stranger', async () => {
    const { brandId, planId: commissionPlanId, landingId } = program;
    const promo = { landingId, code: 'half-made', trafficSourceId: randomUUID() };
    body(await partner.post('partner/campaigns', { name: 'Half', brandId, commissionPlanId, promo }), 422);
    const made = await makePromo({ code: 'half-made' });
    body(await rival.patch(`partner/promos/${made.id}`, { code: 'stolen-1' }), 404);
    const archived = await makeCampaign(partner);
    const kept = body<Promo>(await partner.post(`partner/campaigns/${archived}/promos`, { landingId }), 201);
    body(await partner.post(`partner/campaigns/${archived}/archive`), 200);
    const refused = await partner.patch(`partner/promos/${kept.id}`, { code: 'too-late' });
    expect(body<ProblemBody>(refused, 409).code).toBe('CAMPAIGN_ARCHIVED');
    await makePromo({ code: 'too-late' });
  });

  it('is kept by the database', async () => {
    const promo = await makePromo({ code: 'kept-by-db' });
    const other = await makePromo();
    await expect(
      app.db.query('UPDATE promos SET code = $2 WHERE id = $1', [other.id, 'KEPT-by-db']),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(app.asOwner('DELETE FROM link_codes')).rejects.toMatchObject({ code: '23001' });
    expect(await leadsTo('kept-by-db')).toBe(promo.id);
  });
});

describe('a promo', () => {
  it('is not made for a brand that is archived; those there are go on', async () => {
    const shop = await makeProgram(operator);
    const { brandId, planId: commissionPlanId, landingId } = shop;
    const own = await partner.post('partner/campaigns', { name: 'Shop', brandId, commissionPlanId });
    const promos = `partner/campaigns/${body<{ id: string }>(own, 201).id}/promos`;
    const { id, code } = body<Promo>(await partner.post(promos, { landingId }), 201);
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    expect(body<ProblemBody>(await partner.post(promos, { landingId }), 422).errors).toEqual([
      { path: 'landingId', message: 'the brand of this landing is archived' },
    ]);
    body(await partner.patch(`partner/promos/${id}`, { title: 'Kept' }), 200);
    expect(await leadsTo(code)).toBe(id);
  });
});

describe('B08 landings that take turns', () => {
  it('are set with the promo, replaced, and taken away', async () => {
    const other = await makeLanding();
    const targets = [
      { landingId: other, weight: 3, countries: ['DE', 'AT'], devices: ['mobile'] },
      { landingId: program.landingId, weight: 1 },
    ];
    const kept = [targets[0], { ...targets[1], countries: null, devices: null }];
    const promo = await makePromo({ targets });
    expect(promo.targets).toEqual(kept);
    expect(body<Promo>(await partner.get(`partner/promos/${promo.id}`), 200).targets).toEqual(kept);
    const change = async (input: object) =>
      body<Promo>(await partner.patch(`partner/promos/${promo.id}`, input), 200);
    expect((await change({ title: 'T' })).targets).toEqual(kept);
    expect((await change({ targets: kept })).targets).toEqual(kept);
    expect((await change({ targets: [] })).targets).toEqual([]);
    expect((await makePromo()).targets).toEqual([]);
  });

  it('are followed when their ids were sent in capitals', async () => {
    const { code } = await makePromo({
      targets: [{ landingId: program.landingId.toUpperCase(), weight: 1 }],
    });
    const click = await fetch(`${app.url}/r/${code}`, { redirect: 'manual' });
    expect(click.status).toBe(302);
  });

  it('are the brand’s, offered, and for the same audience; those that a promo has may stay', async () => {
    const [kept, withdrawn] = [await makeLanding(), await makeLanding()];
    const joining = await makeLanding({ audience: 'sub_affiliates' });
    const { landingId: foreign } = await makeProgram(operator);
    const promo = await makePromo({ targets: [{ landingId: kept, weight: 1 }] });
    for (const id of [kept, withdrawn]) {
      body(await operator.patch(`operator/landings/${id}`, { active: false }), 200);
    }
    const change = (landingId: string) =>
      partner.patch(`partner/promos/${promo.id}`, {
        targets: [{ landingId: kept, weight: 2 }, { landingId, weight: 1 }],
      }); // prettier-ignore
    for (const landingId of [foreign, withdrawn, joining, randomUUID()]) {
      const problem = body<ProblemBody>(await change(landingId), 422);
      expect(problem.errors.map(({ path }) => path)).toEqual(['targets.1.landingId']);
    }
    body(await change(program.landingId), 200);
  });

  it.each<[string, object]>([
    ['no weight', { weight: 0 }],
    ['a broken weight', { weight: 1.5 }],
    ['too much weight', { weight: 1_001 }],
    ['a country that is none', { countries: ['XX'] }],
    ['a country in lower case', { countries: ['de'] }],
    ['no countries at all', { countries: [] }],
    ['a device that is none', { devices: ['fridge'] }],
    ['a device twice', { devices: ['mobile', 'mobile'] }],
    ['no landing', { landingId: null }],
    ['another field', { url: 'https://evil.example' }],
  ])('are refused with %s', async (_name, change) => {
    const targets = [{ landingId: program.landingId, weight: 1, ...change }];
    const { errors } = body<ProblemBody>(await post({ targets }), 400);
    expect(errors.map(({ path }) => path)).toEqual([`targets.0.${Object.keys(change)[0]}`]);
  });

  it('are at most twenty', async () => {
    const targets = Array.from({ length: 21 }, () => ({ landingId: program.landingId, weight: 1 }));
    body(await post({ targets }), 400);
    body(await post({ targets: targets.slice(1) }), 201);
    body(await post({ targets: [null] }), 400);
    body(await post({ targets: {} }), 400);
  });
});

describe('B08 a QR code', () => {
  it('shows the tracking link as SVG', async () => {
    const promo = await makePromo({ code: 'scan-me' });
    const answer = await partner.get(`partner/promos/${promo.id}/qr`);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'private, max-age=3600',
      'content-disposition': 'inline; filename="scan-me.svg"',
      'x-content-type-options': 'nosniff',
    });
    const svg = (answer.body as Buffer).toString();
    expect(svg).toBe(
      await toString('https://track.example/r/scan-me', { margin: 4, width: 512, type: 'svg' }),
    );
    expect(svg).toContain('width="512" height="512"');
  });

  it('is a PNG of the size that was asked for', async () => {
    const promo = await makePromo({ code: 'x'.repeat(32) });
    for (const size of [128, 1_024]) {
      const answer = await partner.get(`partner/promos/${promo.id}/qr?format=png&size=${size}`);
      const picture = answer.body as Buffer;
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/png']);
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([size, size]);
    }
  });

  it.each(['format=gif', 'size=127', 'size=1025', 'size=1e3x', 'size=', 'colour=red'])(
    'is not drawn by %s',
    async (query) => {
      const promo = await makePromo();
      body(await partner.get(`partner/promos/${promo.id}/qr?${query}`), 400);
    },
  );

  it('is the partner’s own', async () => {
    const promo = await makePromo();
    body(await rival.get(`partner/promos/${promo.id}/qr`), 404);
    body(await partner.get(`partner/promos/${randomUUID()}/qr`), 404);
  });
});
