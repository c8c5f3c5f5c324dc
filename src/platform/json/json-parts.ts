/** A part of JSON that came from outside: it may be anything. */
export type Json = unknown;

/** The value under these names, or undefined. */
export function jsonAt(value: Json, ...path: string[]): Json {
  return path.reduce<Json>((inner, name) => {
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
      ? (inner as Record<string, Json>)[name]
      : undefined;
  }, value);
}

/** The text under these names; null when there is none, or an empty one. */
export function textAt(value: Json, ...path: string[]): string | null {
  const text = jsonAt(value, ...path);
  return typeof text === 'string' && text !== '' ? text : null;
}

/** The list under these names; empty when there is none. */
export function listAt(value: Json, ...path: string[]): Json[] {
  const list = jsonAt(value, ...path);
  return Array.isArray(list) ? (list as Json[]) : [];
}
