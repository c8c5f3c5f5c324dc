import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires, StatisticTokenRoute } from '../identity/index.js';
import { ApiProblems } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import {
  PerformanceReportDto,
  ReportAttributesDto,
  ReportCampaignsDto,
  ReportCampaignsQuery,
} from './performance-report.dto.js';
import { ReportCampaigns } from './report-campaigns.service.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { Reports } from './reports.service.js';

/** The report API as existing report clients know it, opened by a statistics token, raw or as Bearer (A18, B10). */
@ApiTags('report API')
@ApiBearerAuth()
@Controller('api/customer/v1/partner')
@StatisticTokenRoute()
@Requires('partner:reports:read')
export class ReportApiController {
  constructor(
    private readonly reports: Reports,
    private readonly reportCampaigns: ReportCampaigns,
  ) {}

  @Get('report')
  @ApiOperation({ summary: 'Performance report by statistics token' })
  @ApiReportQuery('partner')
  @ApiOkResponse({ type: PerformanceReportDto })
  @ApiProblems(400, 401, 403)
  report(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<PerformanceReportDto> {
    return this.reports.page(actor, this.reports.request(query, 'partner'));
  }

  @Get('report/attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes('partner');
  }

  @Get('campaigns')
  @ApiOperation({ summary: 'List your campaigns by statistics token' })
  @ApiOkResponse({ type: ReportCampaignsDto })
  @ApiProblems(400, 401, 403)
  campaigns(
    @CurrentActor() actor: PartnerActor,
    @Query() query: ReportCampaignsQuery,
  ): Promise<ReportCampaignsDto> {
    return this.reportCampaigns.list(actor.partnerId, query);
  }
}
