/** What XML 1.0 holds in no form (its production 2, "Char"), lone halves of surrogate pairs among it. */
const UNFIT = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const SPECIAL = /[&<>"'\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * Text for an element of XML 1.0, or for an attribute in quotes of either kind, whatever it is: what XML cannot hold
 * becomes U+FFFD, and line ends stay what they are (rule 11.6).
 */
export function xmlText(text: string): string {
  return text.replace(UNFIT, '\uFFFD').replace(SPECIAL, (special) => ESCAPES[special]!);
}
