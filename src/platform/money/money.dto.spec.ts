import { validate } from 'class-validator';
import { expect, it } from 'vitest';
import { MoneyDto } from './money.dto.js';

it.each([125.5, null, undefined, '1'.repeat(41)])('an amount is a decimal string: %s', async (amount) => {
  const [error] = await validate(Object.assign(new MoneyDto(), { amount, currency: 'EUR' }), {
    stopAtFirstError: true,
  });
  expect(error).toMatchObject({ property: 'amount' });
  expect(Object.values(error!.constraints!)).toEqual(['amount must be a decimal string such as "125.50"']);
});
