import type { FieldError } from '../../platform/errors/domain-error.js';
import { FIELD_SCHEMAS } from './payment-method-schemas.js';
import type { MethodFields, PaymentMethodTypeCode } from './payment-method-types.js';

/** Line breaks are for addresses written in several lines. */
const CONTROL = /(?![\t\r\n])\p{Cc}/u;

/** Reads a method's fields: either all of them normalised, or every fault with the right form (rule 4.2). */
export function readMethodFields(
  type: PaymentMethodTypeCode,
  input: Readonly<Record<string, unknown>>,
): { fields: MethodFields; faults: FieldError[] } {
  const schemas = FIELD_SCHEMAS[type];
  const faults: FieldError[] = [];
  const fields: Record<string, string> = {};
  for (const schema of schemas) {
    const value: unknown = Object.hasOwn(input, schema.name) ? input[schema.name] : undefined;
    if (typeof value !== 'string' || value.trim() === '') faults.push(fieldFault(schema.name, 'is required'));
    else if (value.length > schema.maxLength)
      faults.push(fieldFault(schema.name, `must have at most ${schema.maxLength} characters`));
    else if (CONTROL.test(value)) faults.push(fieldFault(schema.name, 'must not hold control characters'));
    else fields[schema.name] = schema.normalise(value);
  }
  for (const schema of schemas) {
    const value = fields[schema.name];
    const fault = value === undefined ? null : schema.fault(value, fields);
    if (fault) faults.push(fieldFault(schema.name, fault));
  }
  const known = schemas.map((schema) => schema.name);
  for (const name of Object.keys(input).filter((key) => !known.includes(key))) {
    faults.push(fieldFault(name, `is not a field of ${type}; its fields are ${known.join(', ')}`));
  }
  return { fields, faults };
}

function fieldFault(name: string, message: string): FieldError {
  return { path: `fields.${name}`, message };
}

/** A method's fields as they may be shown. */
export function maskMethodFields(type: PaymentMethodTypeCode, fields: MethodFields): Record<string, string> {
  const shown = FIELD_SCHEMAS[type].filter((schema) => fields[schema.name] !== undefined);
  return Object.fromEntries(shown.map((schema) => [schema.name, schema.mask(fields[schema.name]!)]));
}
