import { Matches } from 'class-validator';
import { Decimal, malformedField } from '../platform/index.js';

/** The field is an amount to filter by: a plain decimal string, zero and more decimals than a currency has included. */
export function IsAmount(): PropertyDecorator {
  return Matches(/^\d{1,30}(\.\d{1,18})?$/, {
    message: "$property must be a plain decimal string such as '125.50'",
  });
}

/** @throws DomainError VALIDATION_FAILED (400) for a range of amounts that ends before it begins */
export function assertAmountRange({
  minAmount,
  maxAmount,
}: {
  minAmount?: string;
  maxAmount?: string;
}): void {
  if (minAmount === undefined || maxAmount === undefined) return;
  if (new Decimal(maxAmount).lt(minAmount)) throw malformedField('maxAmount', 'must not be below minAmount');
}
