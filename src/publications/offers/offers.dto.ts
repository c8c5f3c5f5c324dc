import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { SOCIAL_PLATFORMS } from '../../partner-management/index.js';
import { IsCountry, IsId, IsLabel, IsText, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import {
  LONGEST_DAYS,
  OFFER_STATES,
  type OfferState,
  PRICING_MODELS,
  type PricingModel,
} from '../domain/offer-terms.js';
import type { Offer } from './offer-rows.js';

/** What is optional in every offer. */
class OfferTermsDto {
  /** Paid once for a confirmed publication; for `cpp` and `cpp_promo_code`, in the brand's currency. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  publicationReward?: MoneyDto | null;

  /** Paid for every approved order with the creator's promo code; for `cpa` and `cpp_promo_code`. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  orderReward?: MoneyDto | null;

  /**
   * What is given instead of money; for `barter`.
   * @example "A pair of running shoes of your choice"
   */
  @IsOptional()
  @IsText(1_000)
  goods?: string | null;

  /** Whether the brand looks at the creator's platform first; not so when absent. */
  @MayBeAbsent()
  @IsBoolean()
  requiresModeration?: boolean;

  /** Whether the brand looks at the content before it is published; not so when absent. */
  @MayBeAbsent()
  @IsBoolean()
  contentReviewRequired?: boolean;

  /**
   * Days for handing the content in; 7 when absent.
   * @example 7
   */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(LONGEST_DAYS)
  contentDays?: number;

  /**
   * Days for publishing; 14 when absent.
   * @example 14
   */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(LONGEST_DAYS)
  publicationDays?: number;

  /** Whether a publication that nobody has decided on for 14 days is confirmed; so when absent. */
  @MayBeAbsent()
  @IsBoolean()
  autoConfirm?: boolean;

  /**
   * What followers get, in words.
   * @example "10 % off the first order"
   */
  @IsOptional()
  @IsLabel(200)
  followerDiscount?: string | null;

  /** @example 10 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  followerDiscountPercent?: number | null;

  /**
   * Creators' countries, ISO 3166-1 alpha-2; all when absent or empty.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[];

  /**
   * Where creators publish; anywhere when absent or empty.
   * @example ["instagram"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @IsIn(SOCIAL_PLATFORMS, { each: true })
  platforms?: string[];

  /**
   * How many creators may take part; any number when absent.
   * @example 20
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  capacity?: number | null;

  /**
   * The pool that creators' promo codes come from, for `cpa` and `cpp_promo_code`; to be there when the offer opens. No
   * other offer and no campaign gets codes of it then.
   * @example "01900000-0000-7000-8000-000000001101"
   */
  @IsOptional()
  @IsId()
  promoCodePoolId?: string | null;

  /**
   * Where creators' links lead, for `cpa` and `cpp_promo_code`: a landing for players that is offered when the offer
   * opens; the brand's first one when absent. Links of an open offer lead there also when it is switched off later.
   * @example "01900000-0000-7000-8000-000000000201"
   */
  @IsOptional()
  @IsId()
  landingId?: string | null;
}

/** A new offer. */
export class CreateOfferDto extends OfferTermsDto {
  /** @example "Show our autumn shoes" */
  @IsLabel(200)
  title: string;

  /** @example "A reel of at least 30 seconds that shows the shoes outdoors." */
  @IsText(10_000)
  description: string;

  /**
   * `cpa`: per approved order; `cpp`: a fixed amount per publication; `cpp_promo_code`: both; `barter`: goods.
   * @example "cpp"
   */
  @IsIn(PRICING_MODELS)
  pricingModel: PricingModel;
}

/** What may be changed of an offer; absent fields stay. Of an open one title, description and capacity only. */
export class UpdateOfferDto extends OfferTermsDto {
  /** @example "Show our winter shoes" */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /** @example "A reel of at least 30 seconds that shows the shoes outdoors." */
  @MayBeAbsent()
  @IsText(10_000)
  description?: string;

  /** @example "cpp" */
  @MayBeAbsent()
  @IsIn(PRICING_MODELS)
  pricingModel?: PricingModel;
}

/** Filters of a brand's offers. */
export class OffersQuery extends PageQuery {
  /** @example "open" */
  @MayBeAbsent()
  @IsIn(OFFER_STATES)
  state?: OfferState;

  /** @example "cpp" */
  @MayBeAbsent()
  @IsIn(PRICING_MODELS)
  pricingModel?: PricingModel;
}

/** Filters of all offers. */
export class OperatorOffersQuery extends OffersQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** What an offer says to everybody who sees it. */
export class OfferTermsResponse {
  /** @example "Show our autumn shoes" */
  title: string;
  description: string;
  /**
   * `cpa`: per approved order; `cpp`: a fixed amount per publication; `cpp_promo_code`: both; `barter`: goods.
   * @example "cpp"
   */
  pricingModel: PricingModel;
  /** Paid once for a confirmed publication. */
  publicationReward: MoneyDto | null;
  /** Paid for every approved order with the creator's promo code. */
  orderReward: MoneyDto | null;
  goods: string | null;
  /** Whether the brand looks at the creator's platform first. */
  requiresModeration: boolean;
  /** Whether the brand looks at the content before it is published. */
  contentReviewRequired: boolean;
  /**
   * Days for handing the content in.
   * @example 7
   */
  contentDays: number;
  /**
   * Days for publishing.
   * @example 14
   */
  publicationDays: number;
  /** Whether a publication that the brand leaves undecided for 14 days is confirmed. */
  autoConfirm: boolean;
  /** @example "10 % off the first order" */
  followerDiscount: string | null;
  followerDiscountPercent: number | null;
  /** Creators' countries; empty: all. */
  countries: string[];
  /** Where it is to be published; empty: anywhere. */
  platforms: string[];
  /** How many creators may take part; null: any number. */
  capacity: number | null;
}

/** An offer, as its brand sees it. */
export class OfferResponse extends OfferTermsResponse {
  /** @example "01900000-0000-7000-8000-000000001401" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** Creators see an open one; a closed one takes nobody any more, and what runs goes on. */
  state: OfferState;
  promoCodePoolId: string | null;
  landingId: string | null;
  /** What orders are paid by; made when the offer opens. */
  commissionPlanId: string | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
  openedAt: string | null;
  closedAt: string | null;
}

/** A page of offers. */
export class OfferPage {
  items: OfferResponse[];
  nextCursor: string | null;
}

/** What the offer says, as the API answers it. */
export function toOfferTerms(offer: Offer): OfferTermsResponse {
  const { title, description, pricingModel, goods, countries, platforms, capacity } = offer;
  const { requiresModeration, contentReviewRequired, contentDays, publicationDays, autoConfirm } = offer;
  const { followerDiscount, followerDiscountPercent } = offer;
  return {
    title,
    description,
    pricingModel,
    publicationReward: offer.publicationReward?.toJSON() ?? null,
    orderReward: offer.orderReward?.toJSON() ?? null,
    goods,
    requiresModeration,
    contentReviewRequired,
    contentDays,
    publicationDays,
    autoConfirm,
    followerDiscount,
    followerDiscountPercent,
    countries,
    platforms,
    capacity,
  };
}

/** The offer as the API answers it to its brand. */
export function toOfferResponse(offer: Offer): OfferResponse {
  const { id, brandId, state, promoCodePoolId, landingId, commissionPlanId } = offer;
  return {
    id,
    brandId,
    state,
    ...toOfferTerms(offer),
    promoCodePoolId,
    landingId,
    commissionPlanId,
    createdAt: offer.createdAt.toISOString(),
    openedAt: offer.openedAt?.toISOString() ?? null,
    closedAt: offer.closedAt?.toISOString() ?? null,
  };
}
