import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PathId } from '../../platform/index.js';
import { OfferPage, OfferResponse, OperatorOffersQuery, toOfferResponse } from './offers.dto.js';
import { Offers } from './offers.service.js';

/** The offers of all brands, for operators (T04). */
@ApiTags('Operator: offers')
@ApiBearerAuth()
@Controller('operator/offers')
export class OperatorOffersController {
  constructor(
    private readonly offers: Offers,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:offers:read')
  @ApiOperation({ summary: 'List the offers of all brands, newest first' })
  @ApiOkResponse({ type: OfferPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorOffersQuery): Promise<OfferPage> {
    return mapPage(await this.offers.list(this.dataSource, query), toOfferResponse);
  }

  @Get(':id')
  @Requires('operator:offers:read')
  @ApiOperation({ summary: 'Show an offer' })
  @ApiOkResponse({ type: OfferResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<OfferResponse> {
    return toOfferResponse(await this.offers.get(this.dataSource, null, id));
  }
}
