import { ValidateBy } from 'class-validator';
import { isCountry } from './country.js';
import { type Each, saying } from './each.js';

/** The field is a country as {@link isCountry} has it, or with `each` a list of them. */
export function IsCountry(each: Each = {}): PropertyDecorator {
  return ValidateBy(
    { name: 'isCountry', validator: { validate: isCountry } },
    saying('must be an ISO 3166-1 code in capital letters, such as DE', each),
  );
}
