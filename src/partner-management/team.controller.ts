import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import {
  type Actor,
  CurrentActor,
  DoneResponse,
  FreshSignIn,
  INVITATION_TEXT,
  MemberChanges,
  Members,
  type PartnerActor,
  Requires,
  TeamMemberDto,
  toTeamMember,
} from '../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../platform/index.js';
import { TeamSeats } from './team-seats.service.js';
import { ChangeMemberDto, InviteMemberDto, TeamPage, TeamQuery } from './team.dto.js';

/** The people of a partner (A24). */
@ApiTags('team')
@ApiBearerAuth()
@Controller('partner/users')
export class TeamController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly members: Members,
    private readonly changes: MemberChanges,
    private readonly seats: TeamSeats,
  ) {}

  @Get()
  @Requires('partner:team:read')
  @ApiOperation({ summary: 'List the people of your team, newest first' })
  @ApiOkResponse({ type: TeamPage })
  @ApiProblems(400, 401, 403)
  async list(@CurrentActor() actor: Actor, @Query() query: TeamQuery): Promise<TeamPage> {
    return mapPage(await this.members.list(actor, query), toTeamMember);
  }

  @Post()
  @CountedAs('recovery')
  @Requires('partner:team:write')
  @FreshSignIn()
  @ApiOperation({
    summary: 'Invite somebody to your team; a link to set a password is mailed',
    description: INVITATION_TEXT,
  })
  @ApiCreatedResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 409, 422)
  invite(
    @CurrentActor() actor: PartnerActor,
    @Body() body: InviteMemberDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<TeamMemberDto> {
    return this.idempotency.run(key, async (tx) => toTeamMember(await this.seats.invite(tx, actor, body)));
  }

  @Get(':id')
  @Requires('partner:team:read')
  @ApiOperation({ summary: 'Show somebody of your team' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<TeamMemberDto> {
    return toTeamMember(await this.members.get(this.dataSource, actor, id));
  }

  @Patch(':id')
  @Requires('partner:team:write')
  @FreshSignIn()
  @ApiOperation({ summary: 'Change name or role of somebody of your team' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: ChangeMemberDto,
  ): Promise<TeamMemberDto> {
    return toTeamMember(await this.unitOfWork.run((tx) => this.changes.change(tx, actor, id, body)));
  }

  @Post(':id/invite-again')
  @CountedAs('recovery')
  @HttpCode(200)
  @Requires('partner:team:write')
  @ApiOperation({ summary: 'Mail another link to somebody who is invited' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async inviteAgain(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<TeamMemberDto> {
    return toTeamMember(await this.unitOfWork.run((tx) => this.seats.inviteAgain(tx, actor, id)));
  }

  @Post(':id/block')
  @HttpCode(200)
  @Requires('partner:team:write')
  @ApiOperation({ summary: 'Block somebody of your team: signed out everywhere at once, and kept out' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async block(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<TeamMemberDto> {
    return toTeamMember(await this.unitOfWork.run((tx) => this.seats.block(tx, actor, id)));
  }

  @Post(':id/unblock')
  @HttpCode(200)
  @Requires('partner:team:write')
  @FreshSignIn()
  @ApiOperation({ summary: 'Unblock somebody whom your team blocked' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  async unblock(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<TeamMemberDto> {
    return toTeamMember(await this.unitOfWork.run((tx) => this.seats.unblock(tx, actor, id)));
  }

  @Post(':id/unlock')
  @HttpCode(200)
  @Requires('partner:team:write')
  @ApiOperation({ summary: 'Unlock somebody whom failed sign-ins locked' })
  @ApiOkResponse({ type: TeamMemberDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async unlock(@CurrentActor() actor: Actor, @PathId() id: string): Promise<TeamMemberDto> {
    return toTeamMember(await this.unitOfWork.run((tx) => this.changes.unlock(tx, actor, id)));
  }

  @Post(':id/statistic-token/expire')
  @HttpCode(200)
  @Requires('partner:team:write')
  @ApiOperation({ summary: 'Expire the statistics token of somebody of your team; the next one is new' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 403, 404)
  async expireStatisticToken(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.changes.expireStatisticToken(tx, actor, id));
    return { done: true };
  }

  @Delete(':id')
  @HttpCode(200)
  @Requires('partner:team:write')
  @ApiOperation({ summary: 'Take an invitation back; those who have joined are blocked instead' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 403, 404, 409)
  async withdraw(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.changes.withdrawInvitation(tx, actor, id));
    return { done: true };
  }
}
