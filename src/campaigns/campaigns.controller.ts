import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  type Tx,
  UnitOfWork,
  withinPart,
} from '../platform/index.js';
import type { Campaign } from './campaign.entity.js';
import {
  CampaignDetailResponse,
  CampaignPage,
  CampaignResponse,
  CampaignsQuery,
  CreateCampaignDto,
  NewCampaignResponse,
  toCampaignResponse,
} from './campaigns.dto.js';
import { Campaigns } from './campaigns.service.js';
import { PromoDesk } from './promo-desk.service.js';
import { Promos } from './promos.service.js';

/** Promos shown with a campaign; more are in its promo list. */
const PROMOS_IN_DETAIL = 200;

/** The partner's campaigns (A02, A03, A05). */
@ApiTags('Partner: campaigns')
@ApiBearerAuth()
@Controller('partner/campaigns')
export class CampaignsController {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
    private readonly promoDesk: PromoDesk,
  ) {}

  @Post()
  @Requires('partner:campaigns:write')
  @ApiOperation({ summary: 'Make a campaign, with its first promo if one is given' })
  @ApiCreatedResponse({ type: NewCampaignResponse })
  @ApiProblems(400, 409, 422)
  async create(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() { promo, ...campaign }: CreateCampaignDto,
  ): Promise<NewCampaignResponse> {
    return this.idempotency.run(key, async (tx) => {
      const made = await this.campaigns.create(tx, partnerId, campaign);
      const first = promo && (await withinPart('promo', this.promos.create(tx, partnerId, made.id, promo)));
      return {
        ...(await this.respond(tx, made)),
        promo: first ? await this.promoDesk.show(tx, first) : null,
      };
    });
  }

  @Get()
  @Requires('partner:campaigns:read')
  @ApiOperation({ summary: 'List own campaigns, newest first' })
  @ApiOkResponse({ type: CampaignPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: CampaignsQuery,
  ): Promise<CampaignPage> {
    const page = await this.campaigns.list(this.dataSource, partnerId, query);
    const listings = await this.campaigns.describe(this.dataSource, page.items);
    return { ...page, items: listings.map(toCampaignResponse) };
  }

  @Get(':id')
  @Requires('partner:campaigns:read')
  @ApiOperation({ summary: 'Show a campaign with its promos' })
  @ApiOkResponse({ type: CampaignDetailResponse })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<CampaignDetailResponse> {
    const campaign = await this.campaigns.get(this.dataSource, partnerId, id);
    const { items } = await this.promos.list(this.dataSource, id, { limit: PROMOS_IN_DETAIL });
    const promos = await this.promoDesk.showAll(this.dataSource, items);
    return { ...(await this.respond(this.dataSource, campaign)), promos };
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Requires('partner:campaigns:write')
  @ApiOperation({
    summary: 'Archive a campaign: it keeps tracking and earning, and refuses new promos and edits',
  })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(400, 404, 409)
  async archive(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<CampaignResponse> {
    return this.unitOfWork.run(async (tx) =>
      this.respond(tx, await this.campaigns.archive(tx, partnerId, id)),
    );
  }

  @Post(':id/unarchive')
  @HttpCode(200)
  @Requires('partner:campaigns:write')
  @ApiOperation({ summary: 'Take a campaign back from the archive' })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(400, 404, 409, 422)
  async unarchive(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<CampaignResponse> {
    return this.unitOfWork.run(async (tx) =>
      this.respond(tx, await this.campaigns.unarchive(tx, partnerId, id)),
    );
  }

  private async respond(db: Tx | DataSource, campaign: Campaign): Promise<CampaignResponse> {
    const [listing] = await this.campaigns.describe(db, [campaign]);
    return toCampaignResponse(listing!);
  }
}
