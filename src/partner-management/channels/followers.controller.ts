import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { FollowerPage, FollowersQuery, RemovedFollowersDto, RemoveFollowersDto } from './followers.dto.js';
import { Followers } from './followers.service.js';
import { ImportedPeopleDto, ImportPeopleDto } from './people.dto.js';

/** Who follows a channel (O04). */
@ApiTags('channels')
@ApiBearerAuth()
@Controller('partner/channels/:id/followers')
export class FollowersController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly followers: Followers,
  ) {}

  @Get()
  @Requires('partner:followers:read')
  @ApiOperation({ summary: 'List the followers of a channel, newest first' })
  @ApiOkResponse({ type: FollowerPage })
  @ApiProblems(400, 401, 403, 404)
  list(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() query: FollowersQuery,
  ): Promise<FollowerPage> {
    return this.followers.list(this.dataSource, partnerId, id, query);
  }

  @Post()
  @HttpCode(200)
  @Requires('partner:followers:write')
  @ApiOperation({
    summary: 'Add followers to a channel and change known ones, up to 5000 at once',
    description:
      'Give only people who asked for the channel’s mails. Each item is taken or refused by itself; whoever has ' +
      'unsubscribed is refused for good.',
  })
  @ApiOkResponse({ type: ImportedPeopleDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 422)
  import(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() { items }: ImportPeopleDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<ImportedPeopleDto> {
    return this.idempotency.run(key, (tx) => this.followers.import(tx, actor, id, items));
  }

  @Post('remove')
  @HttpCode(200)
  @Requires('partner:followers:write')
  @ApiOperation({ summary: 'Take followers off a channel by your ids of them' })
  @ApiOkResponse({ type: RemovedFollowersDto })
  @ApiProblems(400, 401, 403, 404)
  async remove(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() { externalIds }: RemoveFollowersDto,
  ): Promise<RemovedFollowersDto> {
    return { removed: await this.unitOfWork.run((tx) => this.followers.remove(tx, actor, id, externalIds)) };
  }

  @Delete(':followerId')
  @HttpCode(204)
  @Requires('partner:followers:write')
  @ApiOperation({ summary: 'Take one follower off a channel' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  async removeOne(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @PathId('followerId') followerId: string,
  ): Promise<void> {
    await this.unitOfWork.run((tx) => this.followers.removeOne(tx, actor, id, followerId));
  }
}
