import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CampaignEndsJob } from '../../../src/public-campaigns/posts/campaign-ends.job.js';
import {
  type CollectedPost,
  PostCollection,
} from '../../../src/public-campaigns/posts/post-collection.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
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
  publish,
} from './campaign-scene.js';

const BEGIN = '2026-11-02T09:00:00Z';
const JUST_AFTER = '2026-11-15T23:05:00Z';

let app: TestApp;
let operator: Person;
let owner: Person;
let creator: Creator;
let names = 0;

beforeAll(async () => {
  app = await createTestApp();
  app.clock.set(BEGIN);
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
});
afterAll(async () => {
  expect(await moneyFaults(app)).toEqual([]);
  await app.close();
});

async function goTo(time: string): Promise<void> {
  app.clock.set(time);
  operator = await operator.signInAgain();
  owner = await owner.signInAgain();
}

/** A post of a creator of its own in a campaign that pays five euros for it and two cents a like, and looks at it. */
async function posted(changes: object = {}) {
  await goTo(BEGIN);
  creator = await makeCreator(app, operator);
  const { id: jobId } = await publish(owner, changes);
  const participationId = await join(creator, jobId);
  names += 1;
  const post: CollectedPost = found({ app, creator }, `suspended-${names}`);
  const path = `operator/partners/${creator.partnerId}`;
  const show = async (): Promise<PostBody> =>
    body<{ items: PostBody[] }>(await owner.get(`brand/public-campaigns/${jobId}/posts`), 200).items[0]!;
  return {
    show,
    participationId,
    url: post.url,
    /** What it has earned when its platform shows it so, a second later. */
    async seen(metrics: CollectedPost['metrics']): Promise<string> {
      app.clock.advance(1);
      await collect(app, participationId, { ...post, metrics });
      return (await show()).accrued.amount;
    },
    async suspend(): Promise<void> {
      app.clock.advance(1);
      body(await operator.post(`${path}/suspend`, { reason: 'Asked to' }), 200);
    },
    async reactivate(): Promise<void> {
      app.clock.advance(1);
      body(await operator.post(`${path}/reactivate`), 200);
    },
    consumed: async () =>
      body<CampaignBody>(await owner.get(`brand/public-campaigns/${jobId}`), 200).consumed,
  };
}

describe('E06 what a post gains while its creator is suspended', () => {
  it('is never paid, and everybody reads which units those are', async () => {
    const post = await posted();
    expect(await post.seen({ like: 100 })).toBe('7.00');
    await post.suspend();
    await post.reactivate();
    expect(await post.seen({ like: 600, view: 1_000 })).toBe('7.00');
    expect(await post.seen({ like: 650, view: 1_400 })).toBe('9.00');
    expect(await post.consumed()).toEqual(eur('9.00'));
    const expected = {
      metrics: { likes: 650, views: 1_400, shares: null },
      uncountedMetrics: { likes: 500, views: 1_000, shares: null },
    };
    const shown = await post.show();
    expect(shown).toMatchObject(expected);
    creator.person = await creator.person.signInAgain();
    expect(body(await creator.person.get(`partner/posts/${shown.id}`), 200)).toMatchObject(expected);
  });

  it('is not paid when it was looked at just as the suspension began', async () => {
    const post = await posted();
    await post.seen({ like: 100 });
    await post.suspend();
    expect(await post.seen({ like: 200 })).toBe('7.00');
    await post.reactivate();
    expect(await post.seen({ like: 300 })).toBe('7.00');
    expect(await post.seen({ like: 301 })).toBe('7.02');
  });

  it('is not paid of several suspensions, nor when units are lost meanwhile and come back', async () => {
    const post = await posted();
    await post.seen({ like: 100 });
    for (const [like, amount] of [
      [400, '7.00'],
      [50, '5.00'],
    ] as const) {
      await post.suspend();
      await post.reactivate();
      expect(await post.seen({ like })).toBe(amount);
    }
    expect((await post.show()).uncountedMetrics).toMatchObject({ likes: 50 });
    expect(await post.seen({ like: 410 })).toBe('7.20');
  });

  it('is not paid of a post that was found or told of later only, nor of one that was missing meanwhile', async () => {
    const late = await posted();
    await late.suspend();
    await late.reactivate();
    expect(await late.seen({ like: 100 })).toBe('5.00');
    expect(await late.seen({ like: 100, view: 4_000 })).toBe('5.00');
    expect(await late.seen({ like: 150, view: 4_000 })).toBe('6.00');

    const missed = await posted();
    await missed.seen({ like: 100 });
    await missed.suspend();
    await missed.reactivate();
    await app.app.get(UnitOfWork).run((tx) => app.app.get(PostCollection).missing(tx, missed));
    expect((await missed.show()).fault).toBe('NOT_FOUND');
    expect(await missed.seen({ like: 300 })).toBe('7.00');
  });

  it('takes nothing from what its creator was told', async () => {
    const post = await posted();
    await post.seen({ like: 100 });
    await goTo('2026-11-15T22:50:00Z');
    body(await owner.post(`brand/posts/${(await post.show()).id}/approve`), 200);
    await goTo(JUST_AFTER);
    await app.app.get(CampaignEndsJob).runDue();
    await post.suspend();
    await post.reactivate();
    expect(await post.seen({ like: 600 })).toBe('7.00');
    expect(await post.seen({ like: 560 })).toBe('7.00');
    expect(await post.seen({ like: 650 })).toBe('8.00');
  });
});
