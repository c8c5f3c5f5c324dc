import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PathId, UnitOfWork } from '../../platform/index.js';
import { DealPage, DealResponse, OperatorDealsQuery, RemoveDealDto, toDealResponse } from './deals.dto.js';
import { Deals } from './deals.service.js';

/** Deals of all brands, for operators (T01). */
@ApiTags('Operator: deals')
@ApiBearerAuth()
@Controller('operator/deals')
export class OperatorDealsController {
  constructor(
    private readonly deals: Deals,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List deals, newest first' })
  @ApiOkResponse({ type: DealPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorDealsQuery): Promise<DealPage> {
    return mapPage(await this.deals.list(this.dataSource, query), toDealResponse);
  }

  @Post(':id/remove')
  @HttpCode(200)
  @Requires('operator:brands:write')
  @ApiOperation({
    summary: 'Take a deal off the dashboards for good, with a reason that is mailed to the brand',
  })
  @ApiOkResponse({ type: DealResponse })
  @ApiProblems(400, 404, 409)
  async remove(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: RemoveDealDto,
  ): Promise<DealResponse> {
    return toDealResponse(await this.unitOfWork.run((tx) => this.deals.remove(tx, actor, id, reason)));
  }
}
