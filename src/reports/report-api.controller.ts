import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires, StatisticTokenRoute } from '../identity/index.js';
import { ApiProblems } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import { parseReportRequest, type RawQuery } from './domain/report-request.js';
import {
  PerformanceReportDto,
  ReportAttributesDto,
  ReportCampaignsDto,
  ReportCampaignsQuery,
} from './performance-report.dto.js';
import { PerformanceReportService } from './performance-report.service.js';
import { ApiReportQuery } from './report-query.decorator.js';

/** The report API as existing report clients know it, opened by a statistics token, raw or as Bearer (A18, B10). */
@ApiTags('report API')
@ApiBearerAuth()
@Controller('api/customer/v1/partner')
@StatisticTokenRoute()
@Requires('partner:reports:read')
export class ReportApiController {
  constructor(private readonly reports: PerformanceReportService) {}

  @Get('report')
  @ApiOperation({ summary: 'Performance report by statistics token' })
  @ApiReportQuery()
  @ApiOkResponse({ type: PerformanceReportDto })
  @ApiProblems(400, 401, 403)
  report(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<PerformanceReportDto> {
    return this.reports.run(actor.partnerId, parseReportRequest(query));
  }

  @Get('report/attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes();
  }

  @Get('campaigns')
  @ApiOperation({ summary: 'List your campaigns by statistics token' })
  @ApiOkResponse({ type: ReportCampaignsDto })
  @ApiProblems(400, 401, 403)
  campaigns(
    @CurrentActor() actor: PartnerActor,
    @Query() query: ReportCampaignsQuery,
  ): Promise<ReportCampaignsDto> {
    return this.reports.campaigns(actor.partnerId, { ...query, perPage: query.per_page });
  }
}
