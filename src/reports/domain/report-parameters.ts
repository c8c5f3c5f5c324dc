import { type DomainError, malformedField } from '../../platform/errors/domain-error.js';

/** Query parameters as they come: a text, or a list when a name is repeated. */
export type RawQuery = Record<string, string | string[] | undefined>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOST_VALUES = 1_000;

/** 400 that names the parameter and its right form. */
export function badParameter(path: string, message: string): DomainError {
  return malformedField(path, message, 'INVALID_PARAMETER');
}

/** Parameters by their plain names, each a list. */
export class Parameters {
  private constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /**
   * Folds `name[]`, repeated names and JSON arrays into lists.
   * @throws DomainError INVALID_PARAMETER (400) for names that nothing reads
   */
  static read(raw: RawQuery, known: readonly string[]): Parameters {
    const values = new Map<string, string[]>();
    for (const [name, value] of Object.entries(raw)) {
      if (value === undefined) continue;
      const plain = name.replace(/\[\d*\]$/, '');
      if (!known.includes(plain)) {
        throw badParameter(plain, `is not a parameter of this report; known are ${known.join(', ')}`);
      }
      const items = [value].flat().flatMap((item) => listOf(plain, item));
      values.set(plain, [...(values.get(plain) ?? []), ...items]);
    }
    return new Parameters(values);
  }

  /** The parameter's only value. */
  one(name: string): string | undefined {
    const values = this.many(name);
    if (values.length > 1) throw badParameter(name, 'must be given once');
    return values[0];
  }

  /** The parameter's values, each once. */
  many(name: string): string[] {
    const values = [...new Set(this.values.get(name) ?? [])];
    if (values.length > MOST_VALUES) throw badParameter(name, `takes at most ${MOST_VALUES} values`);
    const unstorable = values.some((value) => value.includes('\0'));
    if (unstorable) throw badParameter(name, 'must not contain a NUL character');
    return values;
  }

  /** The parameter's values, which must be ids. */
  ids(name: string): string[] {
    const ids = this.many(name);
    if (!ids.every((id) => UUID.test(id))) throw badParameter(name, 'must be UUIDs');
    return ids.map((id) => id.toLowerCase());
  }

  /** The parameter's values, which must be among the known ones. */
  words<T extends string>(name: string, known: readonly T[]): T[] {
    const values = this.many(name);
    const unknown = values.find((value) => !known.some((word) => word === value));
    if (unknown !== undefined) {
      throw badParameter(name, `'${unknown}' is not known; known are ${known.join(', ')}`);
    }
    return values as T[];
  }

  /** A whole number from 1. */
  wholeNumber(name: string, absent: number, largest: number): number {
    const text = this.one(name);
    if (text === undefined) return absent;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > largest) throw badParameter(name, `must be a whole number from 1 to ${largest}`);
    return value;
  }
}

function listOf(name: string, value: string): string[] {
  if (!value.startsWith('[')) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed;
  } catch {
    // Not JSON is refused below like any other wrong list.
  }
  throw badParameter(name, 'must be repeated, or be a JSON array of strings');
}
