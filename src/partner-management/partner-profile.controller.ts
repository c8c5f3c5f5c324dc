import { Body, Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../platform/index.js';
import { PartnerProfileDto, UpdatePartnerProfileDto } from './partner-profile.dto.js';
import { PartnerProfiles } from './partner-profiles.service.js';
import { VerificationResponse } from './social-accounts.dto.js';
import { SocialAccounts } from './social-accounts.service.js';

/** The partner's own profile (A22) and the verification of its social accounts (T08). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('partner')
export class PartnerProfileController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly profiles: PartnerProfiles,
    private readonly socialAccounts: SocialAccounts,
  ) {}

  @Get('profile')
  @Requires('partner:profile:read')
  @ApiOperation({ summary: 'Show your partner profile' })
  @ApiOkResponse({ type: PartnerProfileDto })
  @ApiProblems(401, 403)
  get(@CurrentActor() actor: PartnerActor): Promise<PartnerProfileDto> {
    return this.profiles.get(actor.partnerId);
  }

  @Patch('profile')
  @Requires('partner:profile:write')
  @ApiOperation({
    summary: 'Change your partner profile',
    description:
      'Country and social account are fixed: to send them is refused with 422. Only who gave no social account at ' +
      'sign-up names it here, once.',
  })
  @ApiOkResponse({ type: PartnerProfileDto })
  @ApiProblems(400, 401, 403, 422)
  update(
    @CurrentActor() actor: PartnerActor,
    @Body() body: UpdatePartnerProfileDto,
  ): Promise<PartnerProfileDto> {
    return this.unitOfWork.run((tx) => this.profiles.update(tx, actor, body));
  }

  @Post('social-accounts/:id/verification')
  @HttpCode(200)
  @Requires('partner:profile:write')
  @ApiOperation({ summary: 'Get the code that you send us as a message from your social account' })
  @ApiOkResponse({ type: VerificationResponse })
  @ApiProblems(400, 401, 403, 404, 409)
  requestVerification(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
  ): Promise<VerificationResponse> {
    return this.unitOfWork.run((tx) => this.socialAccounts.requestVerification(tx, actor, id));
  }
}
