import { describe, expect, it } from 'vitest';
import { approvalProspect } from './approval-prospect.js';

describe('A13 two operators above a limit', () => {
  it.each([
    [100n, null, null, 'paid'],
    [100n, 100n, null, 'paid'],
    [101n, 100n, null, 'approved_once'],
    [101n, 100n, 'ann', 'same_operator'],
    [101n, 100n, 'bob', 'paid'],
    [1n, 0n, null, 'approved_once'],
    [0n, 0n, null, 'paid'],
    // Corrected downwards since, which takes the first approval back; it would not stand in the way either.
    [100n, 100n, 'ann', 'paid'],
  ] as const)(
    '%d with a limit of %s, approved once by %s: %s',
    (payableMinor, limitMinor, approvedOnceBy, prospect) => {
      expect(approvalProspect({ payableMinor, limitMinor, approvedOnceBy }, 'ann')).toBe(prospect);
    },
  );
});
