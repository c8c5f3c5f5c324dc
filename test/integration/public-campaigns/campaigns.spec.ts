import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import { joinBrand } from '../tracking/order-scene.js';
import { CAMPAIGN, type CampaignBody, eur, problem, publish } from './campaign-scene.js';

const BEGIN = '2026-11-02T09:00:00Z';
const PATH = 'brand/public-campaigns';

let app: TestApp;
let operator: Person;
let owner: Person;
let stranger: Person;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  stranger = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
});
afterAll(() => app.close());
beforeEach(() => app.clock.set(BEGIN));

const move = (id: string, action: string) => owner.post(`${PATH}/${id}/${action}`);

describe('E02 a brand drafts a public campaign', () => {
  it('says what a post and its units are worth, and reads it back', async () => {
    const draft = body<CampaignBody>(await owner.post(PATH, { ...CAMPAIGN, postCap: eur('20.00') }), 201);
    expect(draft).toMatchObject({
      state: 'draft',
      status: null,
      startsAt: '2026-11-01T23:00:00.000Z',
      endsAt: '2026-11-15T23:00:00.000Z',
      postingFrom: '2026-11-01T23:00:00.000Z',
      budget: eur('100.00'),
      consumed: eur('0.00'),
      consumptionPercent: 0,
      requiredTags: ['#luckyfox'],
      postCap: eur('20.00'),
      creatorCap: null,
      eligibility: { countries: [], minFollowers: null, verifiedOnly: false },
      termsVersion: 1,
    });
    expect(draft.unitPrices[2]).toEqual({ unit: 'view', price: eur('0.0025'), maxUnits: 10_000 });
    expect(body(await owner.get(`${PATH}/${draft.id}`), 200)).toEqual(draft);
  });

  it.each([
    [{ budget: eur('1e3') }, '422 INVALID_AMOUNT budget.amount'],
    [{ postCap: eur('0') }, '422 INVALID_AMOUNT postCap.amount'],
    [{ creatorCap: eur('1.001') }, '422 INVALID_AMOUNT creatorCap.amount'],
    [{ budget: { amount: '1.00', currency: 'XXQ' } }, '422 INVALID_CURRENCY budget.currency'],
    [{ unitPrices: [] }, '422 VALIDATION_FAILED unitPrices'],
    [{ unitPrices: [{ unit: 'like', price: eur('-1') }] }, '422 INVALID_AMOUNT unitPrices.0.price.amount'],
    [
      { unitPrices: [{ unit: 'like', price: { amount: '1', currency: 'USD' } }] },
      '422 INVALID_CURRENCY unitPrices.0.price.currency',
    ],
    [
      {
        unitPrices: [
          { unit: 'like', price: eur('1') },
          { unit: 'like', price: eur('2') },
        ],
      },
      '422 VALIDATION_FAILED unitPrices.1.unit',
    ],
    [{ endsAt: '2026-11-02' }, '422 VALIDATION_FAILED endsAt'],
    [{ endsAt: '2026-12-31T23:00:00+99:99' }, '422 VALIDATION_FAILED endsAt'],
    [{ endsAt: '9999-12-31T23:59:59-23:59' }, '422 VALIDATION_FAILED endsAt'],
    [{ startsAt: 'soon' }, '422 VALIDATION_FAILED startsAt'],
    [{ postingUntil: '2026-11-17' }, '422 VALIDATION_FAILED postingUntil'],
    [{ timeZone: 'Mars/Base' }, '422 VALIDATION_FAILED timeZone'],
    [{ platforms: ['myspace'] }, '422 VALIDATION_FAILED platforms'],
    [{ requiredTags: ['two words'] }, '422 VALIDATION_FAILED requiredTags.0'],
    [{ terms: ' ' }, '422 VALIDATION_FAILED terms'],
    [{ state: 'published' }, '422 VALIDATION_FAILED state'],
    [{ consumedMinor: 5 }, '422 VALIDATION_FAILED consumedMinor'],
  ])('refuses %j, naming the field', async (fault, expected) => {
    const response = await owner.post(PATH, { ...CAMPAIGN, ...fault });
    expect(problem(response).replace('400 ', '422 ')).toBe(expected);
  });
});

