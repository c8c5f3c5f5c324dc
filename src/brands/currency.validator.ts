import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isCurrency } from '../platform/index.js';

/** The field is a currency or coin code that the program can hold. */
@ValidatorConstraint({ name: 'knownCurrency' })
export class KnownCurrency implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isCurrency(value);
  }

  defaultMessage(): string {
    return '$property must be an ISO 4217 code such as EUR, or a known coin code';
  }
}
