import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { EndUserPage, EndUsersQuery } from './end-users.dto.js';
import { EndUsers } from './end-users.service.js';
import { ImportedPeopleDto, ImportPeopleDto } from './people.dto.js';

/** The people whom broadcasts may reach, for operators (O04). */
@ApiTags('channels')
@ApiBearerAuth()
@Controller('operator/end-users')
export class OperatorEndUsersController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly endUsers: EndUsers,
  ) {}

  @Get()
  @Requires('operator:end-users:read')
  @ApiOperation({
    summary: 'List the users of the program’s apps and the followers of channels, newest first',
  })
  @ApiOkResponse({ type: EndUserPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: EndUsersQuery): Promise<EndUserPage> {
    return this.endUsers.list(query);
  }

  @Post()
  @HttpCode(200)
  @Requires('operator:end-users:write')
  @ApiOperation({
    summary: 'Register users of the program’s apps and change known ones, up to 5000 at once',
    description:
      'They are the audience of broadcasts beyond followers. Each item is taken or refused by itself; whoever has ' +
      'unsubscribed from all mails, or was erased, is refused for good.',
  })
  @ApiOkResponse({ type: ImportedPeopleDto })
  @ApiProblems(400, 401, 403, 409, 413, 422)
  import(
    @CurrentActor() actor: Actor,
    @Body() { items }: ImportPeopleDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<ImportedPeopleDto> {
    return this.idempotency.run(key, (tx) => this.endUsers.import(tx, actor, items));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:end-users:write')
  @ApiOperation({
    summary: 'Erase an end user',
    description:
      'What is kept is a hash of the mailbox, so that no mail reaches it and no import brings it back.',
  })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  async erase(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.endUsers.erase(tx, actor, id));
  }
}
