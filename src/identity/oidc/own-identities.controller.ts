import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, PathId, UnitOfWork, wholeList } from '../../platform/index.js';
import { type Actor, CurrentActor, Requires } from '../actor.js';
import { DoneResponse } from '../auth.dto.js';
import { LinkedIdentities } from './linked-identities.service.js';
import {
  FinishLinkDto,
  LinkedIdentityListResponse,
  LinkIdentityDto,
  LinkIdentityResponse,
} from './oidc.dto.js';
import { OwnIdentities } from './own-identities.service.js';

/** Identities at OpenID providers that sign the actor in (T13). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('me/identities')
@Requires('account:own')
export class OwnIdentitiesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: LinkedIdentities,
    private readonly own: OwnIdentities,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the identities at providers that sign you in' })
  @ApiOkResponse({ type: LinkedIdentityListResponse })
  @ApiProblems(401)
  async list(@CurrentActor() actor: Actor): Promise<LinkedIdentityListResponse> {
    return wholeList(await this.identities.list(actor.userId));
  }

  @Post('link')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Begin to link an identity: gives the address to open in the browser',
    description:
      'Needs the password, and a code of the last 300 seconds where two-factor authentication is enabled. The way ' +
      'ends at `returnTo` with a `code` for `POST /me/identities`.',
  })
  @ApiOkResponse({ type: LinkIdentityResponse })
  @ApiProblems(400, 401, 404, 422)
  async link(@CurrentActor() actor: Actor, @Body() body: LinkIdentityDto): Promise<LinkIdentityResponse> {
    return { url: await this.own.begin(actor, body.provider, body.password, body) };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Link the identity that came back, in the session that began it' })
  @ApiOkResponse({ type: LinkedIdentityListResponse })
  @ApiProblems(400, 401, 403, 409, 422)
  async finish(
    @CurrentActor() actor: Actor,
    @Body() body: FinishLinkDto,
  ): Promise<LinkedIdentityListResponse> {
    await this.own.finish(actor, body.code, body.verifier);
    return this.list(actor);
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Unlink an identity; it no longer signs you in' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 404)
  async unlink(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.identities.unlink(tx, actor.userId, id));
    return { done: true };
  }
}
