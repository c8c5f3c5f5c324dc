import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Jobs, UnitOfWork } from '../../../src/platform/index.js';
import { REVOCATION_JOB } from '../../../src/public-campaigns/social/account-tokens.service.js';
import { ConnectedAccounts } from '../../../src/public-campaigns/social/connected-accounts.service.js';
import { TokenRefresh } from '../../../src/public-campaigns/social/token-refresh.service.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type SocialPlatform, TOKEN_SECONDS } from '../../support/social-platforms.js';
import { codeOf } from '../identity/scene.js';
import { FRONTEND, SocialScene } from './social-scene.js';

const PLATFORMS: SocialPlatform[] = ['instagram', 'youtube', 'tiktok'];
let scene: SocialScene;

beforeAll(async () => {
  scene = await SocialScene.open();
});
afterEach(() => scene.platforms.answerInstead(null));
afterAll(() => scene.close());

const refresh = () => scene.app.app.get(TokenRefresh).work();
const only = async (who: Person) => (await scene.connections(who))[0]!;

/** Comes back from the platform with what the person there did, and gives status and code of the refusal. */
async function refusal(
  who: Person,
  platform: SocialPlatform,
  query: (url: string) => string,
): Promise<string> {
  const { url, cookie } = await scene.begin(who, platform);
  return codeOf(await scene.back(platform, query(url), cookie));
}

