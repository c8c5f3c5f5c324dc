import { describe, expect, it } from 'vitest';
import { isTag, missingTags, normaliseTag, postFault } from './post-check.js';
import { counts, nextPostState, POST_ACTIONS, POST_FAULTS, POST_STATES } from './post-state.js';
import { postOfUrl } from './post-url.js';

/** What becomes of a post while the campaign runs, faultless: – where the action is refused. */
const TABLE = {
  joined: 'pass: effective, fail: warning, approve: –, reject: ineffective, settle: –',
  effective: 'pass: effective, fail: warning, approve: approved, reject: ineffective, settle: approved',
  warning: 'pass: effective, fail: warning, approve: approved, reject: ineffective, settle: –',
  approved: 'pass: approved, fail: approved, approve: –, reject: ineffective, settle: –',
  ineffective: 'pass: ineffective, fail: ineffective, approve: approved, reject: –, settle: –',
};

describe('E07 the life of a post', () => {
  it.each(POST_STATES)('%s: every action', (state) => {
    const row = POST_ACTIONS.map(
      (action) => `${action}: ${nextPostState(state, action, { fault: null, over: false }) ?? '–'}`,
    );
    expect(row.join(', ')).toBe(TABLE[state]);
  });

  it('makes a decision final when the campaign is over', () => {
    const over = { fault: null, over: true };
    expect(nextPostState('approved', 'reject', over)).toBeNull();
    expect(nextPostState('ineffective', 'approve', over)).toBeNull();
    expect(nextPostState('effective', 'reject', over)).toBe('ineffective');
    expect(nextPostState('effective', 'approve', over)).toBe('approved');
  });

  it('lets a brand overlook a missing tag and the period, and nothing else', () => {
    const approvable = POST_FAULTS.filter((fault) =>
      nextPostState('warning', 'approve', { fault, over: true }),
    );
    expect(approvable).toEqual(['OUTSIDE_PERIOD', 'MISSING_TAG']);
  });

  it('pays for what is effective or approved', () => {
    expect(POST_STATES.filter(counts)).toEqual(['effective', 'approved']);
  });
});

describe('E06 whether a post counts', () => {
  const terms = {
    postingFrom: new Date('2026-11-10T00:00:00Z'),
    postingUntil: new Date('2026-11-20T00:00:00Z'),
    requiredTags: ['#luckyfox', '@fox.official'],
    platformUserId: 'user-1',
    suspended: false,
  };
  const post = {
    publishedAt: new Date('2026-11-12T10:00:00Z'),
    authorPlatformId: 'user-1',
    text: 'Rain outside, #LuckyFox inside. With @Fox.Official.',
  };

  it('counts within the period, by the joined account, with the tags', () => {
    expect(postFault(post, terms)).toBeNull();
  });

  it.each([
    ['2026-11-09T23:59:59.999Z', 'OUTSIDE_PERIOD'],
    ['2026-11-10T00:00:00.000Z', null],
    ['2026-11-19T23:59:59.999Z', null],
    ['2026-11-20T00:00:00.000Z', 'OUTSIDE_PERIOD'],
  ])('published at %s: %s', (at, fault) => {
    expect(postFault({ ...post, publishedAt: new Date(at) }, terms)).toBe(fault);
  });

  it('says so when it is by another account, or lacks a tag', () => {
    expect(postFault({ ...post, authorPlatformId: 'user-2' }, terms)).toBe('WRONG_ACCOUNT');
    expect(postFault({ ...post, text: '#luckyfox' }, terms)).toBe('MISSING_TAG');
  });

  it('says that its creator was suspended before what a brand may overlook', () => {
    const suspended = { ...terms, suspended: true };
    expect(postFault(post, suspended)).toBe('SUSPENDED');
    expect(postFault({ ...post, text: '', publishedAt: new Date(0) }, suspended)).toBe('SUSPENDED');
  });

  it('finds tags as whole words, in any case and width', () => {
    const missing = (text: string) => missingTags(text, ['#luckyfox']);
    for (const text of [
      '#luckyfox',
      'so #LUCKYFOX!',
      '#ＬｕｃｋｙＦｏｘ',
      '＃luckyfox',
      '(#luckyfox)',
      '#a#luckyfox.',
    ])
      expect(missing(text)).toEqual([]);
    for (const text of ['', 'luckyfox', '#luckyfox2', '#lucky fox', '@luckyfox', '#luckyfoxé'])
      expect(missing(text)).toEqual(['#luckyfox']);
  });

  it('knows what a tag can be', () => {
    expect(['#Fox', 'fox ', '@fox.tail', '#冬の狐', '#100_days'].map(normaliseTag).every(isTag)).toBe(true);
    expect(['#', '', '#two words', '##fox', '#fox!', '#fox.', '#<b>'].map(normaliseTag).some(isTag)).toBe(
      false,
    );
  });
});

describe('E06 addresses of posts', () => {
  it.each([
    ['https://www.instagram.com/p/C8x_Yz-12Ab/', 'instagram', 'C8x_Yz-12Ab'],
    ['instagram.com/reel/C8x_Yz-12Ab/?igsh=abc', 'instagram', 'C8x_Yz-12Ab'],
    ['http://m.instagram.com/ann.reviews/reels/C8x_Yz-12Ab#top', 'instagram', 'C8x_Yz-12Ab'],
    ['https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10', 'youtube', 'dQw4w9WgXcQ'],
    ['https://youtu.be/dQw4w9WgXcQ?si=x', 'youtube', 'dQw4w9WgXcQ'],
    ['https://m.youtube.com/shorts/dQw4w9WgXcQ', 'youtube', 'dQw4w9WgXcQ'],
    ['https://WWW.TikTok.com/@ann/video/7301234567890123456?lang=en', 'tiktok', '7301234567890123456'],
    [' https://www.tiktok.com/@ann/photo/7301234567890123456 ', 'tiktok', '7301234567890123456'],
  ])('%s is a post at %s', (text, platform, postId) => {
    const post = postOfUrl(text);
    expect(post).toMatchObject({ platform, postId });
    expect(postOfUrl(post!.url)).toEqual(post);
  });

  it.each([
    'https://instagram.com.evil.example/p/C8x_Yz-12Ab/',
    'https://evil.example/?u=https://www.instagram.com/p/C8x_Yz-12Ab/',
    'https://user:pass@www.instagram.com/p/C8x_Yz-12Ab/',
    'https://www.instagram.com:8443/p/C8x_Yz-12Ab/',
    'https://www.instagram.com/ann.reviews/',
    'https://www.youtube.com/watch?v=short',
    'https://www.youtube.com/@ann',
    'https://vm.tiktok.com/ZMabc/',
    'javascript:alert(1)//www.instagram.com/p/C8x_Yz-12Ab/',
    'file://www.instagram.com/p/C8x_Yz-12Ab/',
    '',
    'nonsense',
  ])('%s is none', (text) => expect(postOfUrl(text)).toBeNull());
});
