import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostCollector } from '../../../src/public-campaigns/social/collection/post-collector.service.js';
import { body, type Person } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import type { SinkAnswer, SinkRequest } from '../../support/sink-server.js';
import type { SocialAccount, SocialPlatform, SocialPost } from '../../support/social-platforms.js';
import { joinBrand } from '../tracking/order-scene.js';
import { moneyFaults, publish } from './campaign-scene.js';
import { SocialScene } from './social-scene.js';

const PLATFORMS: SocialPlatform[] = ['instagram', 'youtube', 'tiktok'];
const TAGGED = 'Rain outside, fox inside #LuckyFox';

interface Kept {
  url: string;
  state: string;
  fault: string | null;
  likes: string | null;
  views: string | null;
  shares: string | null;
  comments: string | null;
}

let scene: SocialScene;
let owner: Person;
/** Has an account of its own for every test. */
let creator: Person;
let keys = 0;

beforeAll(async () => {
  scene = await SocialScene.open();
  const { brandId } = await makeProgram(scene.operator);
  owner = await joinBrand(scene.app, scene.operator, brandId, 'owner');
  creator = await scene.creator();
});
beforeEach(async () => {
  [owner, creator] = [await owner.signInAgain(), await creator.signInAgain()];
  // Nobody else is due, and no platform rests.
  await scene.app.db.query('UPDATE participations SET collect_at = NULL');
  await scene.app.db.query('DELETE FROM call_budgets');
});
afterEach(() => scene.platforms.answerInstead(null));
afterAll(async () => {
  expect(await moneyFaults(scene.app)).toEqual([]);
  await scene.close();
});

const look = () => scene.app.app.get(PostCollector).work();
const minutes = (count: number) => scene.app.clock.advance(count * 60);

/** A post that its creator makes now, with the tag of the campaign. */
function post(platform: SocialPlatform, changes: Partial<SocialPost> = {}): SocialPost {
  keys += 1;
  const key =
    platform === 'tiktok' ? `73000000000000${1_000 + keys}` : `post-${String(keys).padStart(6, '0')}`;
  return { key, publishedAt: scene.app.clock.now().toISOString(), text: TAGGED, ...changes };
}

const urlOf = (platform: SocialPlatform, { key }: SocialPost): string =>
  ({
    instagram: `https://www.instagram.com/p/${key}/`,
    youtube: `https://www.youtube.com/watch?v=${key}`,
    tiktok: `https://www.tiktok.com/@/video/${key}`,
  })[platform];

/** A creator whose account has joined a campaign. */
async function joined(
  platform: SocialPlatform,
): Promise<{ account: SocialAccount; participationId: string; connectionId: string }> {
  const { id: jobId } = await publish(owner, { platforms: PLATFORMS });
  keys += 1;
  const account = scene.platforms.account(platform, `creator.${keys}`);
  const { id: connectionId } = await scene.connect(creator, account);
  const answer = await creator.post(`partner/jobs/${jobId}/join`, {
    connectedAccountId: connectionId,
    acceptedTermsVersion: 1,
  });
  const { id: participationId } = body<{ id: string }>(answer, 201);
  return { account, participationId, connectionId };
}

const kept = (participationId: string) =>
  scene.app.db.query<Kept[]>(
    `SELECT url, state, fault, likes, views, shares, comments FROM campaign_posts WHERE participation_id = $1
      ORDER BY id`,
    [participationId],
  );

/** Requests for posts, not those for tokens and accounts. */
const isRead = ({ path }: SinkRequest) => /\/(video|me\/media|playlistItems|videos|insights)/.test(path);
const reads = () => scene.platforms.requests.filter(isRead).length;
const insteadOfPosts = (answer: SinkAnswer) =>
  scene.platforms.answerInstead((request) => (isRead(request) ? answer : null));

