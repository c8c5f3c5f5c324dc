import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CampaignEndsJob } from '../../../src/public-campaigns/posts/campaign-ends.job.js';
import { PostsToCollect } from '../../../src/public-campaigns/posts/posts-to-collect.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram } from '../../support/program.js';
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
const JUST_AFTER = '2026-11-15T23:05:00Z';
const AFTER_THE_END = '2026-11-20T09:00:00Z';
const TWO_WEEKS_LATER = '2026-12-05T09:00:00Z';

let app: TestApp;
let operator: Person;
let owner: Person;
let ann: Creator;
let ben: Creator;
let names = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  [ann, ben] = [await makeCreator(app, operator), await makeCreator(app, operator)];
});
afterAll(async () => {
  expect(await moneyFaults(app)).toEqual([]);
  await app.close();
});
beforeEach(() => goTo(BEGIN));

async function goTo(time: string): Promise<void> {
  app.clock.set(time);
  owner = await owner.signInAgain();
  for (const creator of [ann, ben]) creator.person = await creator.person.signInAgain();
}

interface Joined {
  jobId: string;
  participations: Map<Creator, string>;
}

/** A campaign that both creators have joined. */
async function joined(changes: object): Promise<Joined> {
  const { id: jobId } = await publish(owner, changes);
  const participations = new Map([
    [ann, await join(ann, jobId)],
    [ben, await join(ben, jobId)],
  ]);
  return { jobId, participations };
}

/** A post of the creator's, a second after the last; five euros and two cents for each like. Gives its id. */
async function posted(
  { jobId, participations }: Joined,
  creator: Creator,
  like: number,
  changes: Parameters<typeof found>[2] = {},
): Promise<string> {
  app.clock.advance(1);
  names += 1;
  const name = `ended-${names}`;
  await collect(
    app,
    participations.get(creator)!,
    found({ app, creator }, name, { metrics: { like }, ...changes }),
  );
  return (await postsOf(jobId)).find(({ url }) => url === urlOf(name))!.id;
}

const postsOf = async (jobId: string) =>
  body<{ items: PostBody[] }>(await owner.get(`brand/public-campaigns/${jobId}/posts?limit=200`), 200).items;
const show = async (id: string) => body<PostBody>(await owner.get(`brand/posts/${id}`), 200);
const accrued = async (id: string) => (await show(id)).accrued.amount;
const consumed = async (jobId: string) =>
  body<CampaignBody>(await owner.get(`brand/public-campaigns/${jobId}`), 200).consumed.amount;
/** The creator's post as its platform shows it later. */
async function seenAgain({ participations }: Joined, creator: Creator, id: string, like: number) {
  const { url, publishedAt } = await show(id);
  const post = { ...found({ app, creator }, ''), url, publishedAt: new Date(publishedAt), metrics: { like } };
  await collect(app, participations.get(creator)!, post);
}
const approve = (id: string) => owner.post(`brand/posts/${id}/approve`);
const reject = (id: string) => owner.post(`brand/posts/${id}/reject`, { reason: 'Blurred' });
const requestPayment = (creator: Creator, id: string) =>
  creator.person.post(`partner/posts/${id}/payment-request`);
const conclude = () => app.app.get(CampaignEndsJob).runDue();
const mailsAbout = async (creator: Creator, title: string) => {
  await outboxDelivered(app);
  const mails = await app.mailbox(creator.person.email);
  return mails.filter(({ subject }) => subject.includes(`"${title}"`)).map(({ text }) => text);
};

