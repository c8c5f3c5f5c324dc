import { Matches } from 'class-validator';

/** The field is an amount to filter by: a plain decimal string, zero and more decimals than a currency has included. */
export function IsAmount(): PropertyDecorator {
  return Matches(/^\d{1,30}(\.\d{1,18})?$/, {
    message: "$property must be a plain decimal string such as '125.50'",
  });
}
