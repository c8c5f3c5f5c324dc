import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId } from '../../platform/index.js';
import { BrandCardResponse, CataloguePage, CatalogueQuery } from './brand-catalogue.dto.js';
import { BrandCatalogue } from './brand-catalogue.service.js';

/** The catalogue of brands (T02). */
@ApiTags('Partner: brands')
@ApiBearerAuth()
@Controller('partner/brands')
export class BrandCatalogueController {
  constructor(private readonly catalogue: BrandCatalogue) {}

  @Get()
  @Requires('partner:brands:read')
  @ApiOperation({ summary: 'List the active brands, with their rating and how many offers are open' })
  @ApiOkResponse({ type: CataloguePage })
  @ApiProblems(400)
  list(@Query() query: CatalogueQuery): Promise<CataloguePage> {
    return this.catalogue.list(query);
  }

  @Get(':id')
  @Requires('partner:brands:read')
  @ApiOperation({ summary: 'Show a brand with its open offers' })
  @ApiOkResponse({ type: BrandCardResponse })
  @ApiProblems(400, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<BrandCardResponse> {
    return this.catalogue.get(partnerId, id);
  }
}
