import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
  ChangeChannelDto,
  ChannelDto,
  ChannelPage,
  ChannelsQuery,
  CreateChannelDto,
} from './channels.dto.js';
import { Channels } from './channels.service.js';

/** The channels of a partner (O04). */
@ApiTags('channels')
@ApiBearerAuth()
@Controller('partner/channels')
export class ChannelsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly channels: Channels,
  ) {}

  @Get()
  @Requires('partner:channels:read')
  @ApiOperation({ summary: 'List your channels, newest first' })
  @ApiOkResponse({ type: ChannelPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: ChannelsQuery): Promise<ChannelPage> {
    return this.channels.list(this.dataSource, partnerId, query);
  }

  @Post()
  @Requires('partner:channels:write')
  @ApiOperation({ summary: 'Make a channel' })
  @ApiCreatedResponse({ type: ChannelDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: PartnerActor,
    @Body() body: CreateChannelDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<ChannelDto> {
    return this.idempotency.run(key, (tx) => this.channels.create(tx, actor, body));
  }

  @Get(':id')
  @Requires('partner:channels:read')
  @ApiOperation({ summary: 'Show a channel' })
  @ApiOkResponse({ type: ChannelDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<ChannelDto> {
    return this.channels.get(this.dataSource, partnerId, id);
  }

  @Patch(':id')
  @Requires('partner:channels:write')
  @ApiOperation({ summary: 'Change a channel' })
  @ApiOkResponse({ type: ChannelDto })
  @ApiProblems(400, 401, 403, 404, 409)
  change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: ChangeChannelDto,
  ): Promise<ChannelDto> {
    return this.unitOfWork.run((tx) => this.channels.change(tx, actor, id, body));
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Requires('partner:channels:write')
  @ApiOperation({
    summary: 'Archive a channel: it keeps its followers, and takes neither new ones nor broadcasts',
  })
  @ApiOkResponse({ type: ChannelDto })
  @ApiProblems(400, 401, 403, 404, 409)
  archive(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<ChannelDto> {
    return this.unitOfWork.run((tx) => this.channels.move(tx, actor, id, 'archived'));
  }

  @Post(':id/unarchive')
  @HttpCode(200)
  @Requires('partner:channels:write')
  @ApiOperation({ summary: 'Take an archived channel back' })
  @ApiOkResponse({ type: ChannelDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  unarchive(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<ChannelDto> {
    return this.unitOfWork.run((tx) => this.channels.move(tx, actor, id, 'active'));
  }
}
