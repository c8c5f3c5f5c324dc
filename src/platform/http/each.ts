import type { ValidationOptions } from 'class-validator';

/** Whether the field is a list, each of whose values is checked. */
export type Each = Pick<ValidationOptions, 'each'>;

/** The options of a validator that says what is wrong with the field, or with one of its values. */
export function saying(fault: string, { each = false }: Each): ValidationOptions {
  return { each, message: `${each ? 'each of ' : ''}$property ${fault}` };
}
