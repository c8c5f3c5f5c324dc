import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CurrentActor, Financial, type PartnerActor, Requires } from '../identity/index.js';
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
import { CashoutRequests } from './cashout-requests.service.js';
import {
  CASHOUT_HEADER,
  CashoutDto,
  CashoutPage,
  CashoutsQuery,
  RequestCashoutDto,
  toCashoutCells,
  toCashoutDto,
  toCashoutFilter,
} from './cashouts.dto.js';

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
  @ApiOperation({ summary: 'List your cash-outs, or export them as CSV or XLSX' })
  @ApiFileOrPage(CashoutPage)
  @ApiProblems(400, 401, 403)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: CashoutsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CashoutPage | StreamableFile> {
    const filter = toCashoutFilter({ ...query, partnerId });
    const db = this.dataSource.manager;
    if (query.format === 'json') return mapPage(await this.history.list(db, filter), toCashoutDto);
    const rows = eachOfPages((page) => this.history.list(db, { ...filter, ...page }));
    return listFile(reply, query.format, 'cashouts', {
      header: CASHOUT_HEADER,
      rows,
      toCells: toCashoutCells,
    });
  }

  @Get(':id')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show one of your cash-outs' })
  @ApiOkResponse({ type: CashoutDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<CashoutDto> {
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
    @PathId() id: string,
  ): Promise<CashoutDto> {
    return this.idempotency.run(key, async (tx) =>
      toCashoutDto(await this.decisions.cancel(tx, id, { actor, ownerId: actor.partnerId })),
    );
  }
}
