import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { separatePersonal } from './personal-fields.js';

describe('B12 what of a log entry is personal', () => {
  it.each([
    [{ email: 'ann@example.com' }],
    [{ newEmail: 'ann@example.com' }],
    [{ phone: '+49 30 1' }],
    [{ partnerName: 'Ann' }],
    [{ website: 'https://ann.example' }],
    [{ socialHandle: '@ann' }],
    [{ user_agent: 'Firefox' }],
    [{ paymentMethod: { id: '1', fields: { iban: 'DE****' } } }],
    [{ changes: { phone: { from: '1', to: '2' } } }],
    [{ changed: [{ email: 'ann@example.com' }] }],
  ])('%j is', (entry) => {
    expect(separatePersonal(entry)).toEqual({ plain: {}, personal: entry });
  });

  it.each([
    [{ state: 'pending' }],
    [{ amount: { amount: '1.00', currency: 'EUR' } }],
    [{ reason: 'wrong figures', comment: 'a correction' }],
    [{ email: null }],
    [{ userId: '01920000-0000-7000-8000-000000000001' }],
    [{}],
  ])('%j is not', (entry) => {
    expect(separatePersonal(entry)).toEqual({ plain: entry, personal: null });
  });

  it('the parts add up to the entry', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('email', 'state', 'name', 'amount'), fc.jsonValue()),
        (entry) => {
          const { plain, personal } = separatePersonal(entry);
          expect({ ...plain, ...personal }).toEqual({ ...entry });
        },
      ),
    );
  });
});
