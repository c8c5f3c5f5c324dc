import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, CountedAs } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import { ApiReportAnswer } from './exports/report-file.decorator.js';
import { ReportAttributesDto } from './performance-report.dto.js';
import { type ReportAnswer, ReportAnswers } from './report-answers.service.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { REQUESTS_OF } from './requests/report-requests.dto.js';

/** The operator's performance report over the whole program, which knows the grouper `partner`. */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('operator/reports')
@CountedAs('report')
@Requires('operator:reports:read')
export class ProgramReportController {
  constructor(private readonly answers: ReportAnswers) {}

  @Get('performance')
  @ApiOperation({
    summary: 'Performance report over the whole program: a page, or with `format` a file of all',
  })
  @ApiReportQuery('operator')
  @ApiReportAnswer()
  @ApiProblems(400, 401, 403)
  report(
    @CurrentActor() actor: Actor,
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportAnswer> {
    return this.answers.answer(actor, query, { reply, requests: REQUESTS_OF.operator });
  }

  @Get('attributes')
  @ApiOperation({ summary: 'Columns and groupers that reports over the program can be asked for' })
  @ApiOkResponse({ type: ReportAttributesDto })
  @ApiProblems(401, 403)
  attributes(): ReportAttributesDto {
    return reportAttributes('operator');
  }
}
