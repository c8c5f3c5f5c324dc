import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { type Actor, CurrentActor, FreshSignIn, Requires } from '../actor.js';
import { DoneResponse } from '../auth.dto.js';
import { Invitations } from './invitations.service.js';
import { MemberChanges } from './member-changes.service.js';
import {
  ChangeRoleDto,
  INVITATION_TEXT,
  InviteOperatorDto,
  OperatorUserDto,
  OperatorUserPage,
  OperatorUserQuery,
} from './members.dto.js';
import { Members } from './members.service.js';

/** Everybody with an account, for operators (A32). */
@ApiTags('users')
@ApiBearerAuth()
@Controller('operator/users')
export class OperatorUsersController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly members: Members,
    private readonly changes: MemberChanges,
    private readonly invitations: Invitations,
  ) {}

  @Get()
  @Requires('operator:users:read')
  @ApiOperation({ summary: 'List users of all realms, newest first' })
  @ApiOkResponse({ type: OperatorUserPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() actor: Actor, @Query() query: OperatorUserQuery): Promise<OperatorUserPage> {
    return this.members.list(actor, query);
  }

  @Post()
  @CountedAs('recovery')
  @Requires('operator:users:write')
  @FreshSignIn()
  @ApiOperation({
    summary: 'Invite an operator; a link to set a password is mailed',
    description: INVITATION_TEXT,
  })
  @ApiCreatedResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 409, 422)
  invite(
    @CurrentActor() actor: Actor,
    @Body() body: InviteOperatorDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorUserDto> {
    const operator = { ...body, realm: 'operator', partnerId: null, brandId: null } as const;
    return this.idempotency.run(key, (tx) => this.invitations.invite(tx, actor, operator));
  }

  @Get(':id')
  @Requires('operator:users:read')
  @ApiOperation({ summary: 'Show a user' })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorUserDto> {
    return this.members.get(this.dataSource, actor, id);
  }

  @Patch(':id')
  @Requires('operator:users:write')
  @FreshSignIn()
  @ApiOperation({ summary: 'Give a user another role of its realm' })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  changeRole(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: ChangeRoleDto,
  ): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.changes.change(tx, actor, id, body));
  }

  @Post(':id/invite-again')
  @CountedAs('recovery')
  @HttpCode(200)
  @Requires('operator:users:write')
  @ApiOperation({ summary: 'Mail another link to somebody who is invited' })
  @ApiOkResponse({ type: OperatorUserDto })
  @ApiProblems(400, 401, 403, 404, 409)
  inviteAgain(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorUserDto> {
    return this.unitOfWork.run((tx) => this.invitations.inviteAgain(tx, actor, id));
  }

  @Delete(':id')
  @HttpCode(200)
  @Requires('operator:users:write')
  @ApiOperation({ summary: 'Take an invitation back; those who have joined are blocked instead' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 403, 404, 409)
  async withdraw(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.changes.withdrawInvitation(tx, actor, id));
    return { done: true };
  }
}