describe('E02 units that no platform of the campaign tells', () => {
  const price = eur('1.00');
  const unitPrices = [
    { unit: 'post', price },
    { unit: 'follower', price },
  ];
  const refusal = '422 VALIDATION_FAILED unitPrices.1.unit';

  it('cannot be paid for, by whichever field that comes', async () => {
    const refused = await owner.post(PATH, { ...CAMPAIGN, platforms: ['youtube', 'tiktok'], unitPrices });
    expect(problem(refused)).toBe(refusal);
    expect((refused.body as { errors: { message: string }[] }).errors[0]!.message).toContain(
      'post, like, view, share, comment',
    );
    const { id } = body<CampaignBody>(await owner.post(PATH, { ...CAMPAIGN, unitPrices }), 201);
    expect(problem(await owner.patch(`${PATH}/${id}`, { platforms: ['youtube'] }))).toBe(refusal);
  });

  it('keep an older draft from being published, and change nothing for what runs', async () => {
    const { id } = body<CampaignBody>(await owner.post(PATH, { ...CAMPAIGN, unitPrices }), 201);
    const runs = await publish(owner, { unitPrices });
    await app.db.query(`UPDATE public_campaigns SET platforms = '{youtube}' WHERE id = ANY ($1)`, [
      [id, runs.id],
    ]);
    expect(problem(await move(id, 'publish'))).toBe(refusal);
    body(await owner.patch(`${PATH}/${runs.id}`, { title: 'It runs' }), 200);
    body(await move(runs.id, 'pause'), 200);
    body(await move(runs.id, 'resume'), 200);
  });
});