describe('E06 posts are collected', () => {
  it.each(PLATFORMS)('%s: within twenty minutes of posting, with their figures, exact', async (platform) => {
    const { account, participationId } = await joined(platform);
    await look();
    expect(await kept(participationId)).toEqual([]);

    minutes(1);
    // Counts come as numbers or as texts, and what is hidden does not come.
    const first = post(platform, { likes: '12', views: '9007199254740', comments: 3 });
    account.posts.unshift(first, post(platform, { text: 'My cat' }));
    minutes(15);
    await look();
    const shares = null;
    const figures = { likes: '12', views: '9007199254740', comments: '3', shares };
    const url = urlOf(platform, first);
    expect(await kept(participationId)).toEqual([{ url, state: 'effective', fault: null, ...figures }]);

    minutes(14);
    const before = reads();
    await look();
    expect(reads()).toBe(before);
    minutes(1);
    first.likes = 20;
    delete first.views;
    await look();
    // What is not told any more stays as it was told last: it is not 0.
    expect(await kept(participationId)).toMatchObject([{ likes: '20', views: '9007199254740' }]);
  });

  it('Instagram: a new post without insights has no figures yet, which is not 0', async () => {
    const { account, participationId } = await joined('instagram');
    account.posts.unshift(post('instagram'));
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'effective', likes: null, views: null }]);
    scene.platforms.answerInstead(({ path }) =>
      path.endsWith('/insights') ? { status: 400, body: '{"error":{"code":10}}' } : null,
    );
    account.posts[0]!.likes = 4;
    minutes(15);
    await look();
    expect(await kept(participationId)).toMatchObject([{ likes: '4', views: null }]);
  });

  it.each<[SocialPlatform, number]>([
    ['instagram', 26],
    ['youtube', 51],
    ['tiktok', 21],
  ])('%s: page by page, back to where posting began', async (platform, count) => {
    const { account, participationId } = await joined(platform);
    account.posts.push(...Array.from({ length: count }, () => post(platform)));
    await look();
    expect(await kept(participationId)).toHaveLength(count);
  });
});

describe('E06 posts whose address their creator gives', () => {
  it.each(PLATFORMS)('%s: are looked at at once', async (platform) => {
    const { account, participationId } = await joined(platform);
    // Made before the campaign: nobody looks there of one's own accord.
    const early = post(platform, { publishedAt: '2026-10-30T10:00:00Z' });
    const untagged = post(platform, { text: 'My cat' });
    account.posts.unshift(untagged, early);
    const gone = post(platform);
    for (const one of [early, untagged, gone]) {
      body(
        await creator.post(`partner/participations/${participationId}/posts`, { url: urlOf(platform, one) }),
        201,
      );
    }
    await look();
    expect((await kept(participationId)).map(({ fault }) => fault)).toEqual([
      'OUTSIDE_PERIOD',
      'MISSING_TAG',
      'NOT_FOUND',
    ]);
  });

  it('YouTube: another channel’s is told apart', async () => {
    const { participationId } = await joined('youtube');
    const other = scene.platforms.account('youtube', 'somebody', { posts: [post('youtube')] });
    const url = `https://youtu.be/${other.posts[0]!.key}`;
    body(await creator.post(`partner/participations/${participationId}/posts`, { url }), 201);
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'warning', fault: 'WRONG_ACCOUNT' }]);
  });
});

