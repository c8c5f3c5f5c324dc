import { ValidateBy } from 'class-validator';
import { isCurrency } from '../money/currencies.js';
import { saying } from './each.js';

/** The field is the code of a currency or coin that the program can hold. */
export function IsKnownCurrency(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isKnownCurrency',
      validator: { validate: (value) => typeof value === 'string' && isCurrency(value) },
    },
    saying('must be an ISO 4217 code such as EUR, or a known coin code', {}),
  );
}
