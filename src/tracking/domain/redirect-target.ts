/** A redirect's location but for the visit id, which stands between the two. */
export interface LocationTemplate {
  readonly before: string;
  readonly after: string;
}

/** Parameter of the page of sign-up that takes the code of a sub-affiliate link. */
const REF = 'ref';

/**
 * Where a landing's visitors go: its own address with one more query parameter that carries the visit id. The
 * landing's own query and fragment stay as they are, but for a parameter of that same name, which gives way.
 * @param landingUrl absolute http(s) URL
 * @param tagParameter name of the parameter, of unreserved characters
 * @param ref code of a link that leads to the sign-up of partners, which goes along as `ref` (rules §2.5); else null.
 *   Where `ref` is the name of the visit's parameter, the visit goes: it names the link too.
 */
export function locationTemplate(
  landingUrl: string,
  tagParameter: string,
  ref: string | null = null,
): LocationTemplate {
  const url = new URL(landingUrl);
  const withRef = ref !== null && tagParameter !== REF;
  const ours = withRef ? [tagParameter, REF] : [tagParameter];
  const own = url.search.slice(1).split('&').filter((part) => part !== '' && !ours.includes(nameOf(part))); // prettier-ignore
  const fragment = url.hash;
  url.search = '';
  url.hash = '';
  const query = [...own, ...(withRef ? [`${REF}=${ref}`] : []), `${tagParameter}=`].join('&');
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
