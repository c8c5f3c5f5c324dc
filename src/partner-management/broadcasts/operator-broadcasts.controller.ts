import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import {
  CancelBroadcastDto,
  OperatorBroadcastDto,
  OperatorBroadcastPage,
  OperatorBroadcastsQuery,
} from './broadcasts.dto.js';
import { Broadcasts } from './broadcasts.service.js';
import { OperatorBroadcasts } from './operator-broadcasts.service.js';

/** All partners' broadcasts, for operators (O04). */
@ApiTags('broadcasts')
@ApiBearerAuth()
@Controller('operator/broadcasts')
export class OperatorBroadcastsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly broadcasts: Broadcasts,
    private readonly operatorBroadcasts: OperatorBroadcasts,
  ) {}

  @Get()
  @Requires('operator:broadcasts:read')
  @ApiOperation({ summary: 'List broadcasts that were submitted, with their progress, newest first' })
  @ApiOkResponse({ type: OperatorBroadcastPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: OperatorBroadcastsQuery): Promise<OperatorBroadcastPage> {
    return this.broadcasts.list(query);
  }

  @Get(':id')
  @Requires('operator:broadcasts:read')
  @ApiOperation({ summary: 'Show a broadcast with its progress' })
  @ApiOkResponse({ type: OperatorBroadcastDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<OperatorBroadcastDto> {
    return this.operatorBroadcasts.get(this.dataSource, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('operator:broadcasts:write')
  @ApiOperation({
    summary: 'Cancel a broadcast, also while it is being sent; the reason is mailed to the partner',
    description: 'One that waits for its approval is rejected by this.',
  })
  @ApiOkResponse({ type: OperatorBroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409)
  cancel(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: CancelBroadcastDto,
  ): Promise<OperatorBroadcastDto> {
    return this.unitOfWork.run((tx) => this.operatorBroadcasts.cancel(tx, actor, id, reason));
  }
}
