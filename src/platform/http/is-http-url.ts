import { ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';
import { httpUrlFault } from './http-url.js';

/** The field is an absolute http(s) URL that may be sent to a browser, or with `each` a list of them. */
export function IsHttpUrl(options?: Pick<ValidationOptions, 'each'>): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isHttpUrl',
      validator: {
        validate: (value: unknown) => faultOf(value) === null,
        defaultMessage: (args?: ValidationArguments) => {
          const value: unknown = args?.value;
          if (!Array.isArray(value)) return `${args?.property} ${faultOf(value)}`;
          const fault = value.map(faultOf).find((found) => found !== null);
          return `each of ${args?.property} ${fault ?? 'must be text'}`;
        },
      },
    },
    options,
  );
}

function faultOf(value: unknown): string | null {
  return typeof value === 'string' ? httpUrlFault(value) : 'must be text';
}