describe('E05 a creator connects an account', () => {
  it.each(PLATFORMS)('at %s: by its own way, with the tokens encrypted', async (platform) => {
    const ann = await scene.creator();
    const account = scene.platforms.account(platform, `Ann.${platform}`);
    const { url, cookie } = await scene.begin(ann, platform);
    const asked = new URL(url).searchParams;
    expect(asked.get('redirect_uri')).toMatch(new RegExp(`/api/v1/social-accounts/${platform}/callback$`));
    // PKCE where the platform has it.
    expect(asked.get('code_challenge_method')).toBe(platform === 'youtube' ? 'S256' : null);

    const page = await scene.back(platform, scene.platforms.agree(url, account), cookie);
    expect(page.status, page.text).toBe(302);
    const { pathname, search } = new URL(page.headers['location'] as string);
    const end = await scene.app.http.get(pathname + search);
    expect(end.text).toContain('is connected');
    expect(await only(ann)).toEqual({
      id: expect.any(String),
      platform,
      handle: `ann.${platform}`,
      followers: 1_200,
      state: 'connected',
      tokenExpiresAt: expect.any(String),
      connectedAt: scene.app.clock.now().toISOString(),
      socialAccountId: null,
    });
    const stored = JSON.stringify(await scene.app.db.query('SELECT * FROM connected_accounts'));
    expect(stored).not.toMatch(/at-|rt-/);
  });

  it('with the state of the browser that began, once, for ten minutes', async () => {
    const [ann, bob] = [await scene.creator(), await scene.creator()];
    const account = scene.platforms.account('tiktok', 'ann.state');
    const begun = await scene.begin(ann, 'tiktok');
    const others = await scene.begin(bob, 'tiktok');
    const query = scene.platforms.agree(begun.url, account);
    for (const cookie of ['', 'social=x', others.cookie])
      expect(codeOf(await scene.back('tiktok', query, cookie))).toBe('422 AUTHORIZATION_UNKNOWN');
    expect(codeOf(await scene.back('youtube', query, begun.cookie))).toBe('422 AUTHORIZATION_UNKNOWN');
    body(await scene.back('tiktok', query, begun.cookie), 302);
    expect(codeOf(await scene.back('tiktok', query, begun.cookie))).toBe('422 AUTHORIZATION_UNKNOWN');
    expect(await scene.connections(bob)).toEqual([]);

    scene.app.clock.advance(600);
    const late = scene.platforms.agree(others.url, account);
    expect(codeOf(await scene.back('tiktok', late, others.cookie))).toBe('422 AUTHORIZATION_UNKNOWN');
    expect((await scene.back('tiktok', 'state', '')).status).toBe(422);
    expect(codeOf(await scene.back('myspace' as SocialPlatform, query, ''))).toMatch(/^404/);
  });

  it('not when the person declines, agrees to less, has no account there, or the code is forged', async () => {
    const ann = await (await scene.creator()).signInAgain();
    const channel = scene.platforms.account('youtube', 'ann.less');
    const state = (url: string) => `state=${new URL(url).searchParams.get('state')}`;
    const { agree } = scene.platforms;
    expect(await refusal(ann, 'tiktok', (url) => `${state(url)}&error=access_denied`)).toBe(
      '403 AUTHORIZATION_DECLINED',
    );
    expect(await refusal(ann, 'tiktok', (url) => `${state(url)}&code=forged`)).toBe(
      '422 AUTHORIZATION_REFUSED',
    );
    expect(await refusal(ann, 'instagram', (url) => `${state(url)}&code=forged`)).toBe(
      '422 AUTHORIZATION_REFUSED',
    );
    expect(
      await refusal(ann, 'youtube', (url) => agree.call(scene.platforms, url, channel, ['openid'])),
    ).toBe('422 SCOPE_MISSING');
    scene.platforms.answerInstead(({ path }) =>
      path === '/youtube/v3/channels' ? { status: 200, body: '{"items":[]}' } : null,
    );
    expect(await refusal(ann, 'youtube', (url) => agree.call(scene.platforms, url, channel))).toBe(
      '422 NO_ACCOUNT_AT_PLATFORM',
    );
    expect(await scene.connections(ann)).toEqual([]);
  });

  it.each<[string, 'hang' | 'reset' | { status: number; body?: string }]>([
    ['silence', 'hang'],
    ['a cut connection', 'reset'],
    ['a fault of its own', { status: 500, body: 'oops' }],
    ['garbage', { status: 200, body: '<html>' }],
    ['too many calls', { status: 429, body: '{}' }],
  ])('not when the platform answers with %s: 503', async (_, answer) => {
    const ann = await scene.creator();
    for (const platform of PLATFORMS) {
      const account = scene.platforms.account(platform, 'nobody');
      scene.platforms.answerInstead(() => answer);
      expect(await refusal(ann, platform, (url) => scene.platforms.agree(url, account))).toBe(
        '503 PLATFORM_UNAVAILABLE',
      );
      scene.platforms.answerInstead(null);
    }
    expect(await scene.connections(ann)).toEqual([]);
  });

  it('and comes back to the frontend with what came of it; only to one that the program knows', async () => {
    const ann = await scene.creator();
    const account = scene.platforms.account('tiktok', 'ann.front');
    const unknown = { platform: 'tiktok', returnTo: 'https://evil.example/' };
    expect(codeOf(await ann.post('partner/social-accounts/connect', unknown))).toBe('422 VALIDATION_FAILED');

    const first = await scene.begin(ann, 'tiktok', { returnTo: FRONTEND });
    const declined = await scene.back(
      'tiktok',
      `state=${new URL(first.url).searchParams.get('state')}&error=access_denied`,
      first.cookie,
    );
    expect(declined.status).toBe(302);
    expect(declined.headers['location']).toBe(`${FRONTEND}?error=authorization_declined`);
    const { url, cookie } = await scene.begin(ann, 'tiktok', { returnTo: FRONTEND });
    const done = await scene.back('tiktok', scene.platforms.agree(url, account), cookie);
    expect(done.headers['location']).toBe(`${FRONTEND}?connected=${(await only(ann)).id}`);
  });

  it('is one partner’s at a time; the same one connects it again under its id', async () => {
    const [ann, bob] = [await scene.creator(), await scene.creator()];
    const account = scene.platforms.account('instagram', 'ann.once');
    const { id } = await scene.connect(ann, account);
    expect(await refusal(bob, 'instagram', (url) => scene.platforms.agree(url, account))).toBe(
      '409 SOCIAL_ACCOUNT_TAKEN',
    );
    expect((await scene.connect(ann, account)).id).toBe(id);
    expect(await scene.connections(ann)).toHaveLength(1);

    // Another tenant's, and one that is not there: 404 both.
    expect(codeOf(await bob.delete(`partner/social-accounts/connections/${id}`))).toBe('404 NOT_FOUND');
    body(await ann.delete(`partner/social-accounts/connections/${id}`), 200);
    await scene.connect(bob, account);
    expect(await refusal(ann, 'instagram', (url) => scene.platforms.agree(url, account))).toBe(
      '409 SOCIAL_ACCOUNT_TAKEN',
    );
  });

  it('of two who come back at once, one gets it', async () => {
    const creators = [await scene.creator(), await scene.creator(), await scene.creator()];
    const account = scene.platforms.account('tiktok', 'ann.race');
    const ways = await Promise.all(creators.map((who) => scene.begin(who, 'tiktok')));
    const answers = await Promise.all(
      ways.map(({ url, cookie }) => scene.back('tiktok', scene.platforms.agree(url, account), cookie)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 409, 409]);
  });

  it('only at a platform where the program has an application', async () => {
    const ann = await scene.creator();
    expect(codeOf(await ann.post('partner/social-accounts/connect', { platform: 'myspace' }))).toMatch(/^4/);
    const { platforms } = body<{ platforms: string[] }>(await ann.get('partner/social-accounts'), 200);
    expect(platforms).toEqual(PLATFORMS);
  });
});

