import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf } from 'class-validator';

/**
 * The field goes with these values of another field of the same body, and is checked with them like any other. With
 * others it is refused, unless it is absent or null: what is not looked at must not seem to be taken.
 */
export function OnlyWith(other: string, ...values: readonly string[]): PropertyDecorator {
  const goes = (body: object): boolean => values.includes((body as Record<string, string>)[other]!);
  return applyDecorators(
    ValidateIf((body: object, value: unknown) => goes(body) || value != null),
    ValidateBy({
      name: 'onlyWith',
      validator: {
        validate: (_value, check) => goes(check!.object),
        defaultMessage: () => `$property goes with the ${other} ${values.join(' or ')} only`,
      },
    }),
  );
}
