import { ValidateBy } from 'class-validator';
import { hostPatternFault } from './domain/deep-link.js';

/** The field is a list of hosts that deep links may lead to. */
export function IsHostPattern(): PropertyDecorator {
  const faultOf = (value: unknown): string | null =>
    typeof value === 'string' ? hostPatternFault(value) : 'must be text';
  return ValidateBy(
    {
      name: 'isHostPattern',
      validator: {
        validate: (value: unknown) => faultOf(value) === null,
        defaultMessage: () =>
          'each of $property must be a host such as shop.example, or *. and a domain such as *.shop.example',
      },
    },
    { each: true },
  );
}
