import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CampaignEndsJob } from '../../../src/public-campaigns/posts/campaign-ends.job.js';
import { PostCollection } from '../../../src/public-campaigns/posts/post-collection.service.js';
import { PostsToCollect } from '../../../src/public-campaigns/posts/posts-to-collect.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import { outboxDelivered } from '../../support/outbox.js';
import { joinBrand } from '../tracking/order-scene.js';
import {
  type CampaignBody,
  collect,
  type Creator,
  eur,
  found,
  join,
  makeCreator,
  moneyFaults,
  type PostBody,
  problem,
  publish,
  urlOf,
} from './campaign-scene.js';

const BEGIN = '2026-11-02T09:00:00Z';
const AFTER_THE_END = '2026-11-16T00:00:00Z';

let app: TestApp;
let operator: Person;
let owner: Person;
let stranger: Person;
let creator: Creator;
let posts = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  stranger = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'reviewer');
  creator = await makeCreator(app, operator);
});
afterAll(async () => {
  expect(await moneyFaults(app)).toEqual([]);
  await app.close();
});
beforeEach(() => app.clock.set(BEGIN));

/** Sets the time, and has everybody sign in again. */
async function goTo(time: string): Promise<void> {
  app.clock.set(time);
  owner = await owner.signInAgain();
  creator.person = await creator.person.signInAgain();
}

/** A campaign that the creator has joined. */
async function joined(changes: object = {}): Promise<{ jobId: string; participationId: string }> {
  const { id } = await publish(owner, changes);
  return { jobId: id, participationId: await join(creator, id) };
}

/** A name that no post had yet. */
const fresh = (): string => {
  posts += 1;
  return `post-${posts}`;
};
const post = (name: string, changes: Parameters<typeof found>[2] = {}) =>
  found({ app, creator }, name, changes);
const listed = async (participationId: string) =>
  body<{ items: PostBody[] }>(
    await creator.person.get(`partner/participations/${participationId}/posts`),
    200,
  ).items;
const only = async (participationId: string): Promise<PostBody> => {
  const [item, ...others] = await listed(participationId);
  expect(others).toEqual([]);
  return item!;
};
const campaign = async (id: string) =>
  body<CampaignBody>(await owner.get(`brand/public-campaigns/${id}`), 200);
const submit = (participationId: string, url: string) =>
  creator.person.post(`partner/participations/${participationId}/posts`, { url });
const approve = (id: string) => owner.post(`brand/posts/${id}/approve`);
const reject = (id: string, reason = 'No product to be seen') =>
  owner.post(`brand/posts/${id}/reject`, { reason });
const requestPayment = (id: string) => creator.person.post(`partner/posts/${id}/payment-request`);
const runJob = () => app.app.get(CampaignEndsJob).runDue();
const available = async () => {
  const { balances } = body<{ balances: { available: object }[] }>(
    await creator.person.get('partner/wallet'),
    200,
  );
  return balances[0]?.available ?? eur('0.00');
};

