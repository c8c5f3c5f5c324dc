/** Networks whose accounts can be connected. */
export const PLATFORMS = ['instagram', 'youtube', 'tiktok'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** A post as its address names it. */
export interface PostAddress {
  platform: Platform;
  /** The platform's own id of the post, as it stands in addresses. */
  postId: string;
  /** The address in its one spelling. */
  url: string;
}

interface Site {
  hosts: readonly string[];
  /** Forms of paths; the first group is the post's id. */
  paths: readonly RegExp[];
  /** The id in the query, where the path is this one. */
  inQuery?: { path: string; parameter: string };
  id: RegExp;
  url(id: string): string;
}

const SITES: Readonly<Record<Platform, Site>> = {
  instagram: {
    hosts: ['instagram.com', 'www.instagram.com', 'm.instagram.com'],
    paths: [/^\/(?:[\w.]+\/)?(?:p|reel|reels|tv)\/([^/]+)\/?$/],
    id: /^[\w-]{5,40}$/,
    url: (id) => `https://www.instagram.com/p/${id}/`,
  },
  youtube: {
    hosts: ['youtube.com', 'www.youtube.com', 'm.youtube.com', 'music.youtube.com', 'youtu.be'],
    paths: [/^\/(?:shorts|live|embed|v)\/([^/]+)\/?$/, /^\/([\w-]{11})\/?$/],
    inQuery: { path: '/watch', parameter: 'v' },
    id: /^[\w-]{11}$/,
    url: (id) => `https://www.youtube.com/watch?v=${id}`,
  },
  tiktok: {
    hosts: ['tiktok.com', 'www.tiktok.com', 'm.tiktok.com'],
    paths: [/^\/@[\w.]*\/(?:video|photo)\/(\d+)\/?$/, /^\/v\/(\d+)(?:\.html)?\/?$/],
    id: /^\d{5,25}$/,
    url: (id) => `https://www.tiktok.com/@/video/${id}`,
  },
};

/**
 * The post that an address leads to; null when it leads to none of a known platform. Two addresses of one post give
 * the same: other hosts, `reel` or `p`, and what was added for sharing make no difference (E06).
 */
export function postOfUrl(text: string): PostAddress | null {
  const url = parsed(text.trim());
  if (!url) return null;
  for (const platform of PLATFORMS) {
    const site = SITES[platform];
    const postId = site.hosts.includes(url.hostname) ? idIn(site, url) : null;
    if (postId !== null) return { platform, postId, url: site.url(postId) };
  }
  return null;
}

function idIn({ paths, inQuery, id }: Site, { pathname, searchParams }: URL): string | null {
  const candidates = [
    ...paths.map((path) => path.exec(pathname)?.[1]),
    ...(inQuery?.path === pathname.replace(/\/$/, '') ? [searchParams.get(inQuery.parameter)] : []),
  ];
  return candidates.find((candidate) => candidate && id.test(candidate)) ?? null;
}

/** The address as the URL standard reads it; addresses are often copied without their scheme. */
function parsed(text: string): URL | null {
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(absolute) ? new URL(absolute) : null;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.port;
  return plain ? url : null;
}
