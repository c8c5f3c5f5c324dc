import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedFields, payFaults, paysPerOrder, PRICING_MODELS } from './offer-terms.js';

const NOTHING = {
  publicationReward: null,
  orderReward: null,
  goods: null,
  promoCodePoolId: null,
  landingId: null,
};

describe('T04 what an offer pays', () => {
  it.each([
    ['cpa', { orderReward: '8.00' }],
    ['cpp', { publicationReward: '50.00' }],
    ['cpp_promo_code', { publicationReward: '50.00', orderReward: '8.00', promoCodePoolId: 'p' }],
    ['barter', { goods: 'Shoes' }],
  ] as const)('is whole for %s', (pricingModel, given) => {
    expect(payFaults({ ...NOTHING, pricingModel, ...given })).toEqual([]);
  });

  it('names every field that is missing and every one too much', () => {
    const faults = payFaults({ ...NOTHING, pricingModel: 'cpp', goods: 'Shoes', promoCodePoolId: 'p' });
    expect(faults.map(({ path }) => path)).toEqual(['publicationReward', 'goods', 'promoCodePoolId']);
  });

  it('is one of money for the publication, money for orders, both, or goods: never nothing, never all', () => {
    const given = fc.record({
      pricingModel: fc.constantFrom(...PRICING_MODELS),
      publicationReward: fc.constantFrom(null, '1.00'),
      orderReward: fc.constantFrom(null, '1.00'),
      goods: fc.constantFrom(null, 'Shoes'),
      promoCodePoolId: fc.constantFrom(null, 'p'),
      landingId: fc.constantFrom(null, 'l'),
    });
    fc.assert(
      fc.property(given, (pay) => {
        if (payFaults(pay).length > 0) return;
        const { pricingModel, publicationReward, orderReward, goods, promoCodePoolId } = pay;
        expect(publicationReward !== null || orderReward !== null).toBe(goods === null);
        expect(orderReward !== null).toBe(paysPerOrder(pricingModel));
        if (promoCodePoolId !== null) expect(orderReward).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});

describe('T04 what creators have agreed to', () => {
  it('can be changed in a draft only; an open offer may be described better', () => {
    const fields = ['title', 'publicationReward', 'capacity', 'contentDays'];
    expect(fixedFields('draft', fields)).toEqual([]);
    expect(fixedFields('open', fields)).toEqual(['publicationReward', 'contentDays']);
    expect(fixedFields('closed', fields)).toEqual(fields);
  });
});
