import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, mapPage, PathId } from '../platform/index.js';
import { PartnerPlansQuery } from './commission-plans.dto.js';
import { CommissionPlans } from './commission-plans.service.js';
import { PartnerPlanPage, PartnerPlanResponse, toPartnerPlanResponse } from './plan-responses.dto.js';
import { STRATEGY_CLASSES } from './strategies.dto.js';

/** The commission plans that a partner may choose, or has chosen (A03, A20). */
@ApiTags('Partner: commission plans')
@ApiBearerAuth()
@ApiExtraModels(...Object.values(STRATEGY_CLASSES))
@Controller('partner/commission-plans')
export class PartnerPlansController {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:commission-plans:read')
  @ApiOperation({
    summary: 'List the plans open to the partner: default ones, and individual ones made for it',
  })
  @ApiOkResponse({ type: PartnerPlanPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() actor: PartnerActor,
    @Query() query: PartnerPlansQuery,
  ): Promise<PartnerPlanPage> {
    const filter = { ...query, partnerId: actor.partnerId, state: 'active' as const };
    return mapPage(await this.plans.list(this.dataSource, filter), toPartnerPlanResponse);
  }

  @Get(':id')
  @Requires('partner:commission-plans:read')
  @ApiOperation({
    summary: 'Show a plan with its terms in words: one open to the partner, or one that it has a campaign on',
  })
  @ApiOkResponse({ type: PartnerPlanResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<PartnerPlanResponse> {
    return toPartnerPlanResponse(await this.plans.getWithTerms(this.dataSource, id, actor.partnerId));
  }
}