describe('T08 the account that a creator signed up with', () => {
  it('is shown beside the one it connected, and once verified is the one to connect', async () => {
    const ann = await scene.creator({ socialAccount: { platform: 'tiktok', handle: '@Ann.Own' } });
    const { items } = body<{ items: [{ id: string }] }>(await ann.get('partner/social-accounts'), 200);
    const { id } = items[0];
    const own = scene.platforms.account('tiktok', 'ann.own');
    const other = scene.platforms.account('tiktok', 'ann.other');
    // Not verified yet: nobody knows whose it is.
    await scene.connect(ann, other);
    const asked = await ann.post(`partner/social-accounts/${id}/verification`);
    const { code } = body<{ code: string }>(asked, 200);
    body(await scene.operator.post(`operator/social-accounts/${id}/verify`, { code }), 200);

    expect(await refusal(ann, 'tiktok', (url) => scene.platforms.agree(url, other))).toBe(
      '422 OTHER_ACCOUNT_VERIFIED',
    );
    expect((await scene.connect(ann, own)).socialAccountId).toBe(id);
    const bob = await scene.creator();
    body(
      await ann.delete(`partner/social-accounts/connections/${(await scene.connections(ann))[1]!.id}`),
      200,
    );
    expect(await refusal(bob, 'tiktok', (url) => scene.platforms.agree(url, own))).toBe(
      '409 SOCIAL_ACCOUNT_TAKEN',
    );
  });
});

/** As the program keeps it: access tokens of people end before those of platforms. */
async function kept(id: string): Promise<{ state: string; tokenExpiresAt: Date }> {
  const [account] = await scene.app.db.query<[{ state: string; tokenExpiresAt: Date }]>(
    'SELECT state, token_expires_at AS "tokenExpiresAt" FROM connected_accounts WHERE id = $1',
    [id],
  );
  return account;
}

