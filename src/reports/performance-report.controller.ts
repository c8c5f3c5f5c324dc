import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import { PerformanceReportDto, ReportAttributesDto } from './performance-report.dto.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { Reports } from './reports.service.js';

/** The same report for people who are signed in (A15). */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('partner/reports')
@CountedAs('report')
@Requires('partner:reports:read')
export class PerformanceReportController {
  constructor(private readonly reports: Reports) {}

  @Get('performance')
  @ApiOperation({ summary: 'Performance report' })
  @ApiReportQuery('partner')
  @ApiOkResponse({ type: PerformanceReportDto })
  @ApiProblems(400, 401, 403)
  report(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<PerformanceReportDto> {
    return this.reports.page(actor, this.reports.request(query, 'partner'));
  }

  @Get('attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes('partner');
  }
}
