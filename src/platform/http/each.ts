import { Transform } from 'class-transformer';
import type { ValidationOptions } from 'class-validator';

/** Whether the field is a list, each of whose values is checked. */
export type Each = Pick<ValidationOptions, 'each'>;

/** The options of a validator that says what is wrong with the field, or with one of its values. */
export function saying(fault: string, { each = false }: Each): ValidationOptions {
  return { each, message: `${each ? 'each of ' : ''}$property ${fault}` };
}

/** The field's text, or each text of its list, is changed before it is checked; what is no text stays as it is. */
export function changing(change: (text: string) => string): PropertyDecorator {
  const changed = (value: unknown): unknown => (typeof value === 'string' ? change(value) : value);
  return Transform(({ value }: { value: unknown }) =>
    Array.isArray(value) ? value.map(changed) : changed(value),
  );
}
