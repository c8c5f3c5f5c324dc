import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PageQuery,
  PathId,
  UnitOfWork,
} from '../platform/index.js';
import { Campaigns } from './campaigns.service.js';
import { PromoDesk } from './promo-desk.service.js';
import { CreatePromoDto, EmbedCodeResponse, PromoPage, PromoResponse, UpdatePromoDto } from './promos.dto.js';
import { Promos } from './promos.service.js';

/** The promos of the partner's campaigns (A04). */
@ApiTags('Partner: campaigns')
@ApiBearerAuth()
@Controller('partner')
export class PromosController {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
    private readonly desk: PromoDesk,
  ) {}

  @Post('campaigns/:id/promos')
  @Requires('partner:campaigns:write')
  @ApiOperation({ summary: 'Add a promo to a campaign: a new tracking link' })
  @ApiCreatedResponse({ type: PromoResponse })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() campaignId: string,
    @Body() body: CreatePromoDto,
  ): Promise<PromoResponse> {
    return this.idempotency.run(key, async (tx) =>
      this.desk.show(tx, await this.promos.create(tx, partnerId, campaignId, body)),
    );
  }

  @Get('campaigns/:id/promos')
  @Requires('partner:campaigns:read')
  @ApiOperation({ summary: 'List the promos of a campaign, newest first' })
  @ApiOkResponse({ type: PromoPage })
  @ApiProblems(400, 404)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() campaignId: string,
    @Query() query: PageQuery,
  ): Promise<PromoPage> {
    await this.campaigns.get(this.dataSource, partnerId, campaignId);
    const page = await this.promos.list(this.dataSource, campaignId, query);
    return { ...page, items: await this.desk.showAll(this.dataSource, page.items) };
  }

  @Get('promos/:id')
  @Requires('partner:campaigns:read')
  @ApiOperation({ summary: 'Show a promo' })
  @ApiOkResponse({ type: PromoResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<PromoResponse> {
    return this.desk.show(this.dataSource, await this.promos.get(this.dataSource, partnerId, id));
  }

  @Get('promos/:id/embed')
  @Requires('partner:campaigns:read')
  @ApiOperation({
    summary: 'Give the HTML that shows a promo on a page',
    description:
      'The link around its medium: an image, a video or a text; an HTML banner is framed and gets the link as its ' +
      '`clickTag`. A promo without a medium is a link with its title. The image of an uploaded one is fetched by ' +
      '`/b/{code}`, which counts impressions.',
  })
  @ApiOkResponse({ type: EmbedCodeResponse })
  @ApiProblems(400, 404)
  async embed(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<EmbedCodeResponse> {
    return this.desk.embed(this.dataSource, await this.promos.get(this.dataSource, partnerId, id));
  }

  @Patch('promos/:id')
  @Requires('partner:campaigns:write')
  @ApiOperation({ summary: 'Change the title of a promo, or set its traffic source once' })
  @ApiOkResponse({ type: PromoResponse })
  @ApiProblems(400, 404, 409, 422)
  async change(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Body() body: UpdatePromoDto,
  ): Promise<PromoResponse> {
    return this.unitOfWork.run(async (tx) =>
      this.desk.show(tx, await this.promos.change(tx, partnerId, id, body)),
    );
  }
}
