import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type PartnerActor, Requires, StatisticTokenRoute } from '../identity/index.js';
import { ApiProblems } from '../platform/index.js';
import { reportAttributes } from './domain/attributes.js';
import type { RawQuery } from './domain/report-parameters.js';
import {
  PerformanceReportDto,
  ReportAttributesDto,
  ReportCampaignsDto,
  ReportCampaignsQuery,
  type ShownReportDto,
} from './performance-report.dto.js';
import { ApiReportAnswer } from './exports/report-file.decorator.js';
import { type ReportAnswer, ReportAnswers } from './report-answers.service.js';
import { ReportCampaigns } from './report-campaigns.service.js';
import { ApiReportQuery } from './report-query.decorator.js';
import { API_REQUESTS } from './requests/report-requests-api.controller.js';

/** The report API as existing report clients know it, opened by a statistics token, raw or as Bearer (A18, B10). */
@ApiTags('report API')
@ApiBearerAuth()
@Controller('api/customer/v1/partner')
@StatisticTokenRoute()
@Requires('partner:reports:read')
export class ReportApiController {
  constructor(
    private readonly answers: ReportAnswers,
    private readonly reportCampaigns: ReportCampaigns,
  ) {}

  @Get('report')
  @ApiOperation({ summary: 'Performance report by statistics token' })
  @ApiReportQuery('partner')
  @ApiReportAnswer(PerformanceReportDto)
  @ApiProblems(400, 401, 403)
  async report(
    @CurrentActor() actor: PartnerActor,
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Exclude<ReportAnswer, ShownReportDto> | PerformanceReportDto> {
    const answer = await this.answers.answer(actor, query, { reply, requests: API_REQUESTS });
    if (!('rows' in answer)) return answer;
    const { conversion: _, ...known } = answer;
    return known;
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
