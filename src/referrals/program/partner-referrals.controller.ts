import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  UnitOfWork,
} from '../../platform/index.js';
import { ReferralEntry } from './referral-entry.service.js';
import { ReferralOverview } from './referral-overview.service.js';
import { EnterCodeDto, ReferralProgramDto } from './referral-program.dto.js';

/** The referral program (T11). */
@ApiTags('Partner: referral program')
@ApiBearerAuth()
@Controller('partner/referral-program')
export class PartnerReferralsController {
  constructor(
    private readonly overview: ReferralOverview,
    private readonly entry: ReferralEntry,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Requires('partner:referrals:read')
  @ApiOperation({ summary: 'Show your code and link, whom you invited, and how the program works' })
  @ApiOkResponse({ type: ReferralProgramDto })
  @ApiProblems()
  show(@CurrentActor() { partnerId }: PartnerActor): Promise<ReferralProgramDto> {
    return this.unitOfWork.run((tx) => this.overview.show(tx, partnerId));
  }

  @Post('inviter-code')
  @HttpCode(200)
  @Requires('partner:referrals:write')
  @ApiOperation({
    summary: 'Enter the code of who invited you, for good',
    description:
      'Once, within 30 days of signing up, and before the first confirmed work. Refused are your own code, those of ' +
      'partners who signed up later, who do not work with the program at present, or who have your e-mail address, phone ' +
      'number or payment account.',
  })
  @ApiOkResponse({ type: ReferralProgramDto })
  @ApiProblems(400, 409, 422)
  enter(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() { code }: EnterCodeDto,
  ): Promise<ReferralProgramDto> {
    return this.idempotency.run(key, async (tx) => {
      await this.entry.enter(tx, actor, actor.partnerId, code);
      return this.overview.show(tx, actor.partnerId);
    });
  }
}
