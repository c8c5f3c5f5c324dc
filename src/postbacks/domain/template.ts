import { MAX_URL_LENGTH } from './length-limits.js';
import { bordersOf, partAt, type UrlBorders, type UrlPart } from './url-parts.js';
import type { TemplateValues } from './variables.js';

/** A checked template, cut into fixed text and variable names. */
export type Template = readonly (string | { readonly variable: string })[];

/** Something in a template that is refused when it is saved. */
export interface TemplateProblem {
  /** Zero-based offset into the template. */
  readonly offset: number;
  readonly part: UrlPart | 'body';
  /** The text at fault. */
  readonly found: string;
  /** What to write instead. */
  readonly correct: string;
  /** A sentence that names the place and the correct form. */
  readonly message: string;
}

export const MAX_TEMPLATE_LENGTH = 2_048;

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** Everything that a partner may have meant as a variable in a URL or a form, the right form first. */
export const LOOKS_LIKE_VARIABLE = new RegExp(
  [
    String.raw`\$\{[^{}&#]*\}`,
    String.raw`\$?\{\{[^{}&#]*\}\}`,
    String.raw`(?:\$|%24)?%7[Bb][A-Za-z_][\w.-]*%7[Dd]`,
    String.raw`(?:\$|%24)%5[Bb][A-Za-z_][\w.-]*(?:%5[Dd]|\])`,
    String.raw`\$\[[^\]&#]*\]?`,
    String.raw`\$\([^)&#]*\)?`,
    String.raw`[$#%]?\{[^{}&#]*\}?`,
    String.raw`\}`,
    String.raw`#[\w.-]+#`,
    String.raw`<[A-Za-z_][\w.-]*>`,
    String.raw`%(?![0-9A-Fa-f]{2})[A-Za-z_][\w.-]*%`,
    String.raw`(?<==)\$[A-Za-z_][\w.-]*(?=[&#]|$)`,
    String.raw`(?<==)\[[A-Za-z_][\w.-]*\](?=[&#]|$)`,
  ].join('|'),
  'g',
);

/** What trackers write for a variable of their own, the right form among them: the text of a regular expression. */
export const PLACEHOLDER = String.raw`(?:\$?\{\{?[\w.-]+\}?\}|#[\w.-]+#|\[[\w.-]+\]|%[\w.-]+%|<[\w.-]+>|\$\([\w.-]+\)|\$\[[\w.-]+\])`;

/**
 * Checks a URL template (rule 5.2) and cuts it up.
 * @returns the parsed template, or everything that is wrong with it in the order of place
 */
export function parseTemplate(url: string): { template: Template } | { problems: TemplateProblem[] } {
  const borders = bordersOf(withoutHashes(url));
  if (!borders || !/^https?:/i.test(url)) return { problems: [schemeProblem(url)] };
  const problems = [...textProblems(url, borders), ...variableProblems(url, borders)];
  if (problems.length === 0 && !URL.canParse(url)) problems.push(unreadable(url, borders));
  if (problems.length > 0) return { problems: problems.sort((a, b) => a.offset - b.offset) };
  return { template: cut(url) };
}

/**
 * Fills a URL template: every value percent-encoded once as UTF-8; a variable without a value stays `${name}`.
 * Unpaired surrogates, which UTF-8 cannot carry, become U+FFFD. One that is too long to be sent is cut, and stays too
 * long by a character.
 */
export function render(template: Template, values: TemplateValues): string {
  return fill(template, values, percentEncode, MAX_URL_LENGTH);
}

/**
 * Fills a template, passing every value through `encode`; a variable without a value stays `${name}`. Filling ends as
 * soon as the text is longer than `most` characters: then it is cut to one more than that.
 */
