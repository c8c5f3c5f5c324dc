import type { LineKind } from './bill-lines.js';

type Explanation = Readonly<Record<string, unknown>>;

/** What explanations of a bill's lines have in common, by the place of their strategy in the plan. */
export type SharedExplanations = Readonly<Record<string, Explanation>>;

/** What says with whom a line shares its explanation. */
interface SharingLine {
  readonly kind: LineKind;
  /** Begins with the place of the strategy where the kind is `period`. */
  readonly lineKey: string;
}

/**
 * Takes apart what lines of one bill say alike, so that it is kept once: of a share of revenue all but the promo's own
 * base. Only the period's own lines share; what is said in an object is alike when it is the same object.
 * @returns what is shared, and what is left of each line's explanation, in the order of the lines
 */
export function shareExplanations(lines: readonly (SharingLine & { readonly explanation: object })[]): {
  readonly shared: SharedExplanations;
  readonly own: readonly Explanation[];
} {
  const shared: Record<string, Record<string, unknown>> = {};
  for (const line of lines) {
    const strategy = sharedBy(line);
    if (strategy === null) continue;
    const explanation = line.explanation as Explanation;
    const common = (shared[strategy] ??= { ...explanation });
    for (const name in common) if (common[name] !== explanation[name]) delete common[name];
  }
  return { shared, own: lines.map((line) => without(line.explanation, shared[sharedBy(line) ?? ''] ?? {})) };
}

/** The explanation less what is in `common`. For every line of a run: hence a plain loop. */
function without(explanation: object, common: Explanation): Explanation {
  const own: Record<string, unknown> = {};
  for (const name in explanation) if (!(name in common)) own[name] = (explanation as Explanation)[name];
  return own;
}

/** The line's explanation put together again. */
export function wholeExplanation(
  line: SharingLine & { readonly explanation: Explanation },
  shared: SharedExplanations,
): Record<string, unknown> {
  return { ...shared[sharedBy(line) ?? ''], ...line.explanation };
}

function sharedBy({ kind, lineKey }: SharingLine): string | null {
  return kind === 'period' ? lineKey.slice(0, lineKey.indexOf(':')) : null;
}
