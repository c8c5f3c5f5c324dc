/** Where in a URL a character stands. */
export type UrlPart =
  'scheme' | 'user information' | 'host' | 'path' | 'query key' | 'query value' | 'fragment';

/** Borders of a URL's parts as offsets into its text; found by RFC 3986 without changing a character. */
export interface UrlBorders {
  authority: number;
  host: number;
  path: number;
  /** Offset of `?`, or the end of the path when there is none. */
  query: number;
  /** Offset of `#`, or the length. */
  fragment: number;
}

/** Finds the parts of an absolute `scheme://…` URL; null when the text does not begin like one. */
export function bordersOf(url: string): UrlBorders | null {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(url);
  if (!scheme) return null;
  const authority = scheme[0].length;
  const path = firstOf(url, /[/?#]/g, authority);
  const at = url.lastIndexOf('@', path - 1);
  const fragment = firstOf(url, /#/g, path);
  return {
    authority,
    host: at >= authority ? at + 1 : authority,
    path,
    query: Math.min(firstOf(url, /\?/g, path), fragment),
    fragment,
  };
}

/** The part in which the character at `offset` stands. */
export function partAt(url: string, borders: UrlBorders, offset: number): UrlPart {
  if (offset >= borders.fragment) return 'fragment';
  if (offset > borders.query) return isValue(url, borders.query, offset) ? 'query value' : 'query key';
  if (offset >= borders.path) return 'path';
  if (offset >= borders.host) return 'host';
  return offset >= borders.authority ? 'user information' : 'scheme';
}

/** Whether two URLs, templates or filled, lead to the same place: they are the same up to their queries. */
export function sameAddress(one: string, other: string): boolean {
  return addressOf(one) === addressOf(other);
}

/** What of a URL, template or filled, is sent: all but its fragment. */
export function withoutFragment(url: string): string {
  return url.split('#', 1)[0]!;
}

function addressOf(url: string): string {
  return url.split(/[?#]/, 1)[0]!;
}

function isValue(url: string, query: number, offset: number): boolean {
  const start = Math.max(url.lastIndexOf('&', offset - 1), query) + 1;
  return url.slice(start, offset).includes('=');
}

function firstOf(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
