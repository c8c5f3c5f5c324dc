import { describe, expect, it } from 'vitest';
import { approvalProspect } from './approval-prospect.js';

describe('A13 two operators above a limit', () => {
  it.each([
    [100n, null, null, false, 'paid'],
    [100n, 100n, null, false, 'paid'],
    [101n, 100n, null, false, 'approved_once'],
    [101n, 100n, 'ann', false, 'same_operator'],
    [101n, 100n, 'bob', false, 'paid'],
    [1n, 0n, null, false, 'approved_once'],
    [0n, 0n, null, false, 'paid'],
    // Paid in a coin by a rate of hers, which no limit in ordinary money measures.
    [1n, 100n, null, true, 'approved_once'],
    [1n, 100n, 'ann', true, 'same_operator'],
    [1n, 100n, 'bob', true, 'paid'],
    [0n, 100n, null, true, 'paid'],
    [1n, null, null, true, 'paid'],
    // Corrected downwards since, which takes the first approval back; it would not stand in the way either.
    [100n, 100n, 'ann', false, 'paid'],
  ] as const)(
    '%d with a limit of %s, approved once by %s, at a rate of her own %s: %s',
    (payableMinor, limitMinor, approvedOnceBy, isAtOwnRate, prospect) => {
      const bill = { payableMinor, limitMinor, approvedOnceBy, isAtOwnRate };
      expect(approvalProspect(bill, 'ann')).toBe(prospect);
    },
  );
});
