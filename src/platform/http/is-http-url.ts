import { ValidateBy, type ValidationArguments } from 'class-validator';
import { httpUrlFault } from './http-url.js';

/** The field is an absolute http(s) URL that may be sent to a browser. */
export function IsHttpUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isHttpUrl',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && httpUrlFault(value) === null,
      defaultMessage: (args?: ValidationArguments) => {
        const value: unknown = args?.value;
        return `${args?.property} ${typeof value === 'string' ? httpUrlFault(value) : 'must be text'}`;
      },
    },
  });
}
