/** In characters. */
export const LONGEST_URL = 2_000;
/** What it begins with; without flags, which JSON Schema does not know. */
export const HTTP_ORIGIN = /^[hH][tT][tT][pP][sS]?:\/\/[^/]/;

/**
 * Why the text cannot be an address that browsers are sent to, or null when it can: an absolute http(s) URL of at most
 * 2000 characters, without blanks, control characters or credentials.
 */
export function httpUrlFault(text: string): string | null {
  if (text.length > LONGEST_URL) return `must have at most ${LONGEST_URL} characters`;
  // The URL parser quietly drops or repairs these; what is stored must be what is sent to a browser.
  if (/[\s\\\p{Cc}]/u.test(text)) return 'must not contain blanks, backslashes or control characters';
  if (!HTTP_ORIGIN.test(text) || !URL.canParse(text)) return 'must be an absolute http or https URL';
  const { username, password } = new URL(text);
  return username === '' && password === '' ? null : 'must not contain a user name or password';
}