describe('E06 a platform that does not answer as it should', () => {
  const FAULTS: [string, SinkAnswer][] = [
    ['silence', 'hang'],
    ['a cut connection', 'reset'],
    ['a fault of its own', { status: 503, body: 'oops' }],
    ['garbage', { status: 200, body: '<html>' }],
    ['JSON of another shape', { status: 200, body: '{"data":{},"error":{"code":"ok"}}' }],
  ];

  it.each(PLATFORMS)('%s: takes nothing away; it is asked again soon', async (platform) => {
    const { account, participationId } = await joined(platform);
    account.posts.unshift(post(platform, { likes: 7 }));
    await look();
    const before = await kept(participationId);
    expect(before).toMatchObject([{ state: 'effective', likes: '7' }]);
    minutes(15);
    for (const [, answer] of FAULTS) {
      insteadOfPosts(answer);
      await look();
      expect(await kept(participationId)).toEqual(before);
      minutes(2);
    }
    scene.platforms.answerInstead(null);
    account.posts[0]!.likes = 9;
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'effective', likes: '9' }]);
  });

  it.each(PLATFORMS)('%s: a post without an id is left out, and makes none missing', async (platform) => {
    const { account, participationId } = await joined(platform);
    account.posts.unshift(post(platform));
    await look();
    minutes(15);
    const nameless = {
      items: [{}],
      data: platform === 'tiktok' ? { videos: [{}] } : [{}],
      error: { code: 'ok' },
    };
    const { error, ...graph } = nameless;
    insteadOfPosts({
      status: 200,
      body: JSON.stringify(platform === 'tiktok' ? { ...graph, error } : graph),
    });
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'effective', fault: null }]);
  });

  it.each<[SocialPlatform, SinkAnswer, number]>([
    [
      'tiktok',
      { status: 429, headers: { 'retry-after': '300' }, body: '{"error":{"code":"rate_limit_exceeded"}}' },
      300,
    ],
    ['youtube', { status: 403, body: '{"error":{"errors":[{"reason":"quotaExceeded"}]}}' }, 3_600],
    [
      'instagram',
      {
        status: 400,
        headers: { 'x-business-use-case-usage': '{"1":[{"estimated_time_to_regain_access":20}]}' },
        body: '{"error":{"code":80002}}',
      },
      1_200,
    ],
  ])('%s wants fewer calls: it is left alone for as long as it says', async (platform, answer, seconds) => {
    const { account, participationId } = await joined(platform);
    account.posts.unshift(post(platform));
    insteadOfPosts(answer);
    const before = reads();
    await look();
    expect(reads()).toBe(before + 1);
    scene.platforms.answerInstead(null);
    // Nor is anybody else's account, where the whole platform wants it.
    const other = platform === 'instagram' ? null : await joined(platform);
    scene.app.clock.advance(seconds - 20);
    await look();
    expect(reads()).toBe(before + 1);
    scene.app.clock.advance(120);
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'effective' }]);
    expect(reads()).toBeGreaterThan(before + 1);
    expect(other ? await kept(other.participationId) : []).toEqual([]);
  });

  it('no budget is overrun, however many ask at once', async () => {
    const { connectionId } = await joined('tiktok');
    const ends = new Date(scene.app.clock.now().getTime() + 3_600_000);
    await scene.app.db.query('INSERT INTO call_budgets (scope, window_ends_at, used) VALUES ($1, $2, 180)', [
      connectionId,
      ends,
    ]);
    const before = reads();
    await look();
    expect(reads()).toBe(before);
    scene.app.clock.set(new Date(ends.getTime() + 1_000));
    await look();
    expect(reads()).toBe(before + 1);
  });

  it('of several who look at once, one does', async () => {
    const { account, participationId } = await joined('tiktok');
    account.posts.unshift(post('tiktok'));
    const before = reads();
    await Promise.all([look(), look(), look()]);
    expect(reads()).toBe(before + 1);
    expect(await kept(participationId)).toHaveLength(1);
  });
});

describe('E06 an account whose token is not taken', () => {
  it.each(PLATFORMS.filter((platform) => platform !== 'instagram'))(
    '%s: is read with a fresh one in the same look',
    async (platform) => {
      const { account, participationId } = await joined(platform);
      account.posts.unshift(post(platform));
      scene.platforms.revoke();
      await look();
      expect(await kept(participationId)).toHaveLength(1);
    },
  );

  it.each(PLATFORMS)('%s: that is not renewed either needs to be connected again', async (platform) => {
    const { account, participationId, connectionId } = await joined(platform);
    account.posts.unshift(post(platform));
    scene.platforms.revoke(true);
    await look();
    const connections = await scene.connections(creator);
    expect(connections.find(({ id }) => id === connectionId)?.state).toBe('reconnect_needed');
    expect(await kept(participationId)).toEqual([]);
    const before = scene.platforms.requests.length;
    minutes(15);
    await look();
    expect(scene.platforms.requests).toHaveLength(before);

    await scene.connect(await creator.signInAgain(), account);
    minutes(15);
    await look();
    expect(await kept(participationId)).toMatchObject([{ state: 'effective' }]);
  });

  it('one that was disconnected is not read', async () => {
    const { account, participationId, connectionId } = await joined('tiktok');
    account.posts.unshift(post('tiktok'));
    body(await creator.delete(`partner/social-accounts/connections/${connectionId}`), 200);
    const before = reads();
    await look();
    expect(reads()).toBe(before);
    expect(await kept(participationId)).toEqual([]);
  });
});
