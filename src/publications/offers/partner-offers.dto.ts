import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsCountry, IsId, MayBeAbsent, PageQuery } from '../../platform/index.js';
import type { TakenCode } from '../../tracking/index.js';
import { PRICING_MODELS, type PricingModel } from '../domain/offer-terms.js';
import { type State, stateOf } from '../domain/publication-state.js';
import { OfferTermsResponse, toOfferTerms } from './offers.dto.js';
import type { OpenOffer } from './open-offers.service.js';

/** Filters of the offers that a partner may take part in. */
export class PartnerOffersQuery extends PageQuery {
  /**
   * Part of the brand's name, in any case.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  search?: string;

  /** @example "01900000-0000-7000-8000-000000000101" */
  @MayBeAbsent()
  @IsId()
  brandId?: string;

  /**
   * The brand's category.
   * @example "sport"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(60)
  category?: string;

  /**
   * Offers for creators of this country, ISO 3166-1 alpha-2.
   * @example "DE"
   */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  /** @example "cpp" */
  @MayBeAbsent()
  @IsIn(PRICING_MODELS)
  pricingModel?: PricingModel;
}

/** The brand of an offer. */
export class OfferBrand {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
  category: string | null;
  country: string | null;
}

/** Where the creator's own publication stands. */
export class OwnPublication {
  /** @example "01900000-0000-7000-8000-000000001501" */
  id: string;
  /** @example "scheduled" */
  state: State;
}

/** An offer, as creators see it. */
export class PartnerOfferResponse extends OfferTermsResponse {
  /** @example "01900000-0000-7000-8000-000000001401" */
  id: string;
  brand: OfferBrand;
  /** One that is closed is shown to those who took part. */
  state: 'open' | 'closed';
  /** @example "2026-10-01T10:00:00.000Z" */
  openedAt: string;
  /** Your newest publication for it; null when you take no part. */
  publication: OwnPublication | null;
  /** Your promo code of it, once you have taken it. */
  promoCode: string | null;
}

/** A page of offers. */
export class PartnerOfferPage {
  items: PartnerOfferResponse[];
  nextCursor: string | null;
}

/** A creator's promo code of an offer. */
export class OfferCodeResponse {
  /** @example "01900000-0000-7000-8000-000000001201" */
  id: string;
  /** @example "FOX-7KQ2M9XB" */
  code: string;
  /** What buyers get, in the brand's words. */
  terms: string | null;
  /** The campaign and promo that orders with it count for. */
  campaignId: string;
  promoId: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  takenAt: string;
}

/** The code as the API answers it. */
export function toOfferCodeResponse(taken: TakenCode): OfferCodeResponse {
  const { id, code, terms, campaignId, promoId, takenAt } = taken;
  return { id, code, terms, campaignId, promoId, takenAt: takenAt.toISOString() };
}

/** The offer as the API answers it to creators. */
export function toPartnerOfferResponse({ offer, brand, own, promoCode }: OpenOffer): PartnerOfferResponse {
  return {
    id: offer.id,
    brand: { id: brand.id, name: brand.name, category: brand.category, country: brand.country },
    state: offer.state === 'closed' ? 'closed' : 'open',
    ...toOfferTerms(offer),
    openedAt: offer.openedAt!.toISOString(),
    publication: own && { id: own.id, state: stateOf(own.step).state },
    promoCode,
  };
}
