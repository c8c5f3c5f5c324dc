import { Transform } from 'class-transformer';

/**
 * The field of a query is a whole number of digits only. Whatever else is sent stays text, which the field's own check
 * refuses: neither `1e2` nor `0x64` is 100.
 */
export function FromDigits(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  );
}
