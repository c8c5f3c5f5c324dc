import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
} from '../../platform/index.js';
import {
  BrandSuggestionPage,
  BrandSuggestionResponse,
  SuggestBrandDto,
  SuggestionsQuery,
  toSuggestionResponse,
} from './brand-suggestions.dto.js';
import { BrandSuggestions } from './brand-suggestions.service.js';

/** Brands that the partner suggests (T02). */
@ApiTags('Partner: brands')
@ApiBearerAuth()
@Controller('partner/brand-suggestions')
export class PartnerSuggestionsController {
  constructor(
    private readonly suggestions: BrandSuggestions,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:brands:read')
  @ApiOperation({ summary: 'List the brands that you suggested, newest first' })
  @ApiOkResponse({ type: BrandSuggestionPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: SuggestionsQuery,
  ): Promise<BrandSuggestionPage> {
    return mapPage(
      await this.suggestions.list(this.dataSource, { ...query, partnerId }),
      toSuggestionResponse,
    );
  }

  @Post()
  @Requires('partner:brands:suggest')
  @ApiOperation({
    summary: 'Suggest a brand that you would like to work with',
    description:
      'A brand of the same name or website that is in the catalogue (`BRAND_ALREADY_LISTED`, with its `brandId`), or that ' +
      'you suggested and that waits (`BRAND_ALREADY_SUGGESTED`, with its `suggestionId`), is refused. Case, accents and ' +
      'punctuation of names, and scheme, `www.` and query of websites make no difference.',
  })
  @ApiCreatedResponse({ type: BrandSuggestionResponse })
  @ApiProblems(400, 409, 422)
  suggest(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: SuggestBrandDto,
  ): Promise<BrandSuggestionResponse> {
    return this.idempotency.run(key, async (tx) =>
      toSuggestionResponse(await this.suggestions.suggest(tx, actor, body)),
    );
  }
}
