import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import {
  BroadcastDto,
  BroadcastPage,
  BroadcastsQuery,
  ChangeBroadcastDto,
  CreateBroadcastDto,
} from './broadcasts.dto.js';
import { Broadcasts } from './broadcasts.service.js';

/** The broadcasts of a partner: lists and drafts (O04). */
@ApiTags('broadcasts')
@ApiBearerAuth()
@Controller('partner/broadcasts')
export class BroadcastsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly broadcasts: Broadcasts,
  ) {}

  @Get()
  @Requires('partner:broadcasts:read')
  @ApiOperation({ summary: 'List your broadcasts with their progress, newest first' })
  @ApiOkResponse({ type: BroadcastPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: BroadcastsQuery): Promise<BroadcastPage> {
    return this.broadcasts.listOf(partnerId, query);
  }

  @Post()
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Draft a broadcast' })
  @ApiCreatedResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: PartnerActor,
    @Body() body: CreateBroadcastDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<BroadcastDto> {
    return this.idempotency.run(key, (tx) => this.broadcasts.create(tx, actor, body));
  }

  @Get(':id')
  @Requires('partner:broadcasts:read')
  @ApiOperation({ summary: 'Show a broadcast with its progress' })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<BroadcastDto> {
    return this.broadcasts.get(this.dataSource, partnerId, id);
  }

  @Patch(':id')
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Change a draft' })
  @ApiOkResponse({ type: BroadcastDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: ChangeBroadcastDto,
  ): Promise<BroadcastDto> {
    return this.unitOfWork.run((tx) => this.broadcasts.change(tx, actor, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:broadcasts:write')
  @ApiOperation({ summary: 'Delete a draft' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  async remove(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.broadcasts.remove(tx, partnerId, id));
  }
}
