import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsCountry, IsHttpUrl, IsId, IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { type BrandSuggestion, SUGGESTION_STATES, type SuggestionState } from './brand-suggestion.js';

/** A brand that a partner would like to work with. */
export class SuggestBrandDto {
  /** @example "Lucky Fox" */
  @IsLabel(120)
  name: string;

  /** @example "https://lucky-fox.example" */
  @IsHttpUrl()
  website: string;

  /**
   * Where the brand sells, ISO 3166-1 alpha-2.
   * @example "MT"
   */
  @IsOptional()
  @IsCountry()
  country?: string | null;

  /**
   * Why it would fit.
   * @example "My followers ask for it."
   */
  @IsOptional()
  @IsText(2000)
  comment?: string | null;
}

export class SuggestionsQuery extends PageQuery {
  /** @example "pending" */
  @MayBeAbsent()
  @IsIn(SUGGESTION_STATES)
  state?: SuggestionState;
}

export class SuggestionQueueQuery extends PageQuery {
  /** @example "pending" */
  @ApiProperty({ enum: [...SUGGESTION_STATES, 'all'], required: false })
  @MayBeAbsent()
  @IsIn([...SUGGESTION_STATES, 'all'])
  state: SuggestionState | 'all' = 'pending';
}

/** A suggestion as its partner sees it. */
export class BrandSuggestionResponse {
  id: string;
  /** @example "Lucky Fox" */
  name: string;
  /** @example "https://lucky-fox.example" */
  website: string;
  /** @example "MT" */
  country: string | null;
  comment: string | null;
  @ApiProperty({ enum: SUGGESTION_STATES })
  state: SuggestionState;
  /** The brand that came of it, where one did. */
  brandId: string | null;
  /** Why it was declined. */
  reason: string | null;
  suggestedAt: Date;
  decidedAt: Date | null;
}

export class BrandSuggestionPage {
  items: BrandSuggestionResponse[];
  nextCursor: string | null;
}

/** A suggestion as operators see it. */
export class QueuedSuggestionResponse extends BrandSuggestionResponse {
  partnerId: string;
  partnerName: string;
  /** How many other partners have suggested a brand of this name or website, ever. */
  alsoSuggestedBy: number;
}

export class QueuedSuggestionPage {
  items: QueuedSuggestionResponse[];
  nextCursor: string | null;
}

export class AcceptSuggestionDto {
  /** The brand that was made of it, which its partner is then shown. */
  @IsOptional()
  @IsId()
  brandId?: string | null;
}

export class DeclineSuggestionDto {
  /**
   * Why; mailed to the partner.
   * @example "The brand does not work with partners."
   */
  @IsText(2000)
  reason: string;
}

/** The suggestion as its partner sees it. */
export function toSuggestionResponse(suggestion: BrandSuggestion): BrandSuggestionResponse {
  const { partnerId: _, partnerName: __, alsoSuggestedBy: ___, email: ____, ...own } = suggestion;
  return own;
}

/** The suggestion as operators see it. */
export function toQueuedSuggestion({ email: _, ...queued }: BrandSuggestion): QueuedSuggestionResponse {
  return queued;
}
