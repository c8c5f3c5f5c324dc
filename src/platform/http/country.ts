import validator from 'validator';

/**
 * Whether the value is a country as countries are kept and compared: an ISO 3166-1 alpha-2 code in capital letters, or
 * `XK`, by which everybody means Kosovo though ISO has not assigned it.
 */
export function isCountry(value: unknown): value is string {
  if (typeof value !== 'string' || value !== value.toUpperCase()) return false;
  return value === 'XK' || validator.isISO31661Alpha2(value);
}
