import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
} from '../../platform/index.js';
import {
  CurrentTermsDto,
  OperatorReferralDto,
  OperatorReferralPage,
  OperatorReferralTermsDto,
  ReferralsQuery,
  RevokeReferralDto,
  SetTermsDto,
  toOperatorReferralTerms,
} from './operator-referrals.dto.js';
import { ReferralOverview } from './referral-overview.service.js';
import { ReferralProgress } from './referral-progress.service.js';
import { ReferralTermsBook } from './referral-terms.service.js';

/** The referral program, for operators (T11). */
@ApiTags('Operator: referral program')
@ApiBearerAuth()
@Controller('operator')
export class OperatorReferralsController {
  constructor(
    private readonly terms: ReferralTermsBook,
    private readonly overview: ReferralOverview,
    private readonly progress: ReferralProgress,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('referral-program')
  @Requires('operator:referrals:read')
  @ApiOperation({ summary: 'Show the terms of the referral program' })
  @ApiOkResponse({ type: CurrentTermsDto })
  @ApiProblems()
  async show(): Promise<CurrentTermsDto> {
    const terms = await this.terms.current(this.dataSource);
    return { terms: terms && toOperatorReferralTerms(terms) };
  }

  @Post('referral-program')
  @Requires('operator:referrals:write')
  @ApiOperation({
    summary: 'Set the terms of the referral program',
    description: 'They hold for codes that are entered from now on; what was promised before stays.',
  })
  @ApiCreatedResponse({ type: OperatorReferralTermsDto })
  @ApiProblems(400, 409, 422)
  set(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: SetTermsDto,
  ): Promise<OperatorReferralTermsDto> {
    return this.idempotency.run(key, async (tx) =>
      toOperatorReferralTerms(await this.terms.set(tx, actor, body)),
    );
  }

  @Get('referrals')
  @Requires('operator:referrals:read')
  @ApiOperation({ summary: 'List who came by whose code, the latest first' })
  @ApiOkResponse({ type: OperatorReferralPage })
  @ApiProblems(400)
  list(@Query() query: ReferralsQuery): Promise<OperatorReferralPage> {
    return this.overview.list(this.dataSource, query);
  }

  @Post('referrals/:id/revoke')
  @HttpCode(200)
  @Financial()
  @Requires('operator:referrals:write')
  @ApiOperation({
    summary: 'End a referral: what was not paid is not going to be, and what was is taken back from both',
  })
  @ApiOkResponse({ type: OperatorReferralDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  revoke(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Body() body: RevokeReferralDto,
  ): Promise<OperatorReferralDto> {
    return this.idempotency.run(key, async (tx) => {
      await this.progress.revoke(tx, actor, id, body);
      return this.overview.get(tx, id);
    });
  }
}
