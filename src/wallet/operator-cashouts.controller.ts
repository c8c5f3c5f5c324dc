import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import {
  ApiFileOrPage,
  ApiProblems,
  eachOfPages,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  listFile,
  mapPage,
  PathId,
} from '../platform/index.js';
import { CashoutDecisions } from './cashout-decisions.service.js';
import { CashoutHistory } from './cashout-history.service.js';
import {
  DecideCashoutDto,
  OPERATOR_CASHOUT_HEADER,
  OperatorCashoutDto,
  OperatorCashoutPage,
  OperatorCashoutsQuery,
  RefundCashoutDto,
  toCashoutFilter,
  toOperatorCashoutCells,
  toOperatorCashoutDto,
} from './cashouts.dto.js';

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
  @ApiOperation({ summary: 'List cash-outs of all partners, or export them as CSV or XLSX' })
  @ApiFileOrPage(OperatorCashoutPage)
  @ApiProblems(400, 401, 403)
  async list(
    @Query() query: OperatorCashoutsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorCashoutPage | StreamableFile> {
    const filter = toCashoutFilter(query);
    const db = this.dataSource.manager;
    if (query.format === 'json') return mapPage(await this.history.list(db, filter), toOperatorCashoutDto);
    const rows = eachOfPages((page) => this.history.list(db, { ...filter, ...page }));
    const content = { header: OPERATOR_CASHOUT_HEADER, rows, toCells: toOperatorCashoutCells };
    return listFile(reply, query.format, 'cashouts', content);
  }

  @Get(':id')
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'Show a cash-out' })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@PathId() id: string): Promise<OperatorCashoutDto> {
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
    @PathId() id: string,
    @Body() { comment }: DecideCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toOperatorCashoutDto(await this.decisions.accept(tx, id, { actor, comment })),
    );
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
    @PathId() id: string,
    @Body() { comment }: DecideCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toOperatorCashoutDto(await this.decisions.cancel(tx, id, { actor, comment })),
    );
  }

  @Post(':id/refund')
  @HttpCode(200)
  @Requires('operator:cashouts:decide')
  @Financial()
  @ApiOperation({
    summary: 'Give back a payment that did not arrive, or a part of it: that much is available again',
  })
  @ApiOkResponse({ type: OperatorCashoutDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  refund(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Body() { comment, amount }: RefundCashoutDto,
  ): Promise<OperatorCashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toOperatorCashoutDto(await this.decisions.refund(tx, id, { actor, comment }, amount)),
    );
  }
}
