import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PostsToCollect } from '../../../src/public-campaigns/posts/posts-to-collect.service.js';
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
  problem,
  publish,
} from './campaign-scene.js';

const BEGIN = '2026-11-02T09:00:00Z';
const AFTER_THE_END = '2026-11-16T00:00:00Z';

let app: TestApp;
let operator: Person;
let owner: Person;
let creator: Creator;

beforeAll(async () => {
  app = await createTestApp();
  app.clock.set(BEGIN);
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  creator = await makeCreator(app, operator);
});
afterAll(async () => {
  expect(await moneyFaults(app)).toEqual([]);
  await app.close();
});

const postsOf = async (id: string) =>
  body<{ items: PostBody[] }>(await owner.get(`brand/public-campaigns/${id}/posts`), 200).items;
const consumed = async (id: string) =>
  body<CampaignBody>(await owner.get(`brand/public-campaigns/${id}`), 200).consumed;

describe('B12 posts of a creator who is erased', () => {
  const room = () =>
    app.app
      .get(PersonalData)
      .rooms()
      .find((one) => one.room === 'public-campaigns')!;
  const run = <T>(work: Parameters<UnitOfWork['run']>[0]) => app.app.get(UnitOfWork).run(work) as Promise<T>;

  it('count no more unless they were paid: the budget has it back, and others are collected as before', async () => {
    const gone = await makeCreator(app, operator);
    const { id } = await publish(owner);
    const participationId = await join(gone, id);
    const left = await join(creator, id);
    await collect(app, participationId, found({ app, creator: gone }, 'first'));
    expect(await run((tx) => room().obstacles!(tx, gone.partnerId))).toMatchObject([
      { code: 'UNPAID_POSTS', waivable: true },
    ]);
    expect(await consumed(id)).toEqual(eur('5.00'));
    for (let times = 0; times < 2; times += 1) await run((tx) => room().erase!(tx, gone.partnerId));
    expect(await consumed(id)).toEqual(eur('0.00'));
    expect(await postsOf(id)).toMatchObject([{ state: 'ineffective', reason: 'Erased' }]);
    const due = await run<{ participationId: string }[]>((tx) =>
      app.app.get(PostsToCollect).claim(tx, app.clock.now(), 1_000),
    );
    const ids = due.map((one) => one.participationId);
    expect(ids).toContain(left);
    expect(ids).not.toContain(participationId);
  });

  it('leave their part of the budget to others who wait for some', async () => {
    const gone = await makeCreator(app, operator);
    const { id } = await publish(owner, { budget: eur('5.00') });
    const [first, second] = [await join(gone, id), await join(creator, id)];
    await collect(app, first, found({ app, creator: gone }, 'gone'));
    await collect(app, second, found({ app, creator }, 'left'));
    await run((tx) => room().erase!(tx, gone.partnerId));
    expect(await postsOf(id)).toMatchObject([
      { state: 'effective', accrued: eur('5.00') },
      { state: 'ineffective' },
    ]);
  });

  it.each([
    ['refused it before', true],
    ['did not decide', false],
  ])('are approved no more, where the brand %s', async (_, refused) => {
    const gone = await makeCreator(app, operator);
    const { id } = await publish(owner, { budget: eur('5.00') });
    const [first, second] = [await join(gone, id), await join(creator, id)];
    const name = `approved-${refused}`;
    await collect(app, first, found({ app, creator: gone }, name));
    const post = (await postsOf(id))[0]!;
    if (refused) body(await owner.post(`brand/posts/${post.id}/reject`, { reason: 'Blurred' }), 200);
    await run((tx) => room().erase!(tx, gone.partnerId));
    await collect(app, second, found({ app, creator }, `${name}-left`));
    expect(problem(await owner.post(`brand/posts/${post.id}/approve`))).toBe('409 POST_STATE_CONFLICT');
    expect(await postsOf(id)).toMatchObject([
      { state: 'effective', accrued: eur('5.00') },
      { state: 'ineffective', fault: 'ERASED', accrued: eur('0.00'), payable: false },
    ]);
  });

  it('are looked at no more, by a look that was under way either', async () => {
    const gone = await makeCreator(app, operator);
    const { id } = await publish(owner);
    const participationId = await join(gone, id);
    await run((tx) => room().erase!(tx, gone.partnerId));
    await collect(app, participationId, found({ app, creator: gone }, 'late'));
    expect(await postsOf(id)).toEqual([]);
  });

  it('that were paid are not paid again under another account', async () => {
    const gone = await makeCreator(app, operator);
    const { id } = await publish(owner);
    const name = 'second';
    await collect(app, await join(gone, id), found({ app, creator: gone }, name));
    const [paid] = await postsOf(id);
    body(await owner.post(`brand/posts/${paid!.id}/approve`), 200);
    app.clock.set(AFTER_THE_END);
    gone.person = await gone.person.signInAgain();
    body(await gone.person.post(`partner/posts/${paid!.id}/payment-request`), 200);
    await run((tx) => room().erase!(tx, gone.partnerId));
    app.clock.set(BEGIN);
    owner = await owner.signInAgain();
    creator.person = await creator.person.signInAgain();
    const later = await publish(owner);
    await collect(app, await join(creator, later.id), found({ app, creator }, name));
    expect(await postsOf(later.id)).toMatchObject([{ fault: 'DUPLICATE' }]);
  });
});
