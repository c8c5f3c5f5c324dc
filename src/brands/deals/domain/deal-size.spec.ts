import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainError } from '../../../platform/index.js';
import { type DealKind, readSize, showSize } from './deal-size.js';

const faultOf = (kind: DealKind, size: object): string | undefined => {
  try {
    readSize(kind, size);
  } catch (error) {
    return (error as DomainError).details.errors![0]!.path;
  }
  return undefined;
};

describe('T01 the size of a deal', () => {
  it('is shown as it was given, whatever hundredths of a per cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (bps) => {
        const shown = showSize({ bps, money: null });
        expect(readSize('discount', shown)).toEqual({ bps, money: null });
      }),
    );
    expect(showSize(readSize('bonus', { percent: '200.00' }))).toEqual({ percent: '200' });
    const amount = { amount: '5.00', currency: 'EUR' };
    expect(showSize(readSize('bonus', { amount }))).toEqual({ amount });
  });

  it.each<[DealKind, object, string]>([
    ['discount', {}, 'size'],
    ['discount', { percent: '5', amount: { amount: '5.00', currency: 'EUR' } }, 'size'],
    ['discount', { percent: '0' }, 'size.percent'],
    ['discount', { percent: '0.001' }, 'size.percent'],
    ['discount', { percent: '100.01' }, 'size.percent'],
    ['bonus', { percent: '10000.01' }, 'size.percent'],
    ['bonus', { percent: '1e3' }, 'size.percent'],
    ['bonus', { percent: '-5' }, 'size.percent'],
    ['bonus', { percent: '٥' }, 'size.percent'],
    ['bonus', { amount: { amount: '0.00', currency: 'EUR' } }, 'size.amount.amount'],
    ['bonus', { amount: { amount: '1.00', currency: 'EURO' } }, 'size.amount.currency'],
  ])('is refused: %s of %j', (kind, size, path) => {
    expect(faultOf(kind, size)).toBe(path);
  });
});
