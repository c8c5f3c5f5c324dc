import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactCount, metricsOf } from './found-post.js';
import {
  instagramFault,
  instagramInsights,
  instagramPosts,
  instagramProfile,
  instagramShortToken,
  instagramWait,
} from './instagram-answers.js';
import { refreshAt, retryAt } from './refresh-times.js';
import { tiktokFault, tiktokPosts, tiktokTokenFault, tiktokTokens } from './tiktok-answers.js';
import {
  youtubeFault,
  youtubePosts,
  youtubeProfile,
  youtubeTokens,
  youtubeUploads,
} from './youtube-answers.js';

const NOW = new Date('2026-11-02T09:00:00Z');
const OK = { code: 'ok', message: '', log_id: '1' };

describe('E06 counts as platforms write them', () => {
  it('are read exactly, as number or text', () => {
    for (const [given, read] of [
      [0, 0],
      ['0', 0],
      ['9007199254740', 9_007_199_254_740],
      [12, 12],
    ]) {
      expect(exactCount(given)).toBe(read);
    }
  });

  it.each([
    undefined,
    null,
    '',
    ' 1',
    '1.5',
    '1e3',
    '-1',
    '٣',
    '12K',
    '9'.repeat(16),
    -1,
    1.5,
    NaN,
    2 ** 53,
    [],
    {},
    true,
  ])('%j is none, which is not 0', (given) => {
    expect(exactCount(given)).toBeUndefined();
    expect(metricsOf({ view: given })).toEqual({});
  });

  it('any whole number survives as text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_999_999 }),
        (count) => exactCount(String(count)) === count,
      ),
      { numRuns: 40 },
    );
  });
});

describe('E06 answers of TikTok', () => {
  const video = {
    id: '7301234567890123456',
    create_time: 1_793_610_000,
    share_url: 'https://www.tiktok.com/@ann.reviews/video/7301234567890123456?utm_source=tt',
    title: 'Try it #autumn',
    video_description: 'Try it #autumn',
    like_count: 12,
    comment_count: 3,
    view_count: '4500',
  };

  it('give posts: text once, counts that are there, the address in its one spelling', () => {
    expect(tiktokPosts({ data: { videos: [video] }, error: OK }, 'open-1')).toEqual([
      {
        platformPostId: '7301234567890123456',
        url: 'https://www.tiktok.com/@/video/7301234567890123456',
        publishedAt: new Date(1_793_610_000_000),
        authorPlatformId: 'open-1',
        text: 'Try it #autumn',
        metrics: { like: 12, comment: 3, view: 4_500 },
      },
    ]);
  });

  it.each(['id', 'create_time', 'share_url'])('leave out a post without %s', (name) => {
    expect(tiktokPosts({ data: { videos: [{ ...video, [name]: undefined }, video] } }, 'a')).toHaveLength(1);
  });

  it.each<[number, object | null, string | null]>([
    [200, { data: {}, error: OK }, null],
    [200, null, 'no_answer'],
    [200, {}, 'no_answer'],
    [401, { error: { code: 'access_token_invalid' } }, 'token'],
    [401, { error: { code: 'scope_not_authorized' } }, 'revoked'],
    [429, { error: { code: 'rate_limit_exceeded' } }, 'busy'],
    [429, null, 'busy'],
    [400, { error: { code: 'invalid_params' } }, 'refused'],
    [500, { error: { code: 'internal_error' } }, 'no_answer'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(tiktokFault(status, body)?.kind ?? null).toBe(kind);
  });

  it('tell of tokens, and of errors with 200', () => {
    const tokens = {
      access_token: 'a',
      refresh_token: 'r',
      expires_in: 7_200,
      scope: 'user.info.basic,video.list',
    };
    expect(tiktokTokens(tokens, NOW)).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresAt: new Date('2026-11-02T11:00:00Z'),
      scopes: ['user.info.basic', 'video.list'],
    });
    expect(tiktokTokens({ ...tokens, refresh_token: '' }, NOW)).toBeNull();
    expect(tiktokTokenFault(200, tokens)).toBeNull();
    expect(tiktokTokenFault(200, { error: 'invalid_grant' })?.kind).toBe('revoked');
    // What is wrong with the program's own credentials is no creator's fault.
    expect(tiktokTokenFault(401, { error: 'invalid_client' })?.kind).toBe('no_answer');
  });
});

