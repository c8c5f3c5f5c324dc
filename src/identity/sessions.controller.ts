import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, notFound, PathId, UnitOfWork, wholeList } from '../platform/index.js';
import { type Actor, CurrentActor, Requires } from './actor.js';
import { DoneResponse, EndedSessionsResponse, SessionListResponse } from './auth.dto.js';
import { Sessions } from './sessions.service.js';

/** One's own sessions (A23). */
@ApiTags('sign-in')
@ApiBearerAuth()
@Controller('auth/sessions')
@Requires('account:own')
export class SessionsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List your sessions in force' })
  @ApiOkResponse({ type: SessionListResponse })
  @ApiProblems(401)
  async list(@CurrentActor() actor: Actor): Promise<SessionListResponse> {
    const items = await this.sessions.list(actor.userId);
    return wholeList(items.map((session) => ({ ...session, current: session.id === actor.sessionId })));
  }

  @Delete()
  @HttpCode(200)
  @ApiOperation({ summary: 'End all your sessions but this one at once' })
  @ApiOkResponse({ type: EndedSessionsResponse })
  @ApiProblems(401)
  async endOthers(@CurrentActor() actor: Actor): Promise<EndedSessionsResponse> {
    const ended = await this.unitOfWork.run((tx) =>
      this.sessions.endOthers(tx, actor.userId, actor.sessionId),
    );
    return { ended };
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'End one of your sessions at once' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 404)
  async end(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
    const ended = await this.unitOfWork.run((tx) => this.sessions.end(tx, actor.userId, id));
    if (!ended) throw notFound('session');
    return { done: true };
  }
}
