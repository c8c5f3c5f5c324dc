import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
} from '../platform/index.js';
import { CashoutDecisions, type DecidedBy } from './cashout-decisions.service.js';
import { CashoutHistory } from './cashout-history.service.js';
import {
  DecideCashoutDto,
  OperatorCashoutDto,
  OperatorCashoutPage,
  OperatorCashoutsQuery,
  toOperatorCashoutDto,
} from './cashouts.dto.js';
import type { CashoutDecision } from './domain/cashout-state.js';

/** Operators decide about cash-outs (rule 4.3, T10). */
@ApiTags('Operator: cash-outs')
@ApiBearerAuth()
@Controller('operator/cashouts')
export class OperatorCashoutsController {
  constructor(
    private readonly decisions: CashoutDecisions,
    private readonly history: CashoutHistory,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'List cash-outs of all partners, newest first' })
  @ApiOkResponse({ type: OperatorCashoutPage })
  @ApiProblems(400, 401, 403)
  async list(@Query() { partnerId, ...query }: OperatorCashoutsQuery): Promise<OperatorCashoutPage> {
    const page = await this.history.list(this.dataSource.manager, { ...query, ownerId: partnerId });
    return mapPage(page, toOperatorCashoutDto);
  }

  @Get(':id')
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'Show a cash-out' })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', ParseUUIDPipe) id: string): Promise<OperatorCashoutDto> {
    return toOperatorCashoutDto(await this.history.get(this.dataSource.manager, id));
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Requires('operator:cashouts:decide')
  @Financial()
  @ApiOperation({ summary: 'Accept a pending cash-out: it is paid' })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  accept(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { comment }: DecideCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.decide('accept', key, id, { actor, comment });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('operator:cashouts:decide')
  @Financial()
  @ApiOperation({ summary: 'Cancel a pending cash-out: the amount is available to the partner again' })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  cancel(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { comment }: DecideCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.decide('cancel', key, id, { actor, comment });
  }

  @Post(':id/refund')
  @HttpCode(200)
  @Requires('operator:cashouts:decide')
  @Financial()
  @ApiOperation({ summary: 'Give back a payment that did not arrive: the amount is available again' })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  refund(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { comment }: DecideCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.decide('refund', key, id, { actor, comment });
  }

  private decide(
    decision: CashoutDecision,
    key: IdempotencyKey,
    id: string,
    by: DecidedBy,
  ): Promise<OperatorCashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toOperatorCashoutDto(await this.decisions[decision](tx, id, by)),
    );
  }
}