describe('E07 what a refused post frees', () => {
  it('of its creator’s cap goes to the creator’s next one, in whatever order the brand decides', async () => {
    for (const approvedFirst of [true, false]) {
      await goTo(BEGIN);
      const job = await joined({ creatorCap: eur('10.00') });
      const [first, second] = [await posted(job, ann, 1_000), await posted(job, ann, 1_000)];
      expect([await accrued(first), await accrued(second)]).toEqual(['10.00', '0.00']);
      await goTo(AFTER_THE_END);
      if (approvedFirst) body(await approve(second), 200);
      body(await reject(first), 200);
      if (!approvedFirst) body(await approve(second), 200);
      expect(await show(second)).toMatchObject({ state: 'approved', accrued: eur('10.00'), payable: true });
      body(await requestPayment(ann, second), 200);
    }
  });

  it('of the budget goes to others, also to posts that nobody decides on', async () => {
    const job = await joined({ budget: eur('10.00') });
    const [big, small] = [await posted(job, ann, 100), await posted(job, ben, 500)];
    expect([await accrued(big), await accrued(small)]).toEqual(['7.00', '3.00']);
    await goTo(AFTER_THE_END);
    body(await reject(big), 200);
    expect(await accrued(small)).toBe('10.00');
    await goTo(TWO_WEEKS_LATER);
    await conclude();
    expect(await show(small)).toMatchObject({ state: 'approved', accrued: eur('10.00') });
  });

  it('has a post that was over budget count', async () => {
    const job = await joined({ budget: eur('10.00') });
    const [all, late] = [await posted(job, ann, 1_000), await posted(job, ben, 500)];
    expect(await show(late)).toMatchObject({ state: 'warning', fault: 'OVER_BUDGET' });
    await goTo(AFTER_THE_END);
    expect(problem(await approve(late))).toBe('409 POST_STATE_CONFLICT');
    body(await reject(all), 200);
    expect(await show(late)).toMatchObject({ state: 'effective', fault: null, accrued: eur('10.00') });
    body(await approve(late), 200);
    body(await requestPayment(ben, late), 200);
  });

  it('does not go to a post that counts elsewhere by then', async () => {
    const [job, other] = [await joined({ budget: eur('10.00') }), await joined({})];
    const [all, late] = [await posted(job, ann, 1_000), await posted(job, ben, 500)];
    const { url } = await show(late);
    await collect(app, other.participations.get(ben)!, { ...found({ app, creator: ben }, ''), url });
    body(await reject(all), 200);
    expect(await show(late)).toMatchObject({ state: 'warning', accrued: eur('0.00') });
  });

  it('takes nothing from what was paid or told, and a refusal that is taken back has it again', async () => {
    const job = await joined({ budget: eur('10.00') });
    const [first, second] = [await posted(job, ann, 100), await posted(job, ben, 500)];
    body(await reject(first), 200);
    expect(await accrued(second)).toBe('10.00');
    body(await approve(first), 200);
    expect([await accrued(first), await accrued(second)]).toEqual(['7.00', '3.00']);
    body(await approve(second), 200);
    const untagged = await posted(job, ann, 0, { text: 'Just rain' });
    await goTo(AFTER_THE_END);
    await conclude();
    body(await requestPayment(ben, second), 200);
    expect(body<PostBody>(await approve(untagged), 200)).toMatchObject({ accrued: eur('0.00') });
    expect([await accrued(first), await accrued(second)]).toEqual(['7.00', '3.00']);
  });

  it('comes from a larger budget, too', async () => {
    const job = await joined({ budget: eur('10.00') });
    const [first, second, third] = [
      await posted(job, ann, 100),
      await posted(job, ben, 500),
      await posted(job, ann, 0),
    ];
    const changed = await owner.patch(`brand/public-campaigns/${job.jobId}`, { budget: eur('25.00') });
    expect(body<CampaignBody>(changed, 200)).toMatchObject({ consumed: eur('25.00') });
    expect(await Promise.all([first, second, third].map(accrued))).toEqual(['7.00', '15.00', '3.00']);
    expect(await show(third)).toMatchObject({ state: 'effective' });
  });

  it('is the same in whatever order the brand decides (property)', async () => {
    const post = fc.record({
      creator: fc.constantFrom('ann', 'ben'),
      likes: fc.nat({ max: 600 }),
      decide: fc.constantFrom(approve, reject),
      rank: fc.nat(),
    });
    const posts = fc.array(post, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(posts, fc.boolean(), fc.nat({ max: 5 }), async (given, running, untagged) => {
        const pay = async (order: number[]) => {
          await goTo(BEGIN);
          const job = await joined({ budget: eur('15.00'), creatorCap: eur('9.00') });
          const ids: string[] = [];
          for (const [index, { creator, likes }] of given.entries()) {
            const changes = index === untagged ? { text: 'Just rain' } : {};
            ids.push(await posted(job, creator === 'ann' ? ann : ben, likes, changes));
          }
          if (!running) await goTo(AFTER_THE_END);
          for (const index of order) await given[index]!.decide(ids[index]!);
          // What was over budget was refused, and is asked for again.
          for (const { id, state } of await postsOf(job.jobId)) if (state === 'effective') await approve(id);
          return (await postsOf(job.jobId)).map((one) => one.accrued.amount);
        };
        const indexes = given.map((_, index) => index);
        const shuffled = indexes.toSorted((one, other) => given[one]!.rank - given[other]!.rank);
        expect(await pay(shuffled)).toEqual(await pay(indexes));
      }),
      { numRuns: 4 },
    );
  });
});

describe('E07 what a creator was told after the end', () => {
  it('is not lowered by what the platform tells later: it is paid, and no other post with it', async () => {
    const job = await joined({ budget: eur('20.00'), title: 'Told' });
    const [first, second] = [await posted(job, ann, 500), await posted(job, ben, 500)];
    body(await approve(first), 200);
    await goTo(JUST_AFTER);
    await conclude();
    expect((await mailsAbout(ann, 'Told')).join()).toContain('15.00 EUR');
    await seenAgain(job, ann, first, 100);
    expect(await show(first)).toMatchObject({
      metrics: { likes: 100 },
      reward: eur('15.00'),
      accrued: eur('15.00'),
    });
    expect(await accrued(second)).toBe('5.00');
    body(await requestPayment(ann, first), 200);
    expect(await mailsAbout(ann, 'Told')).toHaveLength(1);
  });
});

