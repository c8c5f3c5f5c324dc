import { ValidateIf } from 'class-validator';

/** The field may be left out, but a given `null` is checked like any other value (`IsOptional` lets null pass). */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_object, value: unknown) => value !== undefined);
}
