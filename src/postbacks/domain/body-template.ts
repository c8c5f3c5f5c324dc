import { cut, fill, nameIn, percentEncode, type TemplateProblem, type Template } from './template.js';
import type { TemplateValues } from './variables.js';

export const MAX_BODY_LENGTH = 16_384;

/** How a body's values are encoded, by its media type. */
type BodyKind = 'json' | 'form' | 'text';

const WRONG_FORMS = /\$\{(?![A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\})[^}]*\}?|\$\[[^\]]*\]?/g;

/** Media type of a body that came without one: JSON when it begins like an object or a list, else a form. */
export function defaultContentType(body: string): string {
  return /^\s*[[{]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
}

/**
 * Checks a body template for POST: `${name}` anywhere in a text or form, inside quotes in JSON.
 * @returns everything that is wrong with it, in the order of place
 */
export function bodyProblems(body: string, contentType: string): TemplateProblem[] {
  const problems = [...body.matchAll(WRONG_FORMS)].map(({ 0: found, index: offset }) => {
    const correct = `\${${nameIn(found)}}`;
    return place(offset, found, correct, `is not a variable; write ${correct}`);
  });
  if (problems.length > 0 || kindOf(contentType) !== 'json' || isJson(body)) return problems;
  const unquoted = /[:,[]\s*(\$\{[^}]*\})/.exec(body);
  if (!unquoted) return [place(0, body.slice(0, 20), '{"key":"${name}"}', 'the body is not JSON')];
  const [whole, found = ''] = unquoted;
  const offset = unquoted.index + whole.length - found.length;
  return [place(offset, found, `"${found}"`, `a variable in JSON stands in quotes; write "${found}"`)];
}

/** Fills a body template; values are escaped for its media type. */
export function renderBody(template: Template, values: TemplateValues, contentType: string): string {
  const encoders: Record<BodyKind, (value: string) => string> = {
    json: (value) => JSON.stringify(value).slice(1, -1),
    form: percentEncode,
    text: (value) => value,
  };
  return fill(template, values, encoders[kindOf(contentType)]);
}

/** Cuts a checked body at its variables. */
export function parseBody(body: string): Template {
  return cut(body);
}

function kindOf(contentType: string): BodyKind {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
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

function place(offset: number, found: string, correct: string, reason: string): TemplateProblem {
  const message = `body, character ${offset + 1}: ${JSON.stringify(found)}: ${reason}`;
  return { offset, part: 'body', found, correct, message };
}
