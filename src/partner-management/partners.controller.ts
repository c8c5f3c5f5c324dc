import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiFileOrPage, ApiProblems, eachOfPages, listFile, PathId, UnitOfWork } from '../platform/index.js';
import { PARTNER_HEADER, toPartnerCells } from './my-partners/partner-cells.js';
import { PartnerDetails } from './my-partners/partner-details.service.js';
import { PartnerDetailDto, PartnerDto, PartnerPage, PartnerQuery } from './partners.dto.js';
import { Partners } from './partners.service.js';
import { SuspendPartnerDto } from './suspensions.dto.js';
import { Suspensions } from './suspensions.service.js';

/** Partners for operators. */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partners')
export class PartnersController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly partners: Partners,
    private readonly details: PartnerDetails,
    private readonly suspensions: Suspensions,
  ) {}

  @Get()
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List your partners, newest first, or export them' })
  @ApiFileOrPage(PartnerPage)
  @ApiProblems(400, 401, 403)
  async list(
    @Query() { format, limit, cursor, ...filter }: PartnerQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PartnerPage | StreamableFile> {
    if (format === 'json') return this.partners.list(filter, { limit, cursor });
    const rows = eachOfPages((page) => this.partners.list(filter, page));
    return listFile(reply, format, 'partners', { header: PARTNER_HEADER, rows, toCells: toPartnerCells });
  }

  @Get(':id')
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'Show a partner' })
  @ApiOkResponse({ type: PartnerDetailDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<PartnerDetailDto> {
    return this.details.get(id);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Requires('operator:partners:write')
  @ApiOperation({
    summary: 'Suspend a partner',
    description:
      'From this moment on the partner earns nothing; what it earned before stays. Its people can sign in and read ' +
      'bills and wallet only. Its links go on leading visitors to the brands. The reason is mailed to its owners.',
  })
  @ApiOkResponse({ type: PartnerDto })
  @ApiProblems(400, 401, 403, 404, 409)
  suspend(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: SuspendPartnerDto,
  ): Promise<PartnerDto> {
    return this.unitOfWork.run((tx) => this.suspensions.suspend(tx, actor, id, reason));
  }

  @Post(':id/reactivate')
  @HttpCode(200)
  @Requires('operator:partners:write')
  @ApiOperation({
    summary: 'Reactivate a suspended partner',
    description: 'What happens from this moment on is earned again; what happened meanwhile is not.',
  })
  @ApiOkResponse({ type: PartnerDto })
  @ApiProblems(400, 401, 403, 404, 409)
  reactivate(@CurrentActor() actor: Actor, @PathId() id: string): Promise<PartnerDto> {
    return this.unitOfWork.run((tx) => this.suspensions.reactivate(tx, actor, id));
  }
}
