import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../../identity/index.js';
import { ApiProblems, Clock, mapPage, notFound, PathId } from '../../platform/index.js';
import { findCampaign, listCampaigns } from './campaign-rows.js';
import {
  OperatorCampaignsQuery,
  PublicCampaignPage,
  PublicCampaignResponse,
  toPublicCampaign,
} from './public-campaigns.dto.js';

/** Operators look at the public campaigns of all brands. */
@ApiTags('Operator: public campaigns')
@ApiBearerAuth()
@Controller('operator/public-campaigns')
export class OperatorPublicCampaignsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('operator:public-campaigns:read')
  @ApiOperation({ summary: 'List public campaigns, newest first' })
  @ApiOkResponse({ type: PublicCampaignPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorCampaignsQuery): Promise<PublicCampaignPage> {
    const now = this.clock.now();
    return mapPage(await listCampaigns(this.dataSource, query), (campaign) =>
      toPublicCampaign(campaign, now),
    );
  }

  @Get(':id')
  @Requires('operator:public-campaigns:read')
  @ApiOperation({ summary: 'Show a public campaign' })
  @ApiOkResponse({ type: PublicCampaignResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<PublicCampaignResponse> {
    const campaign = await findCampaign(this.dataSource, id);
    if (!campaign) throw notFound('campaign');
    return toPublicCampaign(campaign, this.clock.now());
  }
}
