import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Clock,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import type { CampaignAction } from '../domain/campaign-status.js';
import { CreatePublicCampaignDto, UpdatePublicCampaignDto } from './campaign-input.dto.js';
import { listCampaigns } from './campaign-rows.js';
import {
  BrandCampaignsQuery,
  PublicCampaignPage,
  PublicCampaignResponse,
  toPublicCampaign,
} from './public-campaigns.dto.js';
import { getOfBrand, PublicCampaigns } from './public-campaigns.service.js';

/** A brand's public engagement campaigns (E02, E03, E04). */
@ApiTags('Brand: public campaigns')
@ApiBearerAuth()
@Controller('brand/public-campaigns')
export class BrandPublicCampaignsController {
  constructor(
    private readonly campaigns: PublicCampaigns,
    private readonly idempotency: Idempotency,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('brand:public-campaigns:read')
  @ApiOperation({ summary: "List the brand's public campaigns, newest first" })
  @ApiOkResponse({ type: PublicCampaignPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { brandId }: BrandActor,
    @Query() query: BrandCampaignsQuery,
  ): Promise<PublicCampaignPage> {
    const now = this.clock.now();
    const page = await listCampaigns(this.dataSource, { ...query, brandId });
    return mapPage(page, (campaign) => toPublicCampaign(campaign, now));
  }

  @Get(':id')
  @Requires('brand:public-campaigns:read')
  @ApiOperation({ summary: 'Show a public campaign, with how much of its budget is consumed' })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { brandId }: BrandActor, @PathId() id: string): Promise<PublicCampaignResponse> {
    const campaign = await getOfBrand(this.dataSource.manager, brandId, id);
    return toPublicCampaign(campaign, this.clock.now());
  }

  @Post()
  @Requires('brand:public-campaigns:write')
  @ApiOperation({ summary: 'Draft a public campaign' })
  @ApiCreatedResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 409, 422)
  create(
    @CurrentActor() actor: BrandActor,
    @Body() body: CreatePublicCampaignDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PublicCampaignResponse> {
    return this.idempotency.run(key, async (tx) =>
      toPublicCampaign(await this.campaigns.create(tx, actor, body), this.clock.now()),
    );
  }

  @Patch(':id')
  @Requires('brand:public-campaigns:write')
  @ApiOperation({
    summary: 'Change a public campaign',
    description: 'Once it is published, only texts, terms, the budget and later ends.',
  })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404, 409, 422)
  async change(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() body: UpdatePublicCampaignDto,
  ): Promise<PublicCampaignResponse> {
    const campaign = await this.unitOfWork.run((tx) => this.campaigns.change(tx, actor, id, body));
    return toPublicCampaign(campaign, this.clock.now());
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Requires('brand:public-campaigns:write')
  @ApiOperation({
    summary: 'Publish a draft: creators find it and join',
    description:
      '422 when its end is past, a unit is paid that none of its platforms tells, or the brand works with us no more.',
  })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404, 409, 422)
  publish(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<PublicCampaignResponse> {
    return this.move(actor, id, 'publish');
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Requires('brand:public-campaigns:write')
  @ApiOperation({ summary: 'Pause a published campaign: nobody joins or posts, and nothing is accrued' })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404, 409)
  pause(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<PublicCampaignResponse> {
    return this.move(actor, id, 'pause');
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Requires('brand:public-campaigns:write')
  @ApiOperation({ summary: 'Resume a paused campaign; its budget is shared out among posts again' })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404, 409)
  resume(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<PublicCampaignResponse> {
    return this.move(actor, id, 'resume');
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('brand:public-campaigns:write')
  @ApiOperation({ summary: 'Cancel a campaign, for good: it is over, and approved posts become payable' })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404, 409)
  cancel(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<PublicCampaignResponse> {
    return this.move(actor, id, 'cancel');
  }

  private async move(actor: BrandActor, id: string, action: CampaignAction): Promise<PublicCampaignResponse> {
    const campaign = await this.unitOfWork.run((tx) => this.campaigns.move(tx, actor, id, action));
    return toPublicCampaign(campaign, this.clock.now());
  }
}
