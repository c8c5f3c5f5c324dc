import { isISO31661Alpha2, ValidateBy } from 'class-validator';
import { type Each, saying } from './each.js';

/** Whether the value is an ISO 3166-1 alpha-2 code in capital letters, as countries are kept and compared. */
export function isCountry(value: unknown): value is string {
  return typeof value === 'string' && isISO31661Alpha2(value) && value === value.toUpperCase();
}

/** The field is a country as {@link isCountry} has it, or with `each` a list of them. */
export function IsCountry(each: Each = {}): PropertyDecorator {
  return ValidateBy(
    { name: 'isCountry', validator: { validate: isCountry } },
    saying('must be an ISO 3166-1 code in capital letters, such as DE', each),
  );
}
