import type { SinkAnswer, SinkRequest } from '../sink-server.js';
import { type Granted, json, type SocialAccount, type World } from './world.js';

const OK = { code: 'ok', message: '', log_id: '20261102' };

/** TikTok: Login Kit tokens, user info, video list and query. */
export function tiktokAnswer(world: World, { path, headers, query, body }: SinkRequest): SinkAnswer {
  if (path.startsWith('/v2/oauth/')) return oauth(world, path, new URLSearchParams(body));
  const granted = world.grantOf((headers.authorization ?? '').replace('Bearer ', ''));
  if (!granted) return fault(401, 'access_token_invalid');
  const { account, scopes } = granted;
  if (path === '/v2/user/info/') {
    const user = { open_id: account.id, username: account.handle, follower_count: account.followers };
    return json(200, { data: { user }, error: OK });
  }
  if (!scopes.includes('video.list')) return fault(401, 'scope_not_authorized');
  if (!query.get('fields')?.includes('share_url')) return fault(400, 'invalid_params');
  const asked = JSON.parse(body) as {
    cursor?: number;
    max_count?: number;
    filters?: { video_ids: string[] };
  };
  return path === '/v2/video/query/' ? found(account, asked.filters!.video_ids) : list(account, asked);
}

function oauth(world: World, path: string, form: URLSearchParams): SinkAnswer {
  if (form.get('client_key') !== 'tiktok-client' || form.get('client_secret') !== 'tiktok-secret')
    return json(401, {
      error: 'invalid_client',
      error_description: 'Client key or secret is incorrect.',
      log_id: '1',
    });
  if (path === '/v2/oauth/revoke/') {
    world.forget(form.get('token') ?? '');
    return json(200, {});
  }
  const granted =
    form.get('grant_type') === 'refresh_token'
      ? world.useRefresh(form.get('refresh_token') ?? '', true)
      : world.redeem(form);
  // As TikTok does it: the error of an exchange comes with 200.
  if (!granted)
    return json(200, { error: 'invalid_grant', error_description: 'It is invalid or expired.', log_id: '2' });
  return tokens(world, granted);
}

function tokens(world: World, granted: Granted): SinkAnswer {
  const { access, refresh } = world.issue(granted);
  return json(200, {
    access_token: access,
    expires_in: 7_200,
    open_id: granted.account.id,
    refresh_expires_in: 15_552_000,
    refresh_token: refresh,
    scope: granted.scopes.join(','),
    token_type: 'Bearer',
  });
}

function list(account: SocialAccount, { cursor, max_count: count }: { cursor?: number; max_count?: number }) {
  const first = cursor ?? 0;
  const next = first + (count ?? 10);
  const videos = account.posts.slice(first, next).map((post) => video(account, post));
  return json(200, { data: { videos, cursor: next, has_more: next < account.posts.length }, error: OK });
}

function found(account: SocialAccount, ids: string[]): SinkAnswer {
  const videos = account.posts.filter(({ key }) => ids.includes(key)).map((post) => video(account, post));
  return json(200, { data: { videos }, error: OK });
}

function video({ handle }: SocialAccount, post: SocialAccount['posts'][number]): object {
  return {
    id: post.key,
    create_time: Date.parse(post.publishedAt) / 1_000,
    share_url: `https://www.tiktok.com/@${handle}/video/${post.key}?utm_campaign=client&utm_source=x`,
    title: post.text,
    video_description: post.text,
    like_count: post.likes,
    comment_count: post.comments,
    share_count: post.shares,
    view_count: post.views,
  };
}

function fault(status: number, code: string): SinkAnswer {
  return json(status, { error: { code, message: 'See the documentation.', log_id: '3' } });
}
