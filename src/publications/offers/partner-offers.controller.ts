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
  PathId,
} from '../../platform/index.js';
import { Applications } from '../applications.service.js';
import { ApplyDto, PublicationDetailResponse, toPublicationDetail } from '../publication-work.dto.js';
import { Publications } from '../publications.service.js';
import { OfferCodes } from './offer-codes.service.js';
import { OpenOffers } from './open-offers.service.js';
import {
  OfferCodeResponse,
  PartnerOfferPage,
  PartnerOfferResponse,
  PartnerOffersQuery,
  toOfferCodeResponse,
  toPartnerOfferResponse,
} from './partner-offers.dto.js';

/** The offers that creators may take part in (T04). */
@ApiTags('Partner: offers')
@ApiBearerAuth()
@Controller('partner/offers')
export class PartnerOffersController {
  constructor(
    private readonly offers: OpenOffers,
    private readonly applications: Applications,
    private readonly codes: OfferCodes,
    private readonly publications: Publications,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:offers:read')
  @ApiOperation({ summary: 'List the open offers, newest first' })
  @ApiOkResponse({ type: PartnerOfferPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PartnerOffersQuery,
  ): Promise<PartnerOfferPage> {
    return mapPage(await this.offers.list(this.dataSource, partnerId, query), toPartnerOfferResponse);
  }

  @Get(':id')
  @Requires('partner:offers:read')
  @ApiOperation({ summary: 'Show an open offer, or one that you take or took part in' })
  @ApiOkResponse({ type: PartnerOfferResponse })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PartnerOfferResponse> {
    return toPartnerOfferResponse(await this.offers.get(this.dataSource, partnerId, id));
  }

  @Post(':id/apply')
  @Requires('partner:publications:write')
  @ApiOperation({
    summary: 'Take part in an offer: your publication begins in the first step that it asks for',
    description:
      'By a verified social account. Once at each offer; anew where the deadline has passed, never after a rejection.',
  })
  @ApiCreatedResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409, 422)
  apply(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() { socialAccountId }: ApplyDto,
  ): Promise<PublicationDetailResponse> {
    return this.idempotency.run(key, async (tx) => {
      const begun = await this.applications.apply(tx, actor, id, socialAccountId);
      const scope = { partnerId: actor.partnerId };
      return toPublicationDetail(await this.publications.get(tx, scope, begun.id));
    });
  }

  @Post(':id/promo-code')
  @Requires('partner:publications:write')
  @ApiOperation({
    summary: 'Get your promo code of an offer that pays for orders; the same one however often you ask',
    description:
      'Once you take part, and the brand has approved your platform where it asks for that. Orders with the code are yours.',
  })
  @ApiCreatedResponse({ type: OfferCodeResponse })
  @ApiProblems(400, 404, 409, 422)
  takeCode(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<OfferCodeResponse> {
    return this.idempotency.run(key, async (tx) =>
      toOfferCodeResponse(await this.codes.take(tx, partnerId, id)),
    );
  }
}