describe('E04 a campaign is published, paused, resumed and cancelled', () => {
  it('is upcoming, ongoing and finished by its times', async () => {
    const { id } = await publish(owner, { startsAt: '2026-11-03', endsAt: '2026-11-04' });
    const statusAt = async (now: string) => {
      app.clock.set(now);
      owner = await owner.signInAgain();
      return body<CampaignBody>(await owner.get(`${PATH}/${id}`), 200).status;
    };
    expect(await statusAt('2026-11-02T22:59:59.999Z')).toBe('upcoming');
    expect(await statusAt('2026-11-02T23:00:00.000Z')).toBe('ongoing');
    expect(await statusAt('2026-11-03T22:59:59.999Z')).toBe('ongoing');
    expect(await statusAt('2026-11-03T23:00:00.000Z')).toBe('finished');
    for (const action of ['pause', 'cancel', 'publish'])
      expect(problem(await move(id, action))).toBe('409 CAMPAIGN_STATE_CONFLICT');
    expect(problem(await owner.patch(`${PATH}/${id}`, { title: 'Late' }))).toBe(
      '409 CAMPAIGN_STATE_CONFLICT',
    );
  });

  it('goes no other way than the table says, and one of two at once wins', async () => {
    const { id } = await publish(owner);
    expect(problem(await move(id, 'resume'))).toBe('409 CAMPAIGN_STATE_CONFLICT');
    const both = await Promise.all([move(id, 'pause'), move(id, 'pause')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(body(await owner.get(`${PATH}/${id}`), 200)).toMatchObject({ state: 'paused', status: null });
    body(await move(id, 'resume'), 200);
    expect(body(await move(id, 'cancel'), 200)).toMatchObject({ state: 'cancelled' });
    for (const action of ['publish', 'pause', 'resume', 'cancel'])
      expect(problem(await move(id, action))).toBe('409 CAMPAIGN_STATE_CONFLICT');
  });

  it('is not published when its end is past', async () => {
    const draft = await owner.post(PATH, { ...CAMPAIGN, startsAt: '2026-10-01', endsAt: '2026-11-02' });
    expect(problem(await move(body<CampaignBody>(draft, 201).id, 'publish'))).toBe(
      '422 VALIDATION_FAILED endsAt',
    );
  });
});

describe('E04 a brand which works with the program no more', () => {
  it('publishes nothing', async () => {
    const { brandId } = await makeProgram(operator);
    const former = await joinBrand(app, operator, brandId, 'owner');
    const { id } = body<CampaignBody>(await former.post(PATH, CAMPAIGN), 201);
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    expect(problem(await former.post(`${PATH}/${id}/publish`))).toBe('422 VALIDATION_FAILED brandId');
  });
});

describe('E02 a campaign is changed', () => {
  it('freely while it is a draft', async () => {
    const { id } = body<CampaignBody>(await owner.post(PATH, CAMPAIGN), 201);
    const changed = await owner.patch(`${PATH}/${id}`, {
      budget: { amount: '5000', currency: 'JPY' },
      unitPrices: [{ unit: 'comment', price: { amount: '0.5', currency: 'JPY' } }],
      eligibility: { countries: ['DE'], minFollowers: 500 },
      timeZone: 'Asia/Tokyo',
      precautions: 'No children.',
    });
    expect(body(changed, 200)).toMatchObject({
      budget: { amount: '5000', currency: 'JPY' },
      eligibility: { countries: ['DE'], minFollowers: 500, verifiedOnly: false },
      startsAt: '2026-11-01T23:00:00.000Z',
      precautions: 'No children.',
      title: CAMPAIGN.title,
    });
    expect(problem(await owner.patch(`${PATH}/${id}`, { budget: eur('1.00') }))).toBe(
      '422 INVALID_CURRENCY unitPrices',
    );
    expect(problem(await owner.patch(`${PATH}/${id}`, { title: null })).replace('400', '422')).toBe(
      '422 VALIDATION_FAILED title',
    );
  });

  it('with the times of posting, which are its own unless given', async () => {
    const { id } = body<CampaignBody>(await owner.post(PATH, CAMPAIGN), 201);
    const change = async (changes: object) =>
      body<CampaignBody>(await owner.patch(`${PATH}/${id}`, changes), 200);
    for (const own of [
      { startsAt: '2026-11-05T00:00:00.000Z', endsAt: '2026-11-12T00:00:00.000Z' },
      { startsAt: '2026-10-20T00:00:00.000Z', endsAt: '2026-12-01T00:00:00.000Z' },
    ])
      expect(await change(own)).toMatchObject({
        ...own,
        postingFrom: own.startsAt,
        postingUntil: own.endsAt,
      });
    const given = { postingFrom: '2026-11-03T00:00:00.000Z', postingUntil: '2026-11-20T00:00:00.000Z' };
    await change(given);
    expect(await change({ startsAt: '2026-11-02', endsAt: '2026-12-10' })).toMatchObject(given);
    expect(problem(await owner.patch(`${PATH}/${id}`, { startsAt: '2026-11-05' }))).toBe(
      '422 VALIDATION_FAILED postingFrom',
    );
    const startsAt = '2026-11-05T00:00:00.000Z';
    expect(await change({ startsAt, postingFrom: null })).toMatchObject({ startsAt, postingFrom: startsAt });
    body(await move(id, 'publish'), 200);
    const endsAt = '2026-12-20T00:00:00.000Z';
    expect(await change({ endsAt })).toMatchObject({ endsAt, postingUntil: given.postingUntil });
    expect(await change({ postingUntil: null })).toMatchObject({ endsAt, postingUntil: endsAt });
    const later = '2026-12-31T00:00:00.000Z';
    expect(await change({ endsAt: later })).toMatchObject({ endsAt: later, postingUntil: later });
  });

  it('within limits once it is published', async () => {
    const { id } = await publish(owner);
    const change = (changes: object) => owner.patch(`${PATH}/${id}`, changes);
    for (const fixed of [
      { unitPrices: CAMPAIGN.unitPrices },
      { requiredTags: [] },
      { eligibility: {} },
      { startsAt: '2026-11-01' },
    ])
      expect(problem(await change(fixed))).toBe(`409 FIXED_AFTER_PUBLISHING ${Object.keys(fixed)[0]}`);
    expect(problem(await change({ endsAt: '2026-11-15' }))).toMatch(/^422 VALIDATION_FAILED/);
    const changed = body<CampaignBody>(
      await change({ endsAt: '2026-11-20', budget: eur('120.00'), terms: 'Posts stay for 60 days.' }),
      200,
    );
    expect(changed).toMatchObject({
      budget: eur('120.00'),
      termsVersion: 2,
      terms: 'Posts stay for 60 days.',
    });
    // The same text again is no new version.
    expect(body(await change({ terms: 'Posts stay for 60 days.' }), 200)).toMatchObject({ termsVersion: 2 });
  });
});

describe('E03 consumption is shown', () => {
  it('to the brand and to operators, and to nobody else', async () => {
    const { id } = await publish(owner, { title: 'Shown' });
    expect(problem(await stranger.get(`${PATH}/${id}`))).toBe('404 NOT_FOUND');
    expect(problem(await stranger.patch(`${PATH}/${id}`, { title: 'Mine' }))).toBe('404 NOT_FOUND');
    expect(problem(await stranger.post(`${PATH}/${id}/cancel`))).toBe('404 NOT_FOUND');
    const listed = body<{ items: CampaignBody[] }>(await owner.get(`${PATH}?state=published&limit=200`), 200);
    expect(listed.items.map((campaign) => campaign.id)).toContain(id);
    expect(new Set(listed.items.map(({ state }) => state))).toEqual(new Set(['published']));
    operator = await operator.signInAgain();
    expect(body(await operator.get(`operator/public-campaigns/${id}`), 200)).toMatchObject({
      consumptionPercent: 0,
      consumed: eur('0.00'),
    });
    const all = body<{ items: CampaignBody[] }>(
      await operator.get('operator/public-campaigns?limit=200'),
      200,
    );
    expect(all.items.length).toBeGreaterThan(3);
  });
});
