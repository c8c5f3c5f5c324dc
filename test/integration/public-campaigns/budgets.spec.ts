import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PostCollection } from '../../../src/public-campaigns/posts/post-collection.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import { makeProgram } from '../../support/program.js';
import { joinBrand } from '../tracking/order-scene.js';
import {
  type CampaignBody,
  collect,
  connect,
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

let app: TestApp;
let operator: Person;
let owner: Person;
let creator: Creator;
let other: Creator;
let names = 0;

beforeAll(async () => {
  // Time stands still: everybody stays signed in.
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  creator = await makeCreator(app, operator);
  other = await makeCreator(app, operator);
});
afterAll(() => app.close());

const fresh = (): string => {
  names += 1;
  return `budget-${names}`;
};
const campaign = async (id: string) =>
  body<CampaignBody>(await owner.get(`brand/public-campaigns/${id}`), 200);
const postsOf = async (id: string) =>
  body<{ items: PostBody[] }>(await owner.get(`brand/public-campaigns/${id}/posts?limit=200`), 200).items;
/** What is accrued for all posts of a campaign, in cents. */
const accrued = async (id: string) =>
  (await postsOf(id)).reduce((sum, post) => sum + Math.round(Number(post.accrued.amount) * 100), 0);
const byCreator = (who: Creator, name: string, metrics = {}) =>
  found({ app, creator: who }, name, { metrics });

describe('E06 what is given and found', () => {
  it('is looked at a few at a time: the platform is asked about each', async () => {
    const { id } = await publish(owner);
    const path = `partner/participations/${await join(creator, id)}/posts`;
    for (let count = 0; count < 20; count += 1)
      body(await creator.person.post(path, { url: urlOf(fresh()) }), 201);
    expect(problem(await creator.person.post(path, { url: urlOf(fresh()) }))).toBe(
      '409 TOO_MANY_POSTS_WAITING',
    );
  });

  it('earns nothing when it was posted while the creator was suspended', async () => {
    const { id } = await publish(owner);
    const suspended = await makeCreator(app, operator);
    const participationId = await join(suspended, id);
    const partner = `operator/partners/${suspended.partnerId}`;
    body(await operator.post(`${partner}/suspend`, { reason: 'Asked to' }), 200);
    const post = byCreator(suspended, fresh());
    app.clock.advance(1);
    body(await operator.post(`${partner}/reactivate`), 200);
    await collect(app, participationId, post);
    const [kept] = await postsOf(id);
    expect(kept).toMatchObject({ state: 'warning', fault: 'SUSPENDED' });
    expect(problem(await owner.post(`brand/posts/${kept!.id}/approve`))).toBe('409 POST_STATE_CONFLICT');
  });

  it('is not approved before it was looked at, not by taking back a refusal either', async () => {
    const { id } = await publish(owner);
    const path = `partner/participations/${await join(creator, id)}/posts`;
    const given = body<PostBody>(await creator.person.post(path, { url: urlOf(fresh()) }), 201);
    const approve = () => owner.post(`brand/posts/${given.id}/approve`);
    expect(problem(await approve())).toBe('409 POST_STATE_CONFLICT');
    body(await owner.post(`brand/posts/${given.id}/reject`, { reason: 'Blurred' }), 200);
    expect(problem(await approve())).toBe('409 POST_STATE_CONFLICT');
  });
});

describe('E03 the budget holds', () => {
  it('against 50 accruals at once, which use it up to the cent', async () => {
    const { id } = await publish(owner, { budget: eur('101.50') });
    const participations = [await join(creator, id), await join(other, id)];
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const who = index % 2 === 0 ? creator : other;
        return collect(app, participations[index % 2]!, byCreator(who, fresh(), { like: 25 }));
      }),
    );
    const posts = await postsOf(id);
    expect(posts).toHaveLength(50);
    // Eighteen whole rewards of 5.50, a part of one; the others came to an empty budget.
    expect(posts.filter(({ accrued: { amount } }) => amount === '5.50')).toHaveLength(18);
    expect(posts.filter(({ accrued: { amount } }) => amount === '2.50')).toHaveLength(1);
    expect(posts.filter(({ fault }) => fault === 'OVER_BUDGET')).toHaveLength(31);
    expect(await campaign(id)).toMatchObject({
      consumed: eur('101.50'),
      consumptionPercent: 100,
      status: 'over_budget',
    });
    expect(await moneyFaults(app)).toEqual([]);
    const full = { connectedAccountId: creator.accountId, acceptedTermsVersion: 1 };
    expect(problem(await creator.person.post(`partner/jobs/${id}/join`, full))).toBe(
      '409 CAMPAIGN_OVER_BUDGET',
    );
    const more = await creator.person.post(`partner/participations/${participations[0]}/posts`, {
      url: urlOf(fresh()),
    });
    expect(problem(more)).toBe('409 CAMPAIGN_OVER_BUDGET');
    // A post that is refused frees its part for those that wait.
    body(await owner.post(`brand/posts/${posts.at(-1)!.id}/reject`, { reason: 'Blurred' }), 200);
    expect(await campaign(id)).toMatchObject({ consumed: eur('101.50'), status: 'over_budget' });
    expect((await postsOf(id)).filter(({ fault }) => fault === 'OVER_BUDGET')).toHaveLength(30);
  });

  it('for whoever joins or posts while the last of it is being accrued', async () => {
    const { id } = await publish(owner, { budget: eur('5.00') });
    const participationId = await join(creator, id);
    const body = { connectedAccountId: other.accountId, acceptedTermsVersion: 1 };
    const late = await app.app.get(UnitOfWork).run(async (tx) => {
      await app.app.get(PostCollection).record(tx, { participationId, found: byCreator(creator, fresh()) });
      const waiting = [
        other.person.post(`partner/jobs/${id}/join`, body),
        creator.person.post(`partner/participations/${participationId}/posts`, { url: urlOf(fresh()) }),
      ];
      // Both wait for the campaign, which this transaction has locked.
      await waitingForLock(app, 2);
      return { waiting };
    });
    const answers = await Promise.all(late.waiting);
    expect(answers.map(problem)).toEqual(['409 CAMPAIGN_OVER_BUDGET', '409 CAMPAIGN_OVER_BUDGET']);
    // Where nobody waits for what is freed, the job is open again.
    const [only] = await postsOf(id);
    await owner.post(`brand/posts/${only!.id}/reject`, { reason: 'Blurred' });
    expect(await campaign(id)).toMatchObject({ status: 'ongoing' });
  });

  it('and the creator’s cap, over all posts and accounts of the creator', async () => {
    const { id } = await publish(owner, { creatorCap: eur('12.00'), postCap: eur('8.00') });
    const [user] = await app.db.query<[{ userId: string }]>(
      'SELECT user_id AS "userId" FROM memberships WHERE partner_id = $1',
      [creator.partnerId],
    );
    const second = await connect(
      app,
      { ...user, partnerId: creator.partnerId },
      { platform: 'youtube', handle: 'creator.tube' },
    );
    const participations = [await join(creator, id), await join({ ...creator, ...second }, id)];
    await collect(app, participations[0]!, byCreator(creator, fresh(), { like: 10_000 }));
    await collect(app, participations[1]!, {
      ...byCreator({ ...creator, ...second }, fresh()),
      url: 'https://youtu.be/dQw4w9WgXcQ',
    });
    const amounts = (await postsOf(id)).map((post) => [post.reward.amount, post.accrued.amount]);
    expect(amounts.toSorted()).toEqual([
      ['5.00', '4.00'],
      ['8.00', '8.00'],
    ]);
  });

  it('is held by the database, whatever asks for more', async () => {
    const { id } = await publish(owner, { budget: eur('6.00') });
    const participationId = await join(creator, id);
    await collect(app, participationId, byCreator(creator, fresh()));
    const change = (sql: string) =>
      app.db.query(`UPDATE campaign_posts SET ${sql} WHERE campaign_id = $1`, [id]);
    await expect(change('accrued_minor = 601, reward_minor = 601')).rejects.toThrow(
      'public_campaigns_budget_kept',
    );
    await expect(change(`state = 'warning', fault = 'DUPLICATE'`)).rejects.toThrow(
      'campaign_posts_accrues_when_it_counts',
    );
    await expect(change('accrued_minor = 501')).rejects.toThrow('campaign_posts_accrues_when_it_counts');
  });

  it('after anything that happens to posts, in any order and at once (model)', async () => {
    const action = fc.record({
      what: fc.constantFrom('collect', 'collect', 'collect', 'untagged', 'missing', 'approve', 'reject'),
      post: fc.nat({ max: 3 }),
      likes: fc.nat({ max: 900 }),
    });
    const waves = fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(waves, fc.integer({ min: 500, max: 4_000 }), async (all, budget) => {
        const { id } = await publish(owner, {
          budget: eur((budget / 100).toFixed(2)),
          creatorCap: eur('15.00'),
        });
        const participationId = await join(creator, id);
        const own = Array.from({ length: 4 }, fresh);
        const idOf = async (name: string) => (await postsOf(id)).find(({ url }) => url === urlOf(name))?.id;
        const steps: Record<string, (name: string, likes: number) => Promise<unknown>> = {
          collect: (name, like) => collect(app, participationId, byCreator(creator, name, { like })),
          untagged: (name) => collect(app, participationId, { ...byCreator(creator, name), text: '' }),
          missing: (name) =>
            app.app
              .get(UnitOfWork)
              .run((tx) => app.app.get(PostCollection).missing(tx, { participationId, url: urlOf(name) })),
          approve: async (name) => owner.post(`brand/posts/${await idOf(name)}/approve`),
          reject: async (name) => owner.post(`brand/posts/${await idOf(name)}/reject`, { reason: 'No' }),
        };
        for (const wave of all) {
          await Promise.all(wave.map(({ what, post, likes }) => steps[what]!(own[post]!, likes)));
          const { consumed } = await campaign(id);
          const cents = Math.round(Number(consumed.amount) * 100);
          expect(cents).toBe(await accrued(id));
          expect(cents).toBeLessThanOrEqual(Math.min(budget, 1_500));
        }
      }),
      { numRuns: 12 },
    );
    expect(await moneyFaults(app)).toEqual([]);
  });
});
