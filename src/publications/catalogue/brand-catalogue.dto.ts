import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { BRAND_SORTS, BrandResponse, type BrandSort } from '../../brands/index.js';
import { IsCountry, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { PRICING_MODELS, type PricingModel } from '../domain/offer-terms.js';
import { PartnerOfferResponse } from '../offers/partner-offers.dto.js';

/** Filters of the catalogue of brands. */
export class CatalogueQuery extends PageQuery {
  /**
   * Part of the name, in any case.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(120)
  search?: string;

  /**
   * The same as `search`.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(120)
  name?: string;

  /** @example "casino" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(60)
  category?: string;

  /**
   * The brand's own, ISO 3166-1 alpha-2.
   * @example "MT"
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsCountry()
  country?: string;

  /** Only brands with an open offer of this model. */
  @ApiProperty({ enum: PRICING_MODELS, required: false })
  @MayBeAbsent()
  @IsIn(PRICING_MODELS)
  pricingModel?: PricingModel;

  /** `-rating` has the best first, those not yet rated last, and equals by name. */
  @ApiProperty({ enum: BRAND_SORTS, required: false, default: 'createdAt' })
  @MayBeAbsent()
  @IsIn(BRAND_SORTS)
  sort: BrandSort = 'createdAt';
}

/** A brand with what it offers. */
export class CatalogueBrandResponse extends BrandResponse {
  /** How many offers are open. */
  offersCount: number;
  /** Of its open offers. */
  @ApiProperty({ enum: PRICING_MODELS, isArray: true })
  pricingModels: PricingModel[];
}

/** A page of the catalogue. */
export class CataloguePage {
  items: CatalogueBrandResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The card of a brand. */
export class BrandCardResponse extends CatalogueBrandResponse {
  /** The open ones, newest first; the first 200 where there are more. */
  offers: PartnerOfferResponse[];
}
