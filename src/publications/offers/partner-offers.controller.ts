import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage } from '../../platform/index.js';
import { OpenOffers } from './open-offers.service.js';
import {
  PartnerOfferPage,
  PartnerOfferResponse,
  PartnerOffersQuery,
  toPartnerOfferResponse,
} from './partner-offers.dto.js';

/** The offers that creators may take part in (T04). */
@ApiTags('Partner: offers')
@ApiBearerAuth()
@Controller('partner/offers')
export class PartnerOffersController {
  constructor(
    private readonly offers: OpenOffers,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:offers:read')
  @ApiOperation({ summary: 'List the open offers, newest first' })
  @ApiOkResponse({ type: PartnerOfferPage })
  @ApiProblems(400)
  async list(@Query() query: PartnerOffersQuery): Promise<PartnerOfferPage> {
    return mapPage(await this.offers.list(this.dataSource, query), toPartnerOfferResponse);
  }

  @Get(':id')
  @Requires('partner:offers:read')
  @ApiOperation({ summary: 'Show an open offer' })
  @ApiOkResponse({ type: PartnerOfferResponse })
  @ApiProblems(400, 404)
  async get(@Param('id', ParseUUIDPipe) id: string): Promise<PartnerOfferResponse> {
    return toPartnerOfferResponse(await this.offers.get(this.dataSource, id));
  }
}
