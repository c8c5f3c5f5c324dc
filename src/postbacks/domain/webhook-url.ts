/** What RFC 3986 lets stand in a URL. */
const URL_TEXT = /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/;

/** What is wrong with the text of a webhook's address; null for an absolute http(s) URL as it is sent. */
export function webhookUrlFault(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return 'must begin with https://';
  if (!URL_TEXT.test(text))
    return 'must hold nothing but what a URL may hold; percent-encode everything else';
  if (!URL.canParse(text)) return 'is not a URL; write for example https://example.com/webhooks';
  const { username, password, hash } = new URL(text);
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  return hash === '' ? null : 'must not have a fragment';
}
