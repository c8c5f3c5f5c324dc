import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../identity/index.js';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import { PerformanceReportDto, ReportAttributesDto } from './performance-report.dto.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { Reports } from './reports.service.js';

/** The operator's performance report over the whole program, which knows the grouper `partner`. */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('operator/reports')
@CountedAs('report')
@Requires('operator:reports:read')
export class ProgramReportController {
  constructor(private readonly reports: Reports) {}

  @Get('performance')
  @ApiOperation({ summary: 'Performance report over the whole program' })
  @ApiReportQuery('operator')
  @ApiOkResponse({ type: PerformanceReportDto })
  @ApiProblems(400, 401, 403)
  report(@Query() query: RawQuery): Promise<PerformanceReportDto> {
    return this.reports.page({ partnerId: null }, this.reports.request(query, 'operator'));
  }

  @Get('attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports over the program can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes('operator');
  }
}
