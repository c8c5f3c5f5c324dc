import { isCountry } from '../../platform/http/country.js';
import { isCalendarDay } from '../../platform/time/calendar-day.js';
import { ItemFault, type Fields } from './item-fault.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
/** Leaves room for sums of many such values in 64 bits. */
const DIGITS = /^-?\d{1,15}$/;
const CONTROL = /\p{Cc}/u;

/** Refuses the item for a field. */
export function fault(field: string, message: string): ItemFault {
  return new ItemFault('INVALID_FIELD', `${field}: ${message}`);
}

/** A text of 1 to `max` characters without control characters, or null when it is absent. */
export function findText(fields: Fields, field: string, max: number): string | null {
  const value = fields[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length === 0 || value.length > max) {
    throw fault(field, `must be a text of 1 to ${max} characters`);
  }
  if (CONTROL.test(value) || !value.isWellFormed()) throw fault(field, 'must not hold control characters');
  return value;
}

/** Like `findText`, but the field must be there. */
export function getText(fields: Fields, field: string, max: number): string {
  const value = findText(fields, field, max);
  if (value === null) throw fault(field, 'is required');
  return value;
}

/** A country, whatever the case of its letters, or null when the field is absent. */
export function findCountry(fields: Fields): string | null {
  const country = findText(fields, 'country', 2)?.toUpperCase() ?? null;
  if (country !== null && !isCountry(country)) {
    throw fault('country', 'must be an ISO 3166-1 code such as DE; the United Kingdom is GB');
  }
  return country;
}

/** Whether the text has the form of a UUID, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** True or false, or null when the field is absent. */
export function findFlag(fields: Fields, field: string): boolean | null {
  const value = fields[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw fault(field, 'must be true or false');
  return value;
}

/** An RFC 3339 time with its offset, between the years 2000 and 2100; null when the text is not one. */
export function parseTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const match = RFC_3339.exec(value);
  if (!match) return null;
  const [, year, month, day] = match;
  const calendarDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (calendarDay.getUTCMonth() !== Number(month) - 1) return null;
  const time = Date.parse(value.toUpperCase());
  return time >= EARLIEST && time < LATEST ? new Date(time) : null;
}

/** A time that must be there. */
export function getTime(fields: Fields, field: string): Date {
  const time = parseTime(fields[field]);
  if (!time) throw fault(field, 'must be an RFC 3339 time such as 2026-10-01T10:00:00Z');
  return time;
}

/** A calendar day as YYYY-MM-DD, or null when the field is absent. */
export function findDay(fields: Fields, field: string): string | null {
  const text = findText(fields, field, 10);
  if (text === null) return null;
  if (!isCalendarDay(text)) throw fault(field, 'must be a day such as 1990-12-31');
  return text;
}

/**
 * A whole number of minor units, or of things, given as a number or as a text of decimal digits; at most 15 digits.
 * @throws ItemFault naming `field`
 */
export function parseInteger(value: unknown, field: string, mayBeNegative: boolean): bigint {
  const text = typeof value === 'number' && Number.isInteger(value) ? value.toFixed(0) : value;
  if (typeof text !== 'string' || !DIGITS.test(text)) {
    throw fault(field, 'must be a whole number of at most 15 digits, as a number or a text of digits');
  }
  const integer = BigInt(text);
  if (integer < 0n && !mayBeNegative) throw fault(field, 'must not be negative');
  return integer;
}
