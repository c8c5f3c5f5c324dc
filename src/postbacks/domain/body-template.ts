import { xmlText } from '../../platform/http/xml.js';
import { MAX_BODY_BYTES } from './length-limits.js';
import {
  cut,
  fill,
  isVariable,
  LOOKS_LIKE_VARIABLE,
  notVariable,
  percentEncode,
  PLACEHOLDER,
  problem,
  type Template,
  type TemplateProblem,
} from './template.js';
import type { TemplateValues } from './variables.js';

/** How a body's values are encoded, by its media type. */
type BodyKind = 'json' | 'form' | 'xml' | 'text';

/** What was meant as a variable in any text. */
const IN_TEXT = /\$\{[^}]*\}?|\$\[[^\]]*\]?/g;
/** In a body of each kind: in JSON also every value that is a placeholder and nothing else. */
const MEANT_AS_VARIABLE: Readonly<Record<BodyKind, RegExp>> = {
  json: new RegExp(String.raw`(?<=(?<!\\)")${PLACEHOLDER}(?="(?!\s*:))|${IN_TEXT.source}`, 'g'),
  form: LOOKS_LIKE_VARIABLE,
  xml: IN_TEXT,
  text: IN_TEXT,
};

/** Media type of a body that came without one: JSON or XML when it begins like that, else a form. */
export function defaultContentType(body: string): string {
  if (/^\s*[[{]/.test(body)) return 'application/json';
  return /^\s*</.test(body) ? 'application/xml' : 'application/x-www-form-urlencoded';
}

/**
 * Checks a body template for POST: `${name}` anywhere in a text, form or XML, inside quotes in JSON. Refused are
 * other forms: in a form those that a URL must not have either, in JSON those that a whole value consists of.
 * @returns everything that is wrong with it, in the order of place
 */
export function bodyProblems(body: string, contentType: string): TemplateProblem[] {
  const { read: fitting } = new TextEncoder().encodeInto(body, new Uint8Array(MAX_BODY_BYTES));
  if (fitting < body.length) {
    return [problem(fitting, 'body', body.slice(fitting), '', `at most ${MAX_BODY_BYTES} bytes are allowed`)];
  }
  const kind = kindOf(contentType);
  const problems = [...body.matchAll(MEANT_AS_VARIABLE[kind])]
    .filter(([found]) => !isVariable(found))
    .map(({ 0: found, index: offset }) => notVariable(offset, 'body', found));
  if (problems.length > 0 || kind !== 'json' || isJson(body)) return problems;
  const unquoted = /[:,[]\s*(\$\{[^}]*\})/.exec(body);
  if (!unquoted) return [problem(0, 'body', body.slice(0, 20), '{"key":"${name}"}', 'the body is not JSON')];
  const [whole, found = ''] = unquoted;
  const offset = unquoted.index + whole.length - found.length;
  return [
    problem(offset, 'body', found, `"${found}"`, `a variable in JSON stands in quotes; write "${found}"`),
  ];
}

/**
 * Fills a body template; values are escaped for its media type. One that is too long to be sent may be cut, and stays
 * too long.
 */
export function renderBody(template: Template, values: TemplateValues, contentType: string): string {
  const encoders: Record<BodyKind, (value: string) => string> = {
    json: (value) => JSON.stringify(value).slice(1, -1),
    form: percentEncode,
    xml: xmlText,
    text: (value) => value,
  };
  // No character takes less than a byte.
  return fill(template, values, encoders[kindOf(contentType)], MAX_BODY_BYTES);
}

/** Cuts a checked body at its variables. */
export function parseBody(body: string): Template {
  return cut(body);
}

function kindOf(contentType: string): BodyKind {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (/[/+]json$/.test(type)) return 'json';
  if (/[/+]xml$/.test(type)) return 'xml';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'text';
}

function isJson(body: string): boolean {
  try {
    JSON.parse(fill(cut(body), new Map(), String));
    return true;
  } catch {
    return false;
  }
}
