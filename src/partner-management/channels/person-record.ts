import { isEmail } from 'class-validator';
import { isCountry, isOneLine, LANGUAGE, mailboxHash } from '../../platform/index.js';

const LONGEST_EMAIL = 320;
const LONGEST_NAME = 200;
const LONGEST_EXTERNAL_ID = 200;
const FIELDS = ['externalId', 'email', 'name', 'country', 'language'];

/** A person as an import tells of it, checked. */
export interface PersonRecord {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly externalId: string;
  readonly email: string;
  /** The address in lower case: one person per address. */
  readonly emailKey: string;
  readonly mailboxHash: string;
  readonly name: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** BCP 47 tag in its canonical spelling. */
  readonly language: string | null;
}

/** An item that was not taken. */
export interface RefusedRecord {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Reads the items of an import, each by itself: one that is wrong, or names an id or address that an earlier one has
 * named, is refused and spoils no other. Messages repeat nothing of what was sent.
 */
export function readPeople(items: readonly unknown[]): { people: PersonRecord[]; refused: RefusedRecord[] } {
  const people: PersonRecord[] = [];
  const refused: RefusedRecord[] = [];
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const fault = faultOf(item);
    if (fault !== null) return refused.push({ index, code: 'INVALID_ITEM', message: fault });
    const person = personOf(item as Given, index);
    const keys = [`id ${person.externalId}`, `email ${person.emailKey}`];
    if (keys.some((key) => seen.has(key))) {
      return refused.push({
        index,
        code: 'TWICE_IN_BATCH',
        message: 'externalId or email is that of an earlier item',
      });
    }
    keys.forEach((key) => seen.add(key));
    return people.push(person);
  });
  return { people, refused };
}

interface Given {
  externalId: string;
  email: string;
  name?: string | null;
  country?: string | null;
  language?: string | null;
}

function personOf({ externalId, email, name, country, language }: Given, index: number): PersonRecord {
  return {
    index,
    externalId,
    email,
    emailKey: email.toLowerCase(),
    mailboxHash: mailboxHash(email),
    name: name ?? null,
    country: country ?? null,
    language: language == null ? null : canonicalLanguage(language),
  };
}

/** What is wrong with an item, by field and right form; null for nothing. */
function faultOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'must be an object';
  const unknown = Object.keys(item).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `must have the fields ${FIELDS.join(', ')} only`;
  const { externalId, email, name, country, language } = item as Record<string, unknown>;
  if (!isLine(externalId, LONGEST_EXTERNAL_ID)) {
    return `externalId: must be text of 1 to ${LONGEST_EXTERNAL_ID} characters on one line`;
  }
  if (!isEmail(email) || (email as string).length > LONGEST_EMAIL) return 'email: must be an e-mail address';
  if (name != null && !isLine(name, LONGEST_NAME)) {
    return `name: must be text of 1 to ${LONGEST_NAME} characters on one line`;
  }
  if (country != null && !isCountry(country)) return 'country: must be an ISO 3166-1 code such as DE';
  if (language != null && canonicalLanguage(language) === null)
    return 'language: must be a BCP 47 tag such as en or pt-BR';
  return null;
}

function isLine(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest && value.trim() !== '' && isOneLine(value);
}

/** A BCP 47 tag in its canonical spelling, such as `pt-BR`; null for what is none. */
export function canonicalLanguage(value: unknown): string | null {
  if (typeof value !== 'string' || !LANGUAGE.test(value)) return null;
  try {
    return Intl.getCanonicalLocales(value)[0] ?? null;
  } catch {
    return null;
  }
}
