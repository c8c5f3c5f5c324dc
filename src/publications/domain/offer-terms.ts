import type { FieldError } from '../../platform/errors/domain-error.js';

/**
 * How an offer pays (T04): `cpa` for every approved order with the creator's promo code, `cpp` a fixed amount for the
 * publication, `cpp_promo_code` both, `barter` goods instead of money.
 */
export const PRICING_MODELS = ['cpa', 'cpp', 'cpp_promo_code', 'barter'] as const;

export type PricingModel = (typeof PRICING_MODELS)[number];

export const OFFER_STATES = ['draft', 'open', 'closed'] as const;

export type OfferState = (typeof OFFER_STATES)[number];

/** Days that an offer gives at most for a step. */
export const LONGEST_DAYS = 365;

/** What an offer pays, and by what; only whether something is given matters here. */
export interface OfferedPay {
  readonly pricingModel: PricingModel;
  readonly publicationReward: unknown;
  readonly orderReward: unknown;
  readonly goods: unknown;
  readonly promoCodePoolId: unknown;
  readonly landingId: unknown;
}

type PayField = Exclude<keyof OfferedPay, 'pricingModel'>;

/** What each pricing model must have, and may have; anything else has no place in it. */
const FIELDS: Readonly<Record<PricingModel, { needs: readonly PayField[]; takes: readonly PayField[] }>> = {
  cpa: { needs: ['orderReward'], takes: ['promoCodePoolId', 'landingId'] },
  cpp: { needs: ['publicationReward'], takes: [] },
  cpp_promo_code: { needs: ['publicationReward', 'orderReward'], takes: ['promoCodePoolId', 'landingId'] },
  barter: { needs: ['goods'], takes: [] },
};

const PAY_FIELDS: readonly PayField[] = [
  'publicationReward',
  'orderReward',
  'goods',
  'promoCodePoolId',
  'landingId',
];

/** Whether the model pays for orders, and so needs promo codes. */
export function paysPerOrder(model: PricingModel): boolean {
  return FIELDS[model].needs.includes('orderReward');
}

/** What is wrong with what an offer pays: fields that its pricing model lacks, and those that it has no use for. */
export function payFaults(pay: OfferedPay): FieldError[] {
  const { needs, takes } = FIELDS[pay.pricingModel];
  return PAY_FIELDS.flatMap((path): FieldError[] => {
    const given = pay[path] !== null && pay[path] !== undefined;
    if (!given && needs.includes(path))
      return [{ path, message: `an offer of the model '${pay.pricingModel}' needs it` }];
    if (given && !needs.includes(path) && !takes.includes(path))
      return [{ path, message: `an offer of the model '${pay.pricingModel}' has no use for it` }];
    return [];
  });
}

/**
 * Which of the given fields may no longer be changed in this state: what creators have agreed to stays as it was. An
 * open offer may be described better and take more or fewer creators.
 */
export function fixedFields(state: OfferState, given: readonly string[]): string[] {
  if (state === 'draft') return [];
  const changeable = state === 'open' ? ['title', 'description', 'capacity'] : [];
  return given.filter((field) => !changeable.includes(field));
}
