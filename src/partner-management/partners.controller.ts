import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, UnitOfWork } from '../platform/index.js';
import { Inviters } from './inviters.js';
import { PartnerDetailDto, PartnerDto, PartnerPage, PartnerQuery } from './partners.dto.js';
import { Partners } from './partners.service.js';
import { SuspensionBook } from './suspension-book.js';
import { SuspendPartnerDto } from './suspensions.dto.js';
import { Suspensions } from './suspensions.service.js';

/** Partners for operators. */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partners')
export class PartnersController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly partners: Partners,
    private readonly inviters: Inviters,
    private readonly suspensions: Suspensions,
    private readonly suspensionBook: SuspensionBook,
  ) {}

  @Get()
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List partners, newest first' })
  @ApiOkResponse({ type: PartnerPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: PartnerQuery): Promise<PartnerPage> {
    return this.partners.list(query);
  }

  @Get(':id')
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'Show a partner' })
  @ApiOkResponse({ type: PartnerDetailDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', ParseUUIDPipe) id: string): Promise<PartnerDetailDto> {
    const partner = await this.partners.get(this.dataSource, id);
    const inviter = await this.inviters.find(this.dataSource.manager, id);
    return { ...partner, inviter, suspensions: await this.suspensionBook.list(this.dataSource, id) };
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
    @Param('id', ParseUUIDPipe) id: string,
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
  reactivate(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<PartnerDto> {
    return this.unitOfWork.run((tx) => this.suspensions.reactivate(tx, actor, id));
  }
}
