import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { Partners } from '../../partner-management/index.js';
import { ApiFileOrPage, ApiProblems, PathId } from '../../platform/index.js';
import { SubAffiliateAnswers } from './sub-affiliate-answers.service.js';
import { OperatorSubAffiliatePage, SubAffiliatesQuery } from './sub-affiliates.dto.js';

/** Partners whom a partner brought into the program, for operators (A19). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partners/:id/sub-affiliates')
export class OperatorSubAffiliatesController {
  constructor(
    private readonly answers: SubAffiliateAnswers,
    private readonly partners: Partners,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:partners:read')
  @ApiOperation({
    summary: 'List the sub-affiliates of a partner as a tree, each with its inviter, or export them',
  })
  @ApiFileOrPage(OperatorSubAffiliatePage)
  @ApiProblems(400, 404, 422)
  async list(
    @CurrentActor() { userId }: Actor,
    @PathId() id: string,
    @Query() query: SubAffiliatesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorSubAffiliatePage | StreamableFile> {
    await this.partners.get(this.dataSource, id);
    return this.answers.ofAny(id, userId, query, reply);
  }
}
