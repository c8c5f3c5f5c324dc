import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { OfferOpenings } from './offer-openings.service.js';
import {
  CreateOfferDto,
  OfferPage,
  OfferResponse,
  OffersQuery,
  toOfferResponse,
  UpdateOfferDto,
} from './offers.dto.js';
import { Offers } from './offers.service.js';

/** The offers of the user's brand (T04). */
@ApiTags('Brand: offers')
@ApiBearerAuth()
@Controller('brand/offers')
export class BrandOffersController {
  constructor(
    private readonly offers: Offers,
    private readonly openings: OfferOpenings,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('brand:offers:write')
  @ApiOperation({ summary: 'Draft an offer; creators see it once it is open' })
  @ApiCreatedResponse({ type: OfferResponse })
  @ApiProblems(400, 409, 422)
  async draft(
    @CurrentActor() actor: BrandActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateOfferDto,
  ): Promise<OfferResponse> {
    return this.idempotency.run(key, async (tx) => toOfferResponse(await this.offers.draft(tx, actor, body)));
  }

  @Get()
  @Requires('brand:offers:read')
  @ApiOperation({ summary: 'List the offers, newest first' })
  @ApiOkResponse({ type: OfferPage })
  @ApiProblems(400)
  async list(@CurrentActor() { brandId }: BrandActor, @Query() query: OffersQuery): Promise<OfferPage> {
    return mapPage(await this.offers.list(this.dataSource, { ...query, brandId }), toOfferResponse);
  }

  @Get(':id')
  @Requires('brand:offers:read')
  @ApiOperation({ summary: 'Show an offer' })
  @ApiOkResponse({ type: OfferResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { brandId }: BrandActor, @PathId() id: string): Promise<OfferResponse> {
    return toOfferResponse(await this.offers.get(this.dataSource, brandId, id));
  }

  @Patch(':id')
  @Requires('brand:offers:write')
  @ApiOperation({ summary: 'Change a draft; of an open offer its title, description and capacity' })
  @ApiOkResponse({ type: OfferResponse })
  @ApiProblems(400, 404, 409, 422)
  async change(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() body: UpdateOfferDto,
  ): Promise<OfferResponse> {
    return toOfferResponse(await this.unitOfWork.run((tx) => this.offers.change(tx, actor, id, body)));
  }

  @Post(':id/open')
  @HttpCode(200)
  @Requires('brand:offers:write')
  @ApiOperation({
    summary: 'Open a draft to creators',
    description:
      'What it pays stays as it is from then on. One that pays for orders takes its pool of promo codes over and gets a commission plan of its own.',
  })
  @ApiOkResponse({ type: OfferResponse })
  @ApiProblems(400, 404, 409, 422)
  async open(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<OfferResponse> {
    return toOfferResponse(await this.unitOfWork.run((tx) => this.openings.open(tx, actor, id)));
  }

  @Post(':id/close')
  @HttpCode(200)
  @Requires('brand:offers:write')
  @ApiOperation({ summary: 'Close an open offer, for good: it takes nobody any more, and what runs goes on' })
  @ApiOkResponse({ type: OfferResponse })
  @ApiProblems(400, 404, 409)
  async close(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<OfferResponse> {
    return toOfferResponse(await this.unitOfWork.run((tx) => this.offers.close(tx, actor, id)));
  }
}
