import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOfPayoutReference, payoutReference } from './payout-reference.js';

describe('B09 references of payouts', () => {
  it('stand for one id each, in 25 digits and capital letters', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const reference = payoutReference(id);
        expect(reference).toMatch(/^[0-9A-Z]{25}$/);
        expect(idOfPayoutReference(reference)).toBe(id);
      }),
    );
  });

  it.each(['', 'NOTPROVIDED', 'Z'.repeat(25), '0'.repeat(24), `${'0'.repeat(24)}a`, `-${'0'.repeat(24)}`])(
    'are not %j',
    (text) => {
      expect(idOfPayoutReference(text)).toBeNull();
    },
  );
});
