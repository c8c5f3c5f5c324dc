/** What can stand in a tracking link, whether drawn or chosen. */
export const LINK_CODE = /^[0-9A-Za-z_-]{3,32}$/;

/** Words that a visitor could take for a page of the program itself, or that programs take for an empty value. */
const RESERVED = new Set([
  'admin', 'administrator', 'api', 'app', 'assets', 'billing', 'brand', 'brands', 'dashboard', 'docs', 'favicon',
  'feeds', 'health', 'help', 'home', 'index', 'legal', 'login', 'logout', 'metrics', 'null', 'operator', 'operators',
  'partner', 'partners', 'payment', 'payments', 'privacy', 'register', 'robots', 'root', 'security', 'sign-in',
  'sign-up', 'signin', 'signup', 'sitemap', 'static', 'status', 'support', 'system', 'terms', 'undefined', 'wallet',
  'well-known', 'www',
]); // prettier-ignore

/** Whether the text has the form of a tracking link's code. */
export function isLinkCode(text: string): boolean {
  return LINK_CODE.test(text);
}

/** Whether nobody may choose the code for a link, in any case of its letters. */
export function isReservedCode(code: string): boolean {
  return RESERVED.has(code.toLowerCase());
}
