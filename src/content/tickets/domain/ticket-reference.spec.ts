import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFERENCE_BYTES, referenceIn, referenceOf } from './ticket-reference.js';

const bytes = fc.uint8Array({ minLength: REFERENCE_BYTES, maxLength: REFERENCE_BYTES });

describe('T12 references of tickets', () => {
  it('are found again in a mail’s recipient and subject, in any case of letters', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (random, lower) => {
        const reference = referenceOf(random);
        expect(reference).toMatch(/^TKT-[0-9A-HJKMNP-TV-Z]{10}$/);
        const written = lower ? reference.toLowerCase() : reference;
        expect(referenceIn([`support+${written}@program.example`])).toBe(reference);
        expect(referenceIn(['support@program.example', `Re: [${written}] Wallet`])).toBe(reference);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['', 'TKT-', 'TKT-123', 'TKT-ILOU0123456', 'xTKT-0123456789', 'TKT-01234567890'])(
    'are not seen in %j',
    (text) => expect(referenceIn([text])).toBeNull(),
  );
});