describe('E05 a connected account stays readable', () => {
  // Nobody else's tokens are due.
  beforeEach(() =>
    scene.app.db.query(
      `UPDATE connected_accounts SET state = 'disconnected', sealed_tokens = NULL, token_expires_at = NULL,
              refresh_at = NULL`,
    ),
  );

  it.each(PLATFORMS)('its tokens at %s are renewed before they end, again and again', async (platform) => {
    const { id } = await scene.connect(
      await scene.creator(),
      scene.platforms.account(platform, `renew.${platform}`),
    );
    for (let round = 0; round < 3; round += 1) {
      const before = await kept(id);
      scene.app.clock.advance(TOKEN_SECONDS[platform] * 0.9);
      await refresh();
      const after = await kept(id);
      expect(after.state).toBe('connected');
      expect(after.tokenExpiresAt.getTime()).toBeGreaterThan(before.tokenExpiresAt.getTime());
    }
  });

  it('a fault of the platform is outlived: it is tried again, ever later', async () => {
    const { id } = await scene.connect(
      await scene.creator(),
      scene.platforms.account('tiktok', 'ann.faults'),
    );
    scene.app.clock.advance(TOKEN_SECONDS.tiktok * 0.8);
    for (const answer of [
      'hang',
      'reset',
      { status: 500 },
      { status: 429 },
      { status: 200, body: '?' },
    ] as const) {
      scene.platforms.answerInstead(() => answer);
      await refresh();
      const asked = scene.platforms.requests.length;
      await refresh();
      expect(scene.platforms.requests).toHaveLength(asked);
      expect(await kept(id)).toMatchObject({ state: 'connected' });
      scene.app.clock.advance(3_600);
    }
    scene.platforms.answerInstead(null);
    await refresh();
    expect((await kept(id)).tokenExpiresAt.getTime()).toBeGreaterThan(scene.app.clock.now().getTime());
  });

  it('of many who renew at once one does: a refresh token is good for one use', async () => {
    const { id } = await scene.connect(
      await scene.creator(),
      scene.platforms.account('tiktok', 'ann.parallel'),
    );
    scene.app.clock.advance(TOKEN_SECONDS.tiktok * 0.9);
    const before = scene.platforms.count('/v2/oauth/token/');
    await Promise.all([refresh(), refresh(), refresh(), refresh()]);
    expect(scene.platforms.count('/v2/oauth/token/')).toBe(before + 1);
    expect(await kept(id)).toMatchObject({ state: 'connected' });
  });

  it.each(PLATFORMS)(
    '%s renews no more: reconnect needed, told by event and mail, and live after it',
    async (platform) => {
      const ann = await scene.creator();
      const account = scene.platforms.account(platform, `lost.${platform}`);
      const { id } = await scene.connect(ann, account);
      scene.platforms.revoke(true);
      scene.app.clock.advance(TOKEN_SECONDS[platform] * 0.9);
      await refresh();
      const again = await ann.signInAgain();
      expect(await only(again)).toMatchObject({ id, state: 'reconnect_needed', tokenExpiresAt: null });
      const mails = await scene.app.mailbox(ann.email);
      expect(mails.filter(({ subject }) => /^Connect your account at \w+ again$/.test(subject))).toHaveLength(
        1,
      );
      await outboxDelivered(scene.app);
      const events = await again.get('partner/events?type=social_account_reconnect_needed');
      expect(body<{ items: object[] }>(events, 200).items).toMatchObject([
        { subjectId: id, actor: { kind: 'system' } },
      ]);

      expect(await scene.connect(again, account)).toMatchObject({ id, state: 'connected' });
    },
  );
});

describe('E05 a creator disconnects an account', () => {
  it('its tokens are gone at once, and are given back to the platform', async () => {
    const ann = await scene.creator();
    const account = scene.platforms.account('tiktok', 'ann.leaves');
    const { id } = await scene.connect(ann, account);
    expect(scene.platforms.knows(account)).toBe(true);
    const revoked = scene.platforms.revocation();
    const left = body(await ann.delete(`partner/social-accounts/connections/${id}`), 200);
    expect(left).toMatchObject({ connections: [{ id, state: 'disconnected', tokenExpiresAt: null }] });
    await revoked;
    expect(scene.platforms.knows(account)).toBe(false);
    // Again changes nothing.
    body(await ann.delete(`partner/social-accounts/connections/${id}`), 200);
    const accounts = scene.app.app.get(ConnectedAccounts);
    const [kept] = await scene.app.db.query<{ partner_id: string }[]>(
      'SELECT partner_id FROM connected_accounts WHERE id = $1 AND sealed_tokens IS NULL',
      [id],
    );
    expect(await accounts.listOf(scene.app.db, kept!.partner_id)).toMatchObject([
      { id, state: 'disconnected' },
    ]);
  });

  it('tokens of before are not given back once it is connected again: platforms would take the new ones as well', async () => {
    const account = scene.platforms.account('tiktok', 'ann.returns');
    const { id } = await scene.connect(await scene.creator(), account);
    const { app, db } = scene.app;
    const [revocation] = await db.query<[object]>(
      `SELECT platform, platform_user_id AS "platformUserId", sealed_tokens AS "sealedTokens"
         FROM connected_accounts WHERE id = $1`,
      [id],
    );
    await app.get(UnitOfWork).run((tx) => app.get(Jobs).send(tx, REVOCATION_JOB, revocation));
    const ended = `SELECT FROM pgboss.job WHERE name = $1 AND state = 'completed' AND data ->> 'platformUserId' = $2`;
    await expect.poll(() => db.query(ended, [REVOCATION_JOB, account.id])).toHaveLength(1);
    expect(scene.platforms.knows(account)).toBe(true);
  });
});
