import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, Financial, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
} from '../platform/index.js';
import { CashoutDecisions } from './cashout-decisions.service.js';
import { CashoutHistory } from './cashout-history.service.js';
import { CashoutRequests } from './cashout-requests.service.js';
import { CashoutDto, CashoutPage, CashoutsQuery, RequestCashoutDto, toCashoutDto } from './cashouts.dto.js';

/** A partner's cash-outs (A12, A27). */
@ApiTags('Partner: cash-outs')
@ApiBearerAuth()
@Controller('partner/cashouts')
export class PartnerCashoutsController {
  constructor(
    private readonly requests: CashoutRequests,
    private readonly decisions: CashoutDecisions,
    private readonly history: CashoutHistory,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Withdraw from an available balance to one of your payment methods' })
  @ApiCreatedResponse({ type: CashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  request(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Body() body: RequestCashoutDto,
  ): Promise<CashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toCashoutDto(await this.requests.request(tx, { ownerId: actor.partnerId, actor }, body)),
    );
  }

  @Get()
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List your cash-outs, newest first' })
  @ApiOkResponse({ type: CashoutPage })
  @ApiProblems(400, 401, 403)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: CashoutsQuery,
  ): Promise<CashoutPage> {
    const page = await this.history.list(this.dataSource.manager, { ...query, ownerId: partnerId });
    return mapPage(page, toCashoutDto);
  }

  @Get(':id')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show one of your cash-outs' })
  @ApiOkResponse({ type: CashoutDto })
  @ApiProblems(400, 401, 403, 404)
  async get(
    @CurrentActor() { partnerId }: PartnerActor,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<CashoutDto> {
    return toCashoutDto(await this.history.get(this.dataSource.manager, id, partnerId));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Cancel a pending cash-out: the amount is available again' })
  @ApiOkResponse({ type: CashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  cancel(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<CashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toCashoutDto(await this.decisions.cancel(tx, id, { actor, ownerId: actor.partnerId })),
    );
  }
}
