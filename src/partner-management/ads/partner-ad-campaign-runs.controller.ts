import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { AdCampaignRuns } from './ad-campaign-runs.service.js';
import { AdCampaignDto } from './ad-campaigns.dto.js';
import { AdStatisticsDto, AdStatisticsQuery } from './serving/ad-statistics.dto.js';
import { AdStatistics } from './serving/ad-statistics.service.js';

/** How a partner's ad campaigns run (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('partner/ad-campaigns/:id')
export class PartnerAdCampaignRunsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: AdCampaignRuns,
    private readonly statistics: AdStatistics,
  ) {}

  @Post('launch')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Launch an ad campaign',
    description:
      'Sets its impressions aside: 422 `NOT_ENOUGH_IMPRESSIONS` says how many are available. Its ads are shown as soon ' +
      'as they are approved, and by turns: a campaign that has more left for the time it has comes up more often.',
  })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  launch(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdCampaignDto> {
    return this.unitOfWork.run((tx) => this.runs.launch(tx, actor, id));
  }

  @Post('pause')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({
    summary: 'Pause an ad campaign',
    description: 'Nothing of it is given out; what was given out before still counts when it is shown.',
  })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404, 409)
  pause(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdCampaignDto> {
    return this.unitOfWork.run((tx) => this.runs.pause(tx, actor, id));
  }

  @Post('resume')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Go on with a paused ad campaign that has impressions left' })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404, 409)
  resume(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdCampaignDto> {
    return this.unitOfWork.run((tx) => this.runs.resume(tx, actor, id));
  }

  @Post('end')
  @HttpCode(200)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'End an ad campaign for good; unused impressions are available again' })
  @ApiOkResponse({ type: AdCampaignDto })
  @ApiProblems(400, 401, 403, 404, 409)
  end(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<AdCampaignDto> {
    return this.unitOfWork.run((tx) => this.runs.end(tx, actor, id));
  }

  @Get('statistics')
  @Requires('partner:ads:read')
  @ApiOperation({
    summary: 'How often its ads were shown and clicked, by UTC day',
    description: 'By people: bots are counted nowhere, and take no impression. Days without any are absent.',
  })
  @ApiOkResponse({ type: AdStatisticsDto })
  @ApiProblems(400, 401, 403, 404)
  show(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() query: AdStatisticsQuery,
  ): Promise<AdStatisticsDto> {
    return this.statistics.of(partnerId, id, query);
  }
}
