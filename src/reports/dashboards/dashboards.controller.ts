import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Actor,
  type BrandActor,
  CurrentActor,
  type PartnerActor,
  Requires,
} from '../../identity/index.js';
import { ApiProblems, CountedAs } from '../../platform/index.js';
import { BrandDashboard } from './brand-dashboard.service.js';
import {
  BrandDashboardDto,
  DashboardQuery,
  OperatorDashboardDto,
  PartnerDashboardDto,
} from './dashboards.dto.js';
import { OperatorDashboard } from './operator-dashboard.service.js';
import { PartnerDashboard } from './partner-dashboard.service.js';

/** What everybody sees first (A01, T01). */
@ApiTags('dashboards')
@ApiBearerAuth()
@Controller()
@CountedAs('report')
export class DashboardsController {
  constructor(
    private readonly partners: PartnerDashboard,
    private readonly brands: BrandDashboard,
    private readonly operators: OperatorDashboard,
  ) {}

  @Get('partner/dashboard')
  @Requires('partner:reports:read')
  @ApiOperation({
    summary:
      'Quick figures and charts compared with the period before, balances, this month, the best brands, and the latest deals',
  })
  @ApiOkResponse({ type: PartnerDashboardDto })
  @ApiProblems(400, 422)
  ofPartner(
    @CurrentActor() actor: PartnerActor,
    @Query() query: DashboardQuery,
  ): Promise<PartnerDashboardDto> {
    return this.partners.show(actor, query);
  }

  @Get('brand/dashboard')
  @Requires('brand:dashboard:read')
  @ApiOperation({ summary: 'What all partners bring the brand, compared with the period before' })
  @ApiOkResponse({ type: BrandDashboardDto })
  @ApiProblems(400, 422)
  ofBrand(@CurrentActor() actor: BrandActor, @Query() query: DashboardQuery): Promise<BrandDashboardDto> {
    return this.brands.show(actor, query);
  }

  @Get('operator/dashboard')
  @Requires('operator:reports:read')
  @ApiOperation({
    summary:
      'The program’s figures and charts compared with the period before, today and this month, what waits for a decision, best partners and brands',
  })
  @ApiOkResponse({ type: OperatorDashboardDto })
  @ApiProblems(400, 422)
  ofProgram(@CurrentActor() actor: Actor, @Query() query: DashboardQuery): Promise<OperatorDashboardDto> {
    return this.operators.show(actor, query);
  }
}
