import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import {
  AdCampaignDto,
  AdCampaignPage,
  AdCampaignQuery,
  ChangeAdCampaignDto,
  CreateAdCampaignDto,
} from './ad-campaigns.dto.js';
import { AdCampaigns } from './ad-campaigns.service.js';

/** A partner's ad campaigns (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('partner/ad-campaigns')
export class PartnerAdCampaignsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly campaigns: AdCampaigns,
  ) {}

  @Get()
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'List your ad campaigns, newest first' })
  @ApiOkResponse({ type: AdCampaignPage })
  @ApiProblems(400, 401, 403)
  list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: AdCampaignQuery,
  ): Promise<AdCampaignPage> {
    return this.campaigns.list(partnerId, query);
  }

  @Post()
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Draft an ad campaign; it holds impressions once it is launched' })
  @ApiCreatedResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: PartnerActor,
    @Body() body: CreateAdCampaignDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<AdCampaignDto> {
    return this.idempotency.run(key, (tx) => this.campaigns.create(tx, actor, body));
  }

  @Get(':id')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'Show one of your ad campaigns' })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<AdCampaignDto> {
    return this.campaigns.get(partnerId, id);
  }

  @Patch(':id')
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Change an ad campaign',
    description:
      'Impressions and start are fixed once it is launched; the rest can be changed until it ends.',
  })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: ChangeAdCampaignDto,
  ): Promise<AdCampaignDto> {
    return this.unitOfWork.run((tx) => this.campaigns.change(tx, actor, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Delete an ad campaign that was not launched' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  delete(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.campaigns.delete(tx, actor, id));
  }
}
