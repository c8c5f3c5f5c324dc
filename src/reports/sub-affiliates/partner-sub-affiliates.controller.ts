import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiFileOrPage, ApiProblems, CountedAs } from '../../platform/index.js';
import { SubAffiliateAnswers } from './sub-affiliate-answers.service.js';
import { SubAffiliateReportDto, SubAffiliateReportQuery } from './sub-affiliate-report.dto.js';
import { SubAffiliatePage, SubAffiliatesQuery } from './sub-affiliates.dto.js';

/** Partners whom the partner brought into the program (A19). */
@ApiTags('Partner: sub-affiliates')
@ApiBearerAuth()
@Controller('partner')
@Requires('partner:sub-affiliates:read')
export class PartnerSubAffiliatesController {
  constructor(private readonly answers: SubAffiliateAnswers) {}

  @Get('sub-affiliates')
  @ApiOperation({
    summary: 'List own sub-affiliates of every level with your commission for each, or export them',
  })
  @ApiFileOrPage(SubAffiliatePage)
  @ApiProblems(400, 422)
  list(
    @CurrentActor() actor: PartnerActor,
    @Query() query: SubAffiliatesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubAffiliatePage | StreamableFile> {
    return this.answers.ofPartner(actor, query, reply);
  }

  @Get('reports/sub-affiliates')
  @CountedAs('report')
  @ApiOperation({
    summary: 'Sub-affiliates and your commission for them by period, level, campaign and promo',
  })
  @ApiFileOrPage(SubAffiliateReportDto)
  @ApiProblems(400, 422)
  report(
    @CurrentActor() actor: PartnerActor,
    @Query() query: SubAffiliateReportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubAffiliateReportDto | StreamableFile> {
    return this.answers.report(actor, query, reply);
  }
}
