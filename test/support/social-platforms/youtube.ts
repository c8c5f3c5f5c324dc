import type { SinkAnswer, SinkRequest } from '../sink-server.js';
import { json, type SocialAccount, type World } from './world.js';

/** Google's tokens, and channels, playlist items and videos of the YouTube Data API. */
export function youtubeAnswer(world: World, { path, headers, query, body }: SinkRequest): SinkAnswer {
  if (path === '/token') return token(world, new URLSearchParams(body));
  if (path === '/revoke') {
    world.forget(new URLSearchParams(body).get('token') ?? '');
    return json(200, {});
  }
  const granted = world.grantOf((headers.authorization ?? '').replace('Bearer ', ''));
  if (!granted) return fault(401, 'authError');
  if (path === '/youtube/v3/channels') return channels(granted.account);
  if (path === '/youtube/v3/playlistItems') return uploads(world, query);
  return videos(world, query.get('id')!.split(','));
}

function token(world: World, form: URLSearchParams): SinkAnswer {
  if (form.get('client_id') !== 'youtube-client' || form.get('client_secret') !== 'youtube-secret')
    return json(401, { error: 'invalid_client', error_description: 'Unauthorized' });
  const renews = form.get('grant_type') === 'refresh_token';
  const granted = renews ? world.useRefresh(form.get('refresh_token') ?? '', false) : world.redeem(form);
  if (!granted) return json(400, { error: 'invalid_grant', error_description: 'Bad Request' });
  const { access, refresh } = world.issue(granted);
  return json(200, {
    access_token: access,
    expires_in: 3_599,
    ...(!renews && { refresh_token: refresh }),
    scope: granted.scopes.join(' '),
    token_type: 'Bearer',
  });
}

function channels({ id, handle, followers }: SocialAccount): SinkAnswer {
  const hidden = followers === null;
  return list([
    {
      kind: 'youtube#channel',
      id,
      snippet: { title: handle, customUrl: `@${handle}` },
      contentDetails: { relatedPlaylists: { likes: '', uploads: `UU${id.slice(2)}` } },
      statistics: { subscriberCount: String(followers ?? 0), hiddenSubscriberCount: hidden, videoCount: '3' },
    },
  ]);
}

function uploads(world: World, query: URLSearchParams): SinkAnswer {
  const account = world.accounts.find(({ id }) => `UU${id.slice(2)}` === query.get('playlistId'));
  if (!account) return fault(404, 'playlistNotFound');
  const first = Number(query.get('pageToken') ?? '0');
  const next = first + Number(query.get('maxResults'));
  const items = account.posts.slice(first, next).map(({ key, publishedAt }) => ({
    contentDetails: { videoId: key, videoPublishedAt: publishedAt },
  }));
  return list(items, next < account.posts.length ? { nextPageToken: String(next) } : {});
}

function videos(world: World, ids: string[]): SinkAnswer {
  const all = world.accounts.flatMap((account) =>
    account.platform === 'youtube' ? account.posts.map((post) => ({ ...post, channelId: account.id })) : [],
  );
  return list(
    all
      .filter(({ key }) => ids.includes(key))
      .map(({ key, channelId, publishedAt, text, likes, views, comments }) => ({
        kind: 'youtube#video',
        id: key,
        snippet: { channelId, publishedAt, title: 'A video', description: text },
        statistics: { viewCount: views, likeCount: likes, favoriteCount: '0', commentCount: comments },
      })),
  );
}

function list(items: object[], more: object = {}): SinkAnswer {
  const pageInfo = { totalResults: items.length, resultsPerPage: 50 };
  return json(200, { kind: 'youtube#listResponse', items, pageInfo, ...more });
}

function fault(code: number, reason: string): SinkAnswer {
  return json(code, {
    error: { code, message: reason, errors: [{ message: reason, domain: 'youtube', reason }] },
  });
}