describe('E06 posts are collected', () => {
  it('and earn by their units, as far as they are known; what is not told stays as it was', async () => {
    const { jobId, participationId } = await joined();
    const name = fresh();
    await collect(app, participationId, post(name, { metrics: { like: 10 } }));
    const first = await only(participationId);
    expect(first).toMatchObject({
      url: urlOf(name),
      state: 'effective',
      fault: null,
      metrics: { likes: 10, views: null },
      unknownMetrics: ['view'],
      reward: eur('5.20'),
      accrued: eur('5.20'),
    });
    await collect(app, participationId, post(name, { metrics: { view: 1_001 } }));
    expect(await only(participationId)).toMatchObject({
      id: first.id,
      metrics: { likes: 10, views: 1_001 },
      unknownMetrics: [],
      reward: eur('7.70'),
    });
    // Told as zero is not untold: likes were taken back.
    await collect(app, participationId, post(name, { metrics: { like: 0 } }));
    expect(await only(participationId)).toMatchObject({ metrics: { likes: 0 }, accrued: eur('7.50') });
    expect(await campaign(jobId)).toMatchObject({ consumed: eur('7.50'), consumptionPercent: 7 });
    const history = await app.db.query<{ accrued: string }[]>(
      'SELECT accrued_minor AS accrued FROM post_metrics WHERE post_id = $1 ORDER BY id',
      [first.id],
    );
    expect(history.map(({ accrued }) => accrued)).toEqual(['520', '770', '750']);
  });

  it('and kept with the reason when they do not count', async () => {
    const { jobId, participationId } = await joined();
    const [late, foreign, untagged] = [fresh(), fresh(), fresh()];
    await collect(app, participationId, post(late, { publishedAt: new Date('2026-11-15T23:00:00Z') }));
    await collect(app, participationId, post(foreign, { authorPlatformId: 'somebody else' }));
    await collect(app, participationId, post(untagged, { text: 'Just rain', metrics: { like: 50 } }));
    const faults = Object.fromEntries((await listed(participationId)).map(({ url, fault }) => [url, fault]));
    expect(faults).toEqual({
      [urlOf(late)]: 'OUTSIDE_PERIOD',
      [urlOf(foreign)]: 'WRONG_ACCOUNT',
      [urlOf(untagged)]: 'MISSING_TAG',
    });
    expect((await listed(participationId)).every(({ state }) => state === 'warning')).toBe(true);
    expect(await campaign(jobId)).toMatchObject({ consumed: eur('0.00') });
    // The creator adds the tag: from then on it counts.
    await collect(app, participationId, post(untagged, { metrics: { like: 50 } }));
    expect(await campaign(jobId)).toMatchObject({ consumed: eur('6.00') });
    // And it counts no more when it is gone.
    const missing = { participationId, url: urlOf(untagged) };
    await app.app.get(UnitOfWork).run((tx) => app.app.get(PostCollection).missing(tx, missing));
    expect((await listed(participationId)).find(({ url }) => url === urlOf(untagged))).toMatchObject({
      state: 'warning',
      fault: 'NOT_FOUND',
      accrued: eur('0.00'),
    });
    expect(await campaign(jobId)).toMatchObject({ consumed: eur('0.00') });
  });

  it('once: what counts for one campaign is a duplicate in the others', async () => {
    const [one, other] = [await joined(), await joined()];
    const name = fresh();
    await collect(app, one.participationId, post(name));
    await collect(app, other.participationId, post(name));
    expect(await only(other.participationId)).toMatchObject({ state: 'warning', fault: 'DUPLICATE' });
    expect(
      body<PostBody>(await submit(other.participationId, `${urlOf(fresh())}?igsh=1`), 201),
    ).toMatchObject({
      state: 'joined',
    });
    // When the first one lets it go, the second may have it.
    body(await reject((await only(one.participationId)).id), 200);
    await collect(app, other.participationId, post(name));
    expect((await listed(other.participationId)).map(({ state }) => state)).toContain('effective');
    // Two campaigns that see a new post at once: one counts it.
    const both = fresh();
    await Promise.all([one, other].map(({ participationId }) => collect(app, participationId, post(both))));
    const states = [...(await listed(one.participationId)), ...(await listed(other.participationId))]
      .filter(({ url }) => url === urlOf(both))
      .map(({ state, fault }) => `${state} ${fault}`);
    expect(states.toSorted()).toEqual(['effective null', 'warning DUPLICATE']);
  });

  it('by addresses that creators give, in any of their spellings, once', async () => {
    const { participationId } = await joined();
    const name = fresh();
    const given = body<PostBody>(
      await submit(participationId, `instagram.com/reel/${name}?igsh=abc&utm_source=x`),
      201,
    );
    expect(given).toMatchObject({ url: urlOf(name), state: 'joined', accrued: eur('0.00') });
    expect(problem(await submit(participationId, urlOf(name)))).toBe('409 POST_ALREADY_KNOWN');
    for (const url of [
      'https://youtu.be/dQw4w9WgXcQ',
      'https://www.instagram.com/ann/',
      'javascript:alert(1)',
    ])
      expect(problem(await submit(participationId, url))).toBe('422 VALIDATION_FAILED url');
    await collect(app, participationId, post(name));
    expect(await only(participationId)).toMatchObject({ id: given.id, state: 'effective' });
  });

  it('claimed by one worker each, every quarter of an hour, at once when an address is given', async () => {
    await app.db.query(`UPDATE participations SET collect_at = NULL`);
    const { participationId } = await joined();
    const claim = () =>
      app.app.get(UnitOfWork).run((tx) => app.app.get(PostsToCollect).claim(tx, app.clock.now(), 10));
    const [one, other] = await Promise.all([claim(), claim()]);
    expect([...one, ...other]).toMatchObject([{ participationId, platform: 'instagram', posts: [] }]);
    expect(await claim()).toEqual([]);
    const name = fresh();
    body(await submit(participationId, urlOf(name)), 201);
    expect(await claim()).toMatchObject([{ participationId, posts: [{ postId: name, url: urlOf(name) }] }]);
    app.clock.advance(15 * 60);
    expect(await claim()).toHaveLength(1);
    app.clock.set('2026-11-16T23:00:00Z');
    expect(await claim()).toEqual([]);
    app.clock.set(BEGIN);
    expect(await claim()).toEqual([]);
  });

  it('not while the campaign is paused, and no more after its figures are final', async () => {
    const { jobId, participationId } = await joined();
    const name = fresh();
    body(await owner.post(`brand/public-campaigns/${jobId}/pause`), 200);
    expect(problem(await submit(participationId, urlOf(name)))).toBe('409 CAMPAIGN_PAUSED');
    await collect(app, participationId, post(name));
    expect(await listed(participationId)).toEqual([]);
    body(await owner.post(`brand/public-campaigns/${jobId}/resume`), 200);
    // Made at the last minute, found after the end.
    const lastMinute = { publishedAt: new Date('2026-11-15T22:59:59Z') };
    await goTo('2026-11-15T23:10:00Z');
    await collect(app, participationId, post(name, lastMinute));
    expect(await only(participationId)).toMatchObject({ state: 'effective', accrued: eur('5.00') });
    await goTo('2026-11-16T23:00:00Z');
    await collect(app, participationId, post(name, { ...lastMinute, metrics: { like: 1_000 } }));
    expect(await only(participationId)).toMatchObject({ accrued: eur('5.00') });
    expect(problem(await submit(participationId, urlOf(fresh())))).toBe('409 CAMPAIGN_FINISHED');
  });
});

