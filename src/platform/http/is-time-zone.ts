import { ValidateBy } from 'class-validator';
import { isTimeZone } from '../time/time-zones.js';

/** The field is the name of an IANA time zone. */
export function IsTimeZone(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: (check) => `${check?.property} must be an IANA time zone such as Europe/Berlin`,
    },
  });
}
