import { reason, type Reason } from './reasons.js';
import { cut, PLACEHOLDER } from './template.js';
import { BUILT_IN_VARIABLES } from './variables.js';

/** Something worth knowing about one parameter of a tracking link. */
export interface ParameterNote extends Reason {
  readonly parameter: string;
  /** The name that the link carried instead, where one is close. */
  readonly carriedAs?: string;
}

const BUILT_IN: ReadonlySet<string> = new Set(BUILT_IN_VARIABLES.map(({ name }) => name));
/** Two of these may be the link's own; then it matters what the link carried. */
const LINKS_OWN: ReadonlySet<string> = new Set(['visit_id', 'track_id']);

/** A tracker's variable; in a stored value it was not replaced. */
const NOT_REPLACED = new RegExp(`^${PLACEHOLDER}$`);

/** How a value may have been damaged on its way, and what gives it away. */
const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [/%(?![0-9A-Fa-f]{2})/, 'it holds a % that begins no percent-encoding'],
  [/%[0-9A-Fa-f]{2}/, 'it is still percent-encoded: it was encoded twice'],
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  [/[\u0000-\u001f\u007f\ufffd]/, 'it holds characters that were damaged on the way'],
  [/&(?:amp|lt|gt|quot|#\d{1,6});/, 'it holds pieces of HTML'],
];

/** Custom parameters that the templates ask for: every name but the built-in ones, once. */
export function customParametersOf(templates: readonly string[]): string[] {
  const names = templates.flatMap((template) =>
    cut(template).flatMap((piece) => (typeof piece === 'string' ? [] : piece.variable)),
  );
  return [...new Set(names)].filter((name) => !BUILT_IN.has(name));
}

/**
 * What is to be said of the parameters that a postback gives back (rule 5.2): which the link did not carry, under what
 * other name it may have meant them, and which values look damaged.
 * @param templates the postback's URL and body
 * @param query the link's parameters as they are stored
 */
export function parameterNotes(
  templates: readonly string[],
  query: Readonly<Record<string, string>>,
): ParameterNote[] {
  const carried = new Map(Object.entries(query));
  const wanted = customParametersOf(templates);
  const unused = [...carried.keys()].filter((name) => !wanted.includes(name) && !BUILT_IN.has(name));
  const names = [
    ...wanted,
    ...[...LINKS_OWN].filter((name) => carried.has(name) && usesAny(templates, name)),
  ];
  return names.flatMap((parameter): ParameterNote[] => {
    const value = carried.get(parameter);
    if (value === undefined) return [absence(parameter, [...carried.keys()], unused)];
    const note = valueReason(parameter, value);
    return note ? [{ ...note, parameter }] : [];
  });
}

/** What is wrong with a value that a link carried, or null. */
function valueReason(parameter: string, value: string): Reason | null {
  if (value === '') return reason('parameter_empty', { parameter });
  if (NOT_REPLACED.test(value)) return reason('parameter_not_replaced', { parameter, value });
  const damage = DAMAGES.find(([pattern]) => pattern.test(value));
  return damage ? reason('parameter_corrupted', { parameter, value, damage: damage[1] }) : null;
}

function absence(parameter: string, carried: readonly string[], unused: readonly string[]): ParameterNote {
  const carriedAs = nearest(parameter, unused);
  if (carriedAs === undefined) return { ...reason('parameter_missing', { parameter, carried }), parameter };
  return { ...reason('parameter_named_differently', { parameter, carriedAs }), parameter, carriedAs };
}

/**
 * The name that the link may have meant: one that differs in case and signs only, one that is nearly the same, one that
 * is part of it, or else the only one that the postback has no use for.
 */
function nearest(wanted: string, names: readonly string[]): string | undefined {
  const plain = plainName(wanted);
  const same = names.find((name) => plainName(name) === plain);
  if (same !== undefined) return same;
  const [best] = names
    .map((name) => ({ name, distance: editDistance(plainName(name), plain) }))
    .filter(({ distance }) => distance <= Math.floor(plain.length / 4))
    .sort((a, b) => a.distance - b.distance);
  const part = names.find((name) => {
    const other = plainName(name);
    return other.length > 3 && plain.length > 3 && (plain.includes(other) || other.includes(plain));
  });
  return best?.name ?? part ?? (names.length === 1 ? names[0] : undefined);
}

/** Without what people vary: case, signs, and the `amp;` that HTML leaves behind. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^amp;/, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Levenshtein's distance: how many characters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[to.length]!;
}

function usesAny(templates: readonly string[], name: string): boolean {
  return templates.some((template) => template.includes(`\${${name}}`));
}
