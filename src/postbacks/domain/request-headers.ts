const MAX_HEADERS = 20;
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Visible ASCII with spaces and tabs inside (RFC 9110 §5.5, without obsolete bytes). */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/** Set by us, or about the connection rather than the request. */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);
const RESERVED_PREFIX = /^(?:proxy-|sec-|x-tributary-|x-forwarded-)/;

/** Stands for a value that is not shown. */
const HIDDEN = '****';

/** What is wrong with a partner's own request headers, one sentence each. */
export function headerProblems(headers: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(headers);
  const tooMany = names.length > MAX_HEADERS ? [`must be at most ${MAX_HEADERS} headers`] : [];
  return [...tooMany, ...names.flatMap((name) => headerProblem(name, headers[name]) ?? [])];
}

/** The headers with lower-case names, as they are kept. */
export function normaliseHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The names of the headers with a mask for their values, which may be secrets of the tracker. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN]));
}

function headerProblem(name: string, value: unknown): string | null {
  const lowerCase = name.toLowerCase();
  const shown = JSON.stringify(name.slice(0, 60));
  if (!NAME.test(name)) return `${shown} is not a header name`;
  if (RESERVED.has(lowerCase) || RESERVED_PREFIX.test(lowerCase)) return `${shown} cannot be set`;
  if (typeof value !== 'string' || !VALUE.test(value)) {
    return `the value of ${shown} must be 1 to 1024 visible ASCII characters`;
  }
  if (value === HIDDEN) {
    return `${shown}: ${HIDDEN} stands for a value that is not shown; give the value itself, or leave headers out of a change and they stay`;
  }
  return /\$\{|\$\[/.test(value) ? `${shown}: variables are for the URL and the body, not for headers` : null;
}