describe('E07 the brand reviews posts', () => {
  it('approves and refuses with a reason, which the creator reads; the accrual goes back', async () => {
    const { jobId, participationId } = await joined();
    await collect(app, participationId, post(fresh()));
    const { id } = await only(participationId);
    expect(problem(await stranger.get(`brand/posts/${id}`))).toBe('404 NOT_FOUND');
    expect(problem(await stranger.post(`brand/posts/${id}/approve`))).toBe('404 NOT_FOUND');
    expect(problem(await stranger.get(`brand/public-campaigns/${jobId}/posts`))).toBe('404 NOT_FOUND');
    expect(problem(await reject(id, ' '))).toMatch(/^4\d\d VALIDATION_FAILED reason$/);
    expect(body<PostBody>(await reject(id), 200)).toMatchObject({
      state: 'ineffective',
      accrued: eur('0.00'),
    });
    expect(await only(participationId)).toMatchObject({
      reason: 'No product to be seen',
      reward: eur('5.00'),
    });
    expect(await campaign(jobId)).toMatchObject({ consumed: eur('0.00') });
    expect(problem(await reject(id))).toBe('409 POST_STATE_CONFLICT');
    await outboxDelivered(app);
    expect((await app.mailbox(creator.person.email)).at(-1)).toMatchObject({
      text: expect.stringContaining('No product to be seen') as string,
    });
    const events = await creator.person.get('partner/events?type=post_rejected');
    expect(body<{ items: { summary: string }[] }>(events, 200).items[0]!.summary).toContain(
      'No product to be seen',
    );
    // While the campaign runs the brand may think again.
    expect(body<PostBody>(await approve(id), 200)).toMatchObject({ state: 'approved', accrued: eur('5.00') });
    const page = await owner.get(`brand/public-campaigns/${jobId}/posts?state=approved`);
    expect(body<{ items: PostBody[] }>(page, 200).items.map((item) => item.id)).toEqual([id]);
    await goTo(AFTER_THE_END);
    expect(problem(await reject(id))).toBe('409 POST_STATE_CONFLICT');
  });

  it('two reviewers at once: one decides', async () => {
    const { participationId } = await joined();
    await collect(app, participationId, post(fresh()));
    await goTo(AFTER_THE_END);
    const { id } = await only(participationId);
    const both = await Promise.all([approve(id), reject(id), approve(id), reject(id)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  });

  it('may overlook a missing tag, and not what is not the creator’s', async () => {
    const { participationId } = await joined();
    const [untagged, foreign] = [fresh(), fresh()];
    await collect(app, participationId, post(untagged, { text: '' }));
    await collect(app, participationId, post(foreign, { authorPlatformId: 'somebody else' }));
    const at = async (name: string) =>
      (await listed(participationId)).find(({ url }) => url === urlOf(name))!;
    expect(problem(await approve((await at(foreign)).id))).toBe('409 POST_STATE_CONFLICT');
    expect(body<PostBody>(await approve((await at(untagged)).id), 200)).toMatchObject({
      state: 'approved',
      fault: 'MISSING_TAG',
      accrued: eur('5.00'),
    });
    // Its figures go on, and the decision stands.
    await collect(app, participationId, post(untagged, { text: '', metrics: { like: 50 } }));
    expect(await at(untagged)).toMatchObject({ state: 'approved', accrued: eur('6.00') });
  });

  it('the creator is mailed when the campaign is over, once', async () => {
    const { participationId } = await joined({ title: 'Mailed' });
    await collect(app, participationId, post(fresh()));
    const { id, url } = await only(participationId);
    body(await approve(id), 200);
    const mails = async () =>
      (await app.mailbox(creator.person.email)).filter(({ subject }) => subject.includes('"Mailed"'));
    await runJob();
    expect(await mails()).toEqual([]);
    await goTo(AFTER_THE_END);
    await Promise.all([runJob(), runJob()]);
    await runJob();
    await outboxDelivered(app);
    expect(await mails()).toMatchObject([{ subject: 'Approved: your posts for "Mailed"' }]);
    expect((await mails())[0]!.text).toContain(`${url}: 5.00 EUR`);
  });

  it('what nobody decides on is approved 14 days after the end; what does not count is not', async () => {
    const { participationId } = await joined({ title: 'Settled' });
    const [good, bad] = [fresh(), fresh()];
    await collect(app, participationId, post(good));
    await collect(app, participationId, post(bad, { text: '' }));
    const states = async () =>
      Object.fromEntries((await listed(participationId)).map(({ url, state }) => [url, state]));
    await goTo('2026-11-29T22:59:59Z');
    await runJob();
    expect(await states()).toEqual({ [urlOf(good)]: 'effective', [urlOf(bad)]: 'warning' });
    await goTo('2026-11-29T23:00:00Z');
    await runJob();
    expect(await states()).toEqual({ [urlOf(good)]: 'approved', [urlOf(bad)]: 'warning' });
    await outboxDelivered(app);
    const mails = await app.mailbox(creator.person.email);
    expect(mails.filter(({ subject }) => subject.includes('"Settled"'))).toHaveLength(1);
  });
});

describe('E08 payment is requested', () => {
  it('for approved posts when the campaign is over, and credited once', async () => {
    const { participationId } = await joined();
    await collect(app, participationId, post(fresh(), { metrics: { like: 500 } }));
    const { id } = await only(participationId);
    expect(problem(await requestPayment(id))).toBe('409 POST_NOT_APPROVED');
    body(await approve(id), 200);
    expect(problem(await requestPayment(id))).toBe('409 CAMPAIGN_NOT_OVER');
    const other = await makeCreator(app, operator);
    expect(problem(await other.person.post(`partner/posts/${id}/payment-request`))).toBe('404 NOT_FOUND');
    await goTo(AFTER_THE_END);
    expect(await available()).toEqual(eur('0.00'));
    const answers = await Promise.all(Array.from({ length: 10 }, () => requestPayment(id)));
    for (const answer of answers)
      expect(body<PostBody>(answer, 200)).toMatchObject({ accrued: eur('15.00'), payable: false });
    expect(await available()).toEqual(eur('15.00'));
    body(await requestPayment(id), 200);
    expect(await available()).toEqual(eur('15.00'));
    // What comes later changes nothing any more.
    await collect(
      app,
      participationId,
      post('ignored', { url: (await only(participationId)).url, metrics: { like: 1 } }),
    );
    expect(await only(participationId)).toMatchObject({ accrued: eur('15.00'), metrics: { likes: 500 } });
    const transactions = await creator.person.get('partner/transactions?type=campaign_reward');
    expect(body<{ items: object[] }>(transactions, 200).items).toMatchObject([
      { type: 'campaign_reward', direction: 'in', amount: eur('15.00'), reference: id },
    ]);
  });

  it('not for what the brand refused: the reason is told', async () => {
    const { participationId } = await joined();
    await collect(app, participationId, post(fresh()));
    const { id } = await only(participationId);
    body(await reject(id, 'Shows another brand'), 200);
    await goTo(AFTER_THE_END);
    const refused = await requestPayment(id);
    expect(problem(refused)).toBe('409 POST_NOT_APPROVED');
    expect(refused.body).toMatchObject({ reason: 'Shows another brand' });
  });

  it('when a campaign was cancelled, what was approved is paid', async () => {
    const { jobId, participationId } = await joined();
    await collect(app, participationId, post(fresh()));
    const { id } = await only(participationId);
    body(await approve(id), 200);
    body(await owner.post(`brand/public-campaigns/${jobId}/cancel`), 200);
    expect(body<PostBody>(await requestPayment(id), 200).paidAt).not.toBeNull();
  });
});
