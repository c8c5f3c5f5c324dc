import type { SinkAnswer, SinkRequest } from '../sink-server.js';
import { json, type SocialAccount, type SocialPost, type World } from './world.js';

/** Instagram with Instagram Login: tokens of an hour and of sixty days, the account, its media and their insights. */
export function instagramAnswer(world: World, { path, query, body }: SinkRequest): SinkAnswer | null {
  if (path === '/oauth/access_token') return shortToken(world, new URLSearchParams(body));
  const granted = world.grantOf(query.get('access_token') ?? '');
  if (!granted) return fault(400, 190, 'OAuthException');
  const { account } = granted;
  if (path === '/access_token' || path === '/refresh_access_token') {
    if (path === '/access_token' && query.get('client_secret') !== 'instagram-secret')
      return fault(400, 101, 'OAuthException');
    const { access } = world.issue(granted);
    return json(200, { access_token: access, token_type: 'bearer', expires_in: 5_184_000 });
  }
  if (path === '/me')
    return json(200, {
      user_id: account.id,
      username: account.handle,
      followers_count: account.followers,
      id: '9',
    });
  if (path === '/me/media') return media(account, query);
  const [, id, edge] = path.split('/');
  const post = account.posts.find(({ key }) => idOf(key) === id);
  if (!post || edge !== 'insights') return fault(400, 100, 'IGApiException');
  return insights(post, query.get('metric')!.split(','));
}

function shortToken(world: World, form: URLSearchParams): SinkAnswer {
  const granted =
    form.get('client_id') === 'instagram-client' && form.get('client_secret') === 'instagram-secret'
      ? world.redeem(form)
      : null;
  if (!granted)
    return json(400, {
      error_type: 'OAuthException',
      code: 400,
      error_message: 'Invalid authorization code',
    });
  const { access } = world.issue(granted);
  const user = { access_token: access, user_id: granted.account.id, permissions: granted.scopes.join(',') };
  return json(200, { data: [user] });
}

function media({ posts }: SocialAccount, query: URLSearchParams): SinkAnswer {
  const first = Number(query.get('after') ?? '0');
  const next = first + Number(query.get('limit'));
  const cursors = { before: String(first), after: String(next) };
  const paging = next < posts.length ? { cursors, next: 'https://graph.instagram.com/next' } : { cursors };
  return json(200, { data: posts.slice(first, next).map(medium), paging });
}

function medium({ key, publishedAt, text, likes, comments }: SocialPost): object {
  return {
    id: idOf(key),
    caption: text,
    media_product_type: 'REELS',
    permalink: `https://www.instagram.com/reel/${key}/`,
    timestamp: publishedAt.replace(/(\.\d+)?Z$/, '+0000'),
    like_count: likes,
    comments_count: comments,
  };
}

/** What is not known yet is left out: of a new post the set is empty. */
function insights({ views, shares }: SocialPost, metrics: string[]): SinkAnswer {
  const known: Record<string, number | string | undefined> = { views, shares };
  const data = metrics
    .filter((name) => known[name] !== undefined)
    .map((name) => ({ name, period: 'lifetime', values: [{ value: known[name] }], title: name }));
  return json(200, { data });
}

/** Instagram's ids of posts are not those of their addresses. */
function idOf(key: string): string {
  return `1800${Buffer.from(key).toString('hex')}`;
}

function fault(status: number, code: number, type: string): SinkAnswer {
  return json(status, { error: { message: 'See the documentation.', type, code, fbtrace_id: 'A1' } });
}
