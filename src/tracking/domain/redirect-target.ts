/** A redirect's location but for the visit id, which stands between the two. */
export interface LocationTemplate {
  readonly before: string;
  readonly after: string;
}

/**
 * Where a landing's visitors go: its own address with one more query parameter that carries the visit id. The
 * landing's own query and fragment stay as they are, but for a parameter of that same name, which gives way.
 * @param landingUrl absolute http(s) URL
 * @param tagParameter name of the parameter, of unreserved characters
 */
export function locationTemplate(landingUrl: string, tagParameter: string): LocationTemplate {
  const url = new URL(landingUrl);
  const own = url.search.slice(1).split('&').filter((part) => part !== '' && nameOf(part) !== tagParameter); // prettier-ignore
  const fragment = url.hash;
  url.search = '';
  url.hash = '';
  const query = [...own, `${tagParameter}=`].join('&');
  return { before: `${url.href}?${query}`, after: fragment };
}

function nameOf(part: string): string {
  const name = part.split('=', 1)[0]!;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
