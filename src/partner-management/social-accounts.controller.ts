import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../platform/index.js';
import { SocialAccountDecisions } from './social-account-decisions.service.js';
import {
  PartnerSocialAccountDto,
  PartnerSocialAccountPage,
  RejectSocialAccountDto,
  SocialAccountQuery,
  VerifySocialAccountDto,
} from './social-accounts.dto.js';

/** Partners' social accounts for operators (T08). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/social-accounts')
export class SocialAccountsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: SocialAccountDecisions,
  ) {}

  @Get()
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List social accounts, those that wait for their message by default' })
  @ApiOkResponse({ type: PartnerSocialAccountPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: SocialAccountQuery): Promise<PartnerSocialAccountPage> {
    return this.decisions.list(query);
  }

  @Post(':id/verify')
  @HttpCode(200)
  @Requires('operator:partners:write')
  @ApiOperation({ summary: 'Verify a social account by the code that came in a message from it' })
  @ApiOkResponse({ type: PartnerSocialAccountDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  verify(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { code }: VerifySocialAccountDto,
  ): Promise<PartnerSocialAccountDto> {
    return this.unitOfWork.run((tx) => this.decisions.verify(tx, actor, id, code));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Requires('operator:partners:write')
  @ApiOperation({ summary: 'Reject a social account, with a reason that is mailed' })
  @ApiOkResponse({ type: PartnerSocialAccountDto })
  @ApiProblems(400, 401, 403, 404, 409)
  reject(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: RejectSocialAccountDto,
  ): Promise<PartnerSocialAccountDto> {
    return this.unitOfWork.run((tx) => this.decisions.reject(tx, actor, id, reason));
  }
}