describe('E06 answers of YouTube', () => {
  const video = {
    id: 'dQw4w9WgXcQ',
    snippet: {
      publishedAt: '2026-11-01T10:00:00Z',
      channelId: 'UC1',
      title: 'Unboxing',
      description: 'With @brand',
      tags: ['autumn sale'],
    },
    statistics: { viewCount: '123456', likeCount: '99', favoriteCount: '0' },
  };

  it('give posts: counts are texts, hidden ones are missing, tags belong to the text', () => {
    expect(youtubePosts({ items: [video, { id: 'gone' }] })).toEqual([
      {
        platformPostId: 'dQw4w9WgXcQ',
        url: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
        publishedAt: new Date('2026-11-01T10:00:00Z'),
        authorPlatformId: 'UC1',
        text: 'Unboxing\nWith @brand\n#autumnsale',
        metrics: { view: 123_456, like: 99 },
      },
    ]);
  });

  it('give a channel, with hidden subscribers as unknown, and none without a handle', () => {
    const channel = {
      id: 'UC1',
      snippet: { customUrl: '@ann' },
      contentDetails: { relatedPlaylists: { uploads: 'UU1' } },
      statistics: { subscriberCount: '1200', hiddenSubscriberCount: false },
    };
    expect(youtubeProfile({ items: [channel] })).toEqual({
      platformUserId: 'UC1',
      handle: '@ann',
      followers: 1_200,
      feed: 'UU1',
    });
    const statistics = { subscriberCount: '0', hiddenSubscriberCount: true };
    expect(youtubeProfile({ items: [{ ...channel, statistics }] })?.followers).toBeNull();
    expect(youtubeProfile({ items: [] })).toBeNull();
    expect(youtubeProfile({ items: [{ ...channel, snippet: {} }] })).toBeNull();
  });

  it('keep the refresh token that Google gave the first time', () => {
    const answer = { access_token: 'a', expires_in: 3_599, scope: 'x y' };
    expect(youtubeTokens(answer, 'known', NOW)).toMatchObject({ refreshToken: 'known', scopes: ['x', 'y'] });
    expect(youtubeTokens(answer, null, NOW)).toBeNull();
  });

  it('list uploads; what is not published has no time', () => {
    const items = [
      { contentDetails: { videoId: 'a', videoPublishedAt: '2026-11-01T10:00:00Z' } },
      { contentDetails: { videoId: 'b' } },
      {},
    ];
    expect(youtubeUploads({ items }).map(({ publishedAt }) => publishedAt)).toEqual([
      new Date('2026-11-01T10:00:00Z'),
      null,
    ]);
  });

  it.each<[number, object | null, string | null]>([
    [200, { items: [] }, null],
    [200, null, 'no_answer'],
    [401, { error: { errors: [{ reason: 'authError' }] } }, 'token'],
    [403, { error: { errors: [{ reason: 'quotaExceeded' }] } }, 'busy'],
    [403, { error: { errors: [{ reason: 'rateLimitExceeded' }] } }, 'busy'],
    [403, { error: { errors: [{ reason: 'insufficientPermissions' }] } }, 'revoked'],
    [404, { error: { errors: [{ reason: 'playlistNotFound' }] } }, 'refused'],
    [503, null, 'no_answer'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(youtubeFault(status, body)?.kind ?? null).toBe(kind);
  });
});

describe('E06 answers of Instagram', () => {
  const medium = {
    id: '18000000000000001',
    caption: 'Try it #autumn',
    media_product_type: 'REELS',
    permalink: 'https://www.instagram.com/reel/Cabc123DEF_/',
    timestamp: '2026-11-01T10:00:00+0000',
    like_count: 5,
  };

  it('give posts, with hidden counts missing', () => {
    expect(instagramPosts({ data: [medium, { id: '1' }] }, '17841')).toEqual([
      {
        post: {
          platformPostId: '18000000000000001',
          url: 'https://www.instagram.com/p/Cabc123DEF_/',
          publishedAt: new Date('2026-11-01T10:00:00Z'),
          authorPlatformId: '17841',
          text: 'Try it #autumn',
          metrics: { like: 5 },
        },
        insights: ['views', 'shares'],
      },
    ]);
  });

  it('give insights; an empty set tells nothing, which is not 0', () => {
    const data = [
      { name: 'views', period: 'lifetime', values: [{ value: 700 }] },
      { name: 'shares', period: 'lifetime', total_value: { value: 4 } },
    ];
    expect(instagramInsights({ data })).toEqual({ view: 700, share: 4 });
    expect(instagramInsights({ data: [] })).toEqual({});
  });

  it('name the account in a list or as it is; not by a number, which loses its last digits', () => {
    const account = { user_id: '17841405822304914', username: 'ann', followers_count: 10 };
    for (const body of [account, { data: [account] }])
      expect(instagramProfile(body)).toMatchObject({ platformUserId: '17841405822304914', handle: 'ann' });
    expect(instagramProfile({ ...account, user_id: 17841405822304914 })).toBeNull();
  });

  it('give the first token with its permissions, as text or list', () => {
    const grant = { access_token: 'a', user_id: '1', permissions: 'one,two' };
    expect(instagramShortToken({ data: [grant] })).toEqual({ accessToken: 'a', scopes: ['one', 'two'] });
    expect(instagramShortToken({ ...grant, permissions: ['one'] })?.scopes).toEqual(['one']);
    expect(instagramShortToken({})).toBeNull();
  });

  it('say when the account may be asked again', () => {
    const usage = { '17841': [{ call_count: 100, type: 'instagram', estimated_time_to_regain_access: 12 }] };
    expect(instagramWait(JSON.stringify(usage))).toBe(720);
    for (const header of [undefined, '', '{', '[]', '{"a":1}', 'null'])
      expect(instagramWait(header)).toBeUndefined();
  });

  it.each<[number, object | null, string | null]>([
    [200, { data: [] }, null],
    [200, null, 'no_answer'],
    [400, { error: { code: 190 } }, 'token'],
    [400, { error: { code: 100 } }, 'refused'],
    [400, { error: { code: 10 } }, 'refused'],
    [403, { error: { code: 4 } }, 'busy'],
    [400, { error: { code: 80002 } }, 'busy'],
    [500, { error: { code: 2 } }, 'no_answer'],
    [502, null, 'no_answer'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(instagramFault(status, body)?.kind ?? null).toBe(kind);
  });
});

describe('E05 when tokens are renewed', () => {
  it.each([
    ['2026-11-02T11:00:00Z', '2026-11-02T10:30:00.000Z'],
    ['2027-01-01T09:00:00Z', '2026-12-22T09:00:00.000Z'],
    ['2026-11-01T09:00:00Z', '2026-11-01T09:00:00.000Z'],
  ])('one that ends at %s: at %s', (end, at) => {
    expect(refreshAt(NOW, new Date(end)).toISOString()).toBe(at);
  });

  it('after a fault, ever later, within an hour', () => {
    const waits = [0, 1, 5, 6, 1_000].map(
      (failures) => (retryAt(NOW, failures).getTime() - NOW.getTime()) / 1_000,
    );
    expect(waits).toEqual([60, 120, 1_920, 3_600, 3_600]);
  });
});
