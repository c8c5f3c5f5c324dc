import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/money/money.js';
import { methodTakesCurrency, typeTakesCurrency } from './account-currencies.js';
import { assertWithinLimits } from './withdrawal-limits.js';

const eur = (amount: string) => Money.parse(amount, 'EUR');
const LIMITS = { minimum: eur('10.00'), maximum: eur('5000.00') };

describe('A27 limits of withdrawals', () => {
  it.each(['10.00', '10.01', '5000'])('%s is within', (amount) => {
    expect(() => assertWithinLimits(eur(amount), LIMITS)).not.toThrow();
  });

  it.each(['0.01', '9.99', '5000.01'])('%s is outside, and both limits are named', (amount) => {
    expect(() => assertWithinLimits(eur(amount), LIMITS)).toThrow(
      expect.objectContaining({
        code: 'AMOUNT_OUTSIDE_LIMITS',
        kind: 'invalid',
        message: 'amount: must be between the minimum of 10.00 EUR and the maximum of 5000.00 EUR',
      }),
    );
  });

  it.each([
    ['bank_transfer', {}, 'EUR', true],
    ['crypto_address', { coin: 'BTC' }, 'EUR', true],
    ['crypto_address', { coin: 'BTC' }, 'BTC', true],
    ['crypto_address', { coin: 'BTC' }, 'USDT', false],
    ['webmoney', { purse: 'Z123456789012' }, 'USD', true],
    ['webmoney', { purse: 'Z123456789012' }, 'EUR', false],
    ['capitalist', { account: 'E0123456' }, 'EUR', true],
    ['capitalist', { account: 'E0123456' }, 'USD', false],
  ] as const)('%s %j takes %s: %s', (type, fields, currency, taken) => {
    expect(methodTakesCurrency(type, fields, currency)).toBe(taken);
  });

  it.each([
    ['bank_transfer', 'JPY', true],
    ['bank_transfer', 'USDT', false],
    ['paypal', 'BTC', false],
    ['crypto_address', 'EUR', true],
    ['crypto_address', 'USDT', true],
    ['crypto_address', 'XRP', false],
    ['webmoney', 'USDT', true],
    ['webmoney', 'GBP', false],
    ['gift_card', 'USDC', true],
  ] as const)('accounts of the type %s can be paid in %s: %s', (type, currency, can) => {
    expect(typeTakesCurrency(type, currency)).toBe(can);
  });
});