describe('E07 two weeks after the end', () => {
  it('nobody decides any more on what counts, whether or not the job has run', async () => {
    const job = await joined({});
    const [first, second] = [await posted(job, ann, 100), await posted(job, ben, 100)];
    await goTo('2026-11-29T22:59:59Z');
    body(await approve(first), 200);
    await goTo('2026-11-29T23:00:00Z');
    for (const decide of [approve, reject])
      expect(problem(await decide(second))).toBe('409 REVIEW_PERIOD_OVER');
    await conclude();
    expect(await show(second)).toMatchObject({ state: 'approved', accrued: eur('7.00') });
  });
});

describe('E07 an approval of nothing', () => {
  it('is told again, too, when a later look finds something', async () => {
    const prices = [{ unit: 'like', price: eur('0.02') }];
    const job = await joined({ unitPrices: prices, title: 'Nothing liked' });
    const post = await posted(job, ann, 0);
    const { url } = await show(post);
    body(await approve(post), 200);
    await goTo(JUST_AFTER);
    await conclude();
    expect((await mailsAbout(ann, 'Nothing liked')).join()).toContain(`${url}: nothing to request`);
    for (const like of [100, 150]) {
      await seenAgain(job, ann, post, like);
      await conclude();
    }
    const [, ...again] = await mailsAbout(ann, 'Nothing liked');
    expect(again).toHaveLength(1);
    expect(again[0]).toContain(`${url}: 2.00 EUR`);
  });

  it('does not tell anybody to request it, and is told again when there is something', async () => {
    const job = await joined({ creatorCap: eur('10.00'), title: 'Nothing yet' });
    const [first, second] = [await posted(job, ann, 1_000), await posted(job, ann, 1_000)];
    const { url } = await show(second);
    await goTo(AFTER_THE_END);
    body(await approve(second), 200);
    const [told] = await mailsAbout(ann, 'Nothing yet');
    expect(told).toContain(`${url}: nothing to request`);
    expect(told).not.toContain('Request the payment');
    const page = await ann.person.get('partner/events?type=post_approved');
    const events = body<{ items: { summary: string }[] }>(page, 200).items;
    expect(events.map(({ summary }) => summary)).toContain(
      'A post for "Nothing yet" was approved: nothing to request.',
    );
    expect(problem(await requestPayment(ann, second))).toBe('409 NOTHING_TO_PAY');
    body(await reject(first), 200);
    await conclude();
    expect((await mailsAbout(ann, 'Nothing yet')).join()).toContain(`${url}: 10.00 EUR`);
  });
});

describe('E06 posts given before a campaign was paused or cancelled', () => {
  const submit = (creator: Creator, participationId: string, url: string) =>
    creator.person.post(`partner/participations/${participationId}/posts`, { url });
  const isDue = async (participationId: string) => {
    const due = await app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(PostsToCollect).claim(tx, app.clock.now(), 1_000));
    return due.some((one) => one.participationId === participationId);
  };

  it.each([
    ['pause', '2026-11-15T23:10:00Z', '2026-11-16T23:00:00Z'],
    ['cancel', '2026-11-02T09:10:00Z', '2026-11-03T09:00:00Z'],
  ])('%s: they are looked at for a day after its end, and nothing new', async (action, over, closed) => {
    const { jobId, participations } = await joined({});
    const participationId = participations.get(ann)!;
    const [given, late, other] = [`${action}-given`, `${action}-late`, `${action}-other`];
    const publishedAt = app.clock.now();
    for (const name of [given, late]) body(await submit(ann, participationId, urlOf(name)), 201);
    body(await owner.post(`brand/public-campaigns/${jobId}/${action}`), 200);
    if (action === 'pause') {
      expect(await isDue(participationId)).toBe(false);
      await collect(app, participationId, found({ app, creator: ann }, given));
      expect(await postsOf(jobId)).toMatchObject([{ state: 'joined' }, { state: 'joined' }]);
    }
    await goTo(over);
    expect(await isDue(participationId)).toBe(true);
    for (const name of [given, other])
      await collect(app, participationId, found({ app, creator: ann }, name, { publishedAt }));
    const [, post] = await postsOf(jobId);
    expect(await postsOf(jobId)).toMatchObject([{ state: 'joined' }, { state: 'effective' }]);
    body(await approve(post!.id), 200);
    body(await requestPayment(ann, post!.id), 200);
    await goTo(closed);
    expect(await isDue(participationId)).toBe(false);
    await collect(app, participationId, found({ app, creator: ann }, late, { publishedAt }));
    expect(await postsOf(jobId)).toMatchObject([{ state: 'joined' }, { state: 'approved' }]);
    expect(await consumed(jobId)).toBe('5.00');
  });
});
