import { DomainError } from '../../platform/errors/domain-error.js';
import type { Money } from '../../platform/money/money.js';

/** What a payment method type pays at once in one currency. */
export interface WithdrawalLimits {
  minimum: Money;
  maximum: Money;
}

/**
 * Checks an amount against the limits of its payment method, both included (rule 4.3, A27).
 * @param path the field that holds the amount
 * @throws DomainError AMOUNT_OUTSIDE_LIMITS (422) that names both
 */
export function assertWithinLimits(
  amount: Money,
  { minimum, maximum }: WithdrawalLimits,
  path = 'amount',
): void {
  if (amount.compare(minimum) >= 0 && amount.compare(maximum) <= 0) return;
  const message =
    `must be between the minimum of ${minimum.toString()} ${minimum.currency}` +
    ` and the maximum of ${maximum.toString()} ${maximum.currency}`;
  throw new DomainError('AMOUNT_OUTSIDE_LIMITS', 'invalid', `${path}: ${message}`, {
    errors: [{ path, message }],
    minimum: minimum.toJSON(),
    maximum: maximum.toJSON(),
  });
}
