import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CampaignEndsJob } from '../../../src/public-campaigns/posts/campaign-ends.job.js';
import { CampaignEnds } from '../../../src/public-campaigns/posts/campaign-ends.service.js';
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
  urlOf,
} from './campaign-scene.js';

const BEGIN = '2026-11-02T09:00:00Z';
const JUST_AFTER = '2026-11-15T23:05:00Z';
const TWO_WEEKS_LATER = '2026-12-05T09:00:00Z';

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
  creator = await makeCreator(app, operator);
});
afterAll(async () => {
  expect(await moneyFaults(app)).toEqual([]);
  await app.close();
});

async function goTo(time: string): Promise<void> {
  app.clock.set(time);
  owner = await owner.signInAgain();
  creator.person = await creator.person.signInAgain();
}

/**
 * A campaign of ten euros with a post for each of the numbers of likes, one after the other; five euros and two cents
 * for each like. A null is a post without its tag. It is paused then.
 */
async function paused(likes: readonly (number | null)[], who?: Creator) {
  await goTo(BEGIN);
  const { id } = await publish(owner, { budget: eur('10.00') });
  const participationId = await join(who ?? creator, id);
  const urls: string[] = [];
  for (const like of likes) {
    app.clock.advance(1);
    names += 1;
    const changes = like === null ? { text: 'Just rain' } : { metrics: { like } };
    await collect(app, participationId, found({ app, creator: who ?? creator }, `paused-${names}`, changes));
    urls.push(urlOf(`paused-${names}`));
  }
  const move = async (action: 'pause' | 'resume' | 'cancel') =>
    body<CampaignBody>(await owner.post(`brand/public-campaigns/${id}/${action}`), 200);
  const posts = async () => {
    const list = await owner.get(`brand/public-campaigns/${id}/posts`);
    const { items } = body<{ items: PostBody[] }>(list, 200);
    return urls.map((url) => items.find((item) => item.url === url)!);
  };
  const decide = async (index: number, decision: 'approve' | 'reject') => {
    const post = (await posts())[index]!;
    return body<PostBody>(await owner.post(`brand/posts/${post.id}/${decision}`, { reason: 'Blurred' }), 200);
  };
  await move('pause');
  return {
    id,
    move,
    decide,
    posts,
    amounts: async () => (await posts()).map(({ accrued }) => accrued.amount),
    raise: async (amount: string) =>
      body<CampaignBody>(await owner.patch(`brand/public-campaigns/${id}`, { budget: eur(amount) }), 200),
  };
}

const endsDue = () => app.app.get(CampaignEnds).findDue(app.db.manager, app.clock.now());
const conclude = () => app.app.get(CampaignEndsJob).runDue();

describe('E03 while a campaign is paused', () => {
  it('a larger budget pays nothing until it is resumed', async () => {
    const { raise, amounts, move, posts } = await paused([100, 500, 0]);
    expect(await raise('25.00')).toMatchObject({ budget: eur('25.00'), consumed: eur('10.00') });
    expect(await amounts()).toEqual(['7.00', '3.00', '0.00']);
    expect(await move('resume')).toMatchObject({ state: 'published', consumed: eur('25.00') });
    expect(await amounts()).toEqual(['7.00', '15.00', '3.00']);
    expect((await posts())[2]).toMatchObject({ state: 'effective', fault: null });
  });

  it('what a refused post frees waits, also when the refusal is taken back', async () => {
    const { decide, amounts, move } = await paused([100, 500, 0]);
    expect(await decide(0, 'reject')).toMatchObject({ accrued: eur('0.00') });
    expect(await amounts()).toEqual(['0.00', '3.00', '0.00']);
    expect(await decide(0, 'approve')).toMatchObject({ state: 'approved', accrued: eur('0.00') });
    expect(await amounts()).toEqual(['0.00', '3.00', '0.00']);
    await move('resume');
    expect(await amounts()).toEqual(['7.00', '3.00', '0.00']);
  });

  it('what a brand overlooks counts, and is paid when it is resumed', async () => {
    const { decide, amounts, move } = await paused([0, null]);
    expect(await decide(1, 'approve')).toMatchObject({ state: 'approved', accrued: eur('0.00') });
    await move('resume');
    expect(await amounts()).toEqual(['5.00', '5.00']);
  });

  it('what a creator who is erased leaves waits for the others', async () => {
    const gone = await makeCreator(app, operator);
    const { id, move } = await paused([0], gone);
    await move('resume');
    const participationId = await join(creator, id);
    await collect(app, participationId, found({ app, creator }, 'paused-left', { metrics: { like: 500 } }));
    await move('pause');
    const rooms = app.app.get(PersonalData).rooms();
    const room = rooms.find((one) => one.room === 'public-campaigns')!;
    await app.app.get(UnitOfWork).run((tx) => room.erase!(tx, gone.partnerId));
    const consumed = async () =>
      body<CampaignBody>(await owner.get(`brand/public-campaigns/${id}`), 200).consumed;
    expect(await consumed()).toEqual(eur('5.00'));
    await move('resume');
    expect(await consumed()).toEqual(eur('10.00'));
  });
});

describe('E03 a campaign that is not resumed', () => {
  it('pays what waits when it is cancelled', async () => {
    const { decide, amounts, move } = await paused([500, 100]);
    await decide(0, 'reject');
    expect(await amounts()).toEqual(['0.00', '0.00']);
    expect(await move('cancel')).toMatchObject({ state: 'cancelled', consumed: eur('7.00') });
    expect(await amounts()).toEqual(['0.00', '7.00']);
  });

  it('has it paid at its end, once, where nothing but posts over budget is left', async () => {
    const { id, decide, amounts, posts } = await paused([500, 100]);
    await decide(0, 'reject');
    expect(await endsDue()).not.toContain(id);
    await goTo(JUST_AFTER);
    expect(await endsDue()).toContain(id);
    await conclude();
    expect(await amounts()).toEqual(['0.00', '7.00']);
    expect((await posts())[1]).toMatchObject({ state: 'effective', fault: null });
    expect(await endsDue()).not.toContain(id);
    await goTo(TWO_WEEKS_LATER);
    await conclude();
    const [, late] = await posts();
    expect(late).toMatchObject({ state: 'approved', payable: true });
    body(await creator.person.post(`partner/posts/${late!.id}/payment-request`), 200);
  });

  it('pays from its end on what a brand decides then, whether or not the job has run', async () => {
    const { decide, amounts, raise } = await paused([100, 500]);
    await raise('12.00');
    await goTo(JUST_AFTER);
    expect(await amounts()).toEqual(['7.00', '3.00']);
    expect(await decide(1, 'approve')).toMatchObject({ accrued: eur('5.00') });
  });
});
