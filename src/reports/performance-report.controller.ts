import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import { ApiReportAnswer } from './exports/report-file.decorator.js';
import { ReportAttributesDto } from './performance-report.dto.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { type ReportAnswer, ReportAnswers } from './report-answers.service.js';

/** The same report for people who are signed in (A15). */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('partner/reports')
@CountedAs('report')
@Requires('partner:reports:read')
export class PerformanceReportController {
  constructor(private readonly answers: ReportAnswers) {}

  @Get('performance')
  @ApiOperation({ summary: 'Performance report: a page, or with `format` a file of all' })
  @ApiReportQuery('partner')
  @ApiReportAnswer()
  @ApiProblems(400, 401, 403)
  report(
    @CurrentActor() actor: PartnerActor,
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportAnswer> {
    return this.answers.answer(actor, query, { reply });
  }

  @Get('attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes('partner');
  }
}
