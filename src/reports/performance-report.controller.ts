import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import { parseReportRequest, type RawQuery } from './domain/report-request.js';
import { PerformanceReportDto, ReportAttributesDto } from './performance-report.dto.js';
import { PerformanceReportService } from './performance-report.service.js';
import { ApiReportQuery } from './report-query.decorator.js';

/** The same report for people who are signed in (A15). */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('partner/reports')
@CountedAs('report')
@Requires('partner:reports:read')
export class PerformanceReportController {
  constructor(private readonly reports: PerformanceReportService) {}

  @Get('performance')
  @ApiOperation({ summary: 'Performance report' })
  @ApiReportQuery()
  @ApiOkResponse({ type: PerformanceReportDto })
  @ApiProblems(400, 401, 403)
  report(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<PerformanceReportDto> {
    return this.reports.run(actor.partnerId, parseReportRequest(query));
  }

  @Get('attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes();
  }
}
