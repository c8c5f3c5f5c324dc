import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import {
  type Actor,
  CurrentActor,
  DoneResponse,
  MemberChanges,
  Members,
  Requires,
  SessionListResponse,
  Sessions,
} from '../identity/index.js';
import { ApiProblems, PathId, UnitOfWork, wholeList } from '../platform/index.js';

/** Sessions of a partner's people, for its owners (A23). */
@ApiTags('team')
@ApiBearerAuth()
@Controller('partner/users/:id/sessions')
export class TeamSessionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly members: Members,
    private readonly changes: MemberChanges,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Requires('partner:team-sessions:read')
  @ApiOperation({ summary: 'List the sessions in force of somebody of your team' })
  @ApiOkResponse({ type: SessionListResponse })
  @ApiProblems(400, 401, 403, 404)
  async list(@CurrentActor() actor: Actor, @PathId() id: string): Promise<SessionListResponse> {
    await this.members.get(this.dataSource, actor, id);
    const items = await this.sessions.list(id);
    return wholeList(items.map((session) => ({ ...session, current: session.id === actor.sessionId })));
  }

  @Delete(':sessionId')
  @HttpCode(200)
  @Requires('partner:team-sessions:write')
  @ApiOperation({ summary: 'End a session of somebody of your team at once' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 403, 404)
  async end(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @PathId('sessionId') sessionId: string,
  ): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.changes.endSession(tx, actor, id, sessionId));
    return { done: true };
  }
}