export function fill(
  template: Template,
  values: TemplateValues,
  encode: (value: string) => string,
  most = Infinity,
): string {
  let text = '';
  for (const piece of template) {
    if (typeof piece === 'string') text += piece;
    else {
      const value = values.get(piece.variable);
      text += value === undefined ? `\${${piece.variable}}` : encode(value);
    }
    if (text.length > most) return text.slice(0, most + 1);
  }
  return text;
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
export function percentEncode(value: string): string {
  const wellFormed = Buffer.from(value, 'utf8').toString('utf8');
  return encodeURIComponent(wellFormed).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Cuts a text at its `${name}`s; whatever else it holds is fixed text. */
export function cut(text: string): Template {
  return text
    .split(/\$\{([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})\}/)
    .map((piece, index) => (index % 2 === 0 ? piece : { variable: piece }))
    .filter((piece) => piece !== '');
}

/** Whether it is a variable in the right form, `${name}`. */
export function isVariable(found: string): boolean {
  return found.startsWith('${') && found.endsWith('}') && NAME.test(found.slice(2, -1));
}

/** The name that was meant by something that looks like a variable; `name` when none can be made out. */
function nameIn(found: string): string {
  const name = found.replaceAll(/%24|%[57][BbDd]/g, '').replaceAll(/[^A-Za-z0-9_.-]/g, '');
  return NAME.test(name) ? name : 'name';
}

/** A text of the same length, in which the `#` of something like `#name#` does not pass for the beginning of a fragment. */
function withoutHashes(url: string): string {
  return url.replaceAll(LOOKS_LIKE_VARIABLE, (found) => found.replaceAll('#', '_'));
}

function variableProblems(url: string, borders: UrlBorders): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const { 0: found, index: offset } of url.matchAll(LOOKS_LIKE_VARIABLE)) {
    const part = partAt(url, borders, offset);
    if (part === 'query value') {
      if (!isVariable(found)) problems.push(notVariable(offset, part, found));
    } else {
      const correct = moved(url, borders, { found, offset, part });
      const reason = `a variable may only stand as a query value; write ${correct}`;
      problems.push(problem(offset, part, found, correct, reason));
    }
  }
  return problems;
}

/** Where a variable that stands in the wrong part belongs. */
function moved(
  url: string,
  borders: UrlBorders,
  { found, offset, part }: { found: string; offset: number; part: UrlPart },
): string {
  const name = nameIn(found);
  const key = part === 'path' ? /[/;]([A-Za-z0-9_.[\]-]+)=$/.exec(url.slice(0, offset)) : null;
  const hasQuery = borders.query < borders.fragment;
  if (key && !hasQuery) {
    const before = url.slice(0, offset - key[0].length);
    return `${before}?${key[1]}=\${${name}}${url.slice(offset + found.length)}`;
  }
  return `${hasQuery ? '&' : '?'}${key?.[1] ?? name}=\${${name}}`;
}

function textProblems(url: string, borders: UrlBorders): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  if (url.length > MAX_TEMPLATE_LENGTH) {
    const found = url.slice(MAX_TEMPLATE_LENGTH);
    const part = partAt(url, borders, MAX_TEMPLATE_LENGTH);
    problems.push(
      problem(MAX_TEMPLATE_LENGTH, part, found, '', `at most ${MAX_TEMPLATE_LENGTH} characters are allowed`),
    );
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  for (const { 0: found, index } of url.matchAll(/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\u3000]+/g)) {
    const reason = 'spaces and control characters are not allowed; write a space as %20';
    problems.push(problem(index, partAt(url, borders, index), found, '%20', reason));
  }
  // `&curren` is written `\u00a4` by programs that take it for HTML.
  for (const { 0: found, index } of url.matchAll(/\u00a4\w*/g)) {
    const correct = `&curren${found.slice(1)}`;
    const reason = `this was ${correct} before a program took it for HTML; write ${correct}`;
    problems.push(problem(index, partAt(url, borders, index), found, correct, reason));
  }
  if (borders.host > borders.authority) {
    const found = url.slice(borders.authority, borders.host);
    const reason = 'a user name or password before @ is not allowed; remove it';
    problems.push(problem(borders.authority, 'user information', found, '', reason));
  }
  const backslash = url.slice(0, borders.query).indexOf('\\');
  if (backslash >= 0) {
    const part = partAt(url, borders, backslash);
    problems.push(problem(backslash, part, '\\', '/', 'a backslash is not allowed; write /'));
  }
  if (borders.fragment < url.length) {
    const reason = 'what follows # is never sent; remove it, or write %23 for a # in a value';
    problems.push(problem(borders.fragment, 'fragment', url.slice(borders.fragment), '', reason));
  }
  return problems;
}

function schemeProblem(url: string): TemplateProblem {
  return problem(0, 'scheme', url, 'https://', 'the URL must begin with http:// or https://');
}

function unreadable(url: string, { host, path }: UrlBorders): TemplateProblem {
  const reason = 'this is not a host that a URL can have; write for example tracker.example.com';
  return problem(host, 'host', url.slice(host, path), 'tracker.example.com', reason);
}

/** Something that looks like a variable and has another form. */
export function notVariable(offset: number, part: TemplateProblem['part'], found: string): TemplateProblem {
  const correct = `\${${nameIn(found)}}`;
  return problem(offset, part, found, correct, `is not a variable; write ${correct}`);
}

/** Something that is refused, with a sentence that names its place; a long text is shown cut. */
export function problem(
  offset: number,
  part: TemplateProblem['part'],
  found: string,
  correct: string,
  reason: string,
): TemplateProblem {
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
  const message = `${part}, character ${offset + 1}: ${JSON.stringify(shown)}: ${reason}`;
  return { offset, part, found, correct, message };
}
