import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Actor,
  CurrentActor,
  ImpersonationLog,
  Impersonations,
  type PartnerActor,
  Requires,
} from '../identity/index.js';
import { ApiProblems, mapPage, PathId, UnitOfWork } from '../platform/index.js';
import {
  EndedImpersonationResponse,
  ImpersonateDto,
  ImpersonationLogPage,
  ImpersonationLogQuery,
  ImpersonationTokenResponse,
  toLogEntryDto,
} from './impersonation.dto.js';
import { Partners } from './partners.service.js';

/** Operators in the place of a partner's owner, and what the partner sees of it (O09, B11). */
@ApiTags('impersonation')
@ApiBearerAuth()
@Controller()
export class ImpersonationController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly partners: Partners,
    private readonly impersonations: Impersonations,
    private readonly log: ImpersonationLog,
  ) {}

  @Post('operator/partners/:id/impersonate')
  @HttpCode(200)
  @Requires('operator:partners:impersonate')
  @ApiOperation({
    summary: 'Act as the owner of an active partner, for 30 minutes at most',
    description: 'Takes no `Idempotency-Key`: the answer is a token, which is not kept.',
  })
  @ApiOkResponse({ type: ImpersonationTokenResponse })
  @ApiProblems(400, 401, 403, 404, 409)
  impersonate(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: ImpersonateDto,
  ): Promise<ImpersonationTokenResponse> {
    return this.unitOfWork.run(async (tx) => {
      await this.partners.assertActive(tx, id, 'impersonated');
      return this.impersonations.start(tx, actor, id, reason);
    });
  }

  @Post('operator/impersonation/exit')
  @HttpCode(200)
  @Requires('operator:impersonation:exit')
  @ApiOperation({ summary: 'Exit your impersonation, by its own token or by yours' })
  @ApiOkResponse({ type: EndedImpersonationResponse })
  @ApiProblems(401, 403, 409)
  async exit(@CurrentActor() actor: Actor): Promise<EndedImpersonationResponse> {
    const ended = await this.unitOfWork.run((tx) => this.impersonations.exit(tx, actor));
    const { id, partnerId, startedAt, endedAt } = ended;
    return { id, partnerId, startedAt, endedAt };
  }

  @Post('impersonation/exit')
  @HttpCode(200)
  @Requires('operator:impersonation:exit')
  @ApiOperation({ summary: 'The same as /operator/impersonation/exit' })
  @ApiOkResponse({ type: EndedImpersonationResponse })
  @ApiProblems(401, 403, 409)
  exitShort(@CurrentActor() actor: Actor): Promise<EndedImpersonationResponse> {
    return this.exit(actor);
  }

  @Get('partner/impersonation-log')
  @Requires('partner:impersonation-log:read')
  @ApiOperation({
    summary: 'List what operators did in your place and to your profile, newest first',
    description:
      'Changes to what your role may not read, such as the wallet, the team or documents, are left out, except those ' +
      'to your own account.',
  })
  @ApiOkResponse({ type: ImpersonationLogPage })
  @ApiProblems(400, 401, 403)
  async list(
    @CurrentActor() actor: PartnerActor,
    @Query() query: ImpersonationLogQuery,
  ): Promise<ImpersonationLogPage> {
    return mapPage(await this.log.list(actor, query), toLogEntryDto);
  }
}
