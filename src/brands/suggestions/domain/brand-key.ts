/**
 * A brand's name as names are compared: case, accents, blanks and punctuation make no difference. A name of
 * punctuation alone is compared as it is.
 */
export function nameKeyOf(name: string): string {
  const letters = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return letters === '' ? name.trim() : letters;
}

/**
 * A website as websites are compared: the host without `www.` and the path; scheme, query, fragment and a slash at the
 * end make no difference. Paths count, for brands may live below a common host.
 * @param website an absolute http(s) URL
 */
export function websiteKeyOf(website: string): string {
  const { host, pathname } = new URL(website);
  return host.replace(/^www\./, '').replace(/\.(?=:|$)/, '') + pathname.replace(/\/+$/, '');
}
