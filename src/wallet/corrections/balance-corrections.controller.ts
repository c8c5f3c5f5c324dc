import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
} from '../../platform/index.js';
import { ABOVE_THE_LIMIT } from '../approval-limit.service.js';
import { WalletOwners } from '../wallet-owners.service.js';
import {
  BalanceCorrectionDto,
  BalanceCorrectionPage,
  BalanceCorrectionsQuery,
  CorrectBalanceDto,
  RejectCorrectionDto,
  toBalanceCorrectionDto,
} from './balance-corrections.dto.js';
import { BalanceCorrections } from './balance-corrections.service.js';
import { CorrectionBook } from './correction-book.js';

/** Operators correct balances (A14, rule 4.5). */
@ApiTags('Operator: balance corrections')
@ApiBearerAuth()
@Controller('operator/balance-corrections')
export class BalanceCorrectionsController {
  constructor(
    private readonly corrections: BalanceCorrections,
    private readonly book: CorrectionBook,
    private readonly owners: WalletOwners,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:balance-corrections:read')
  @ApiOperation({ summary: 'List balance corrections, newest first' })
  @ApiOkResponse({ type: BalanceCorrectionPage })
  @ApiProblems(400, 401, 403)
  async list(@Query() { partnerId, ...query }: BalanceCorrectionsQuery): Promise<BalanceCorrectionPage> {
    const page = await this.book.list(this.dataSource.manager, { ...query, ownerId: partnerId });
    return mapPage(page, toBalanceCorrectionDto);
  }

  @Get(':id')
  @Requires('operator:balance-corrections:read')
  @ApiOperation({ summary: 'Show a balance correction' })
  @ApiOkResponse({ type: BalanceCorrectionDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@PathId() id: string): Promise<BalanceCorrectionDto> {
    return toBalanceCorrectionDto(await this.book.get(this.dataSource.manager, id));
  }

  @Post()
  @Requires('operator:balance-corrections:write')
  @Financial()
  @ApiOperation({
    summary:
      "Add to or take off a partner's available balance; above the limit it waits for a second operator",
    description: ABOVE_THE_LIMIT,
  })
  @ApiCreatedResponse({ type: BalanceCorrectionDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  enter(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Body() { partnerId: ownerId, ...correction }: CorrectBalanceDto,
  ): Promise<BalanceCorrectionDto> {
    return this.idempotency.run(key, async (tx) => {
      await this.owners.addressOf(tx, ownerId);
      await this.owners.refuseErased(tx, ownerId);
      return toBalanceCorrectionDto(await this.corrections.enter(tx, actor, { ...correction, ownerId }));
    });
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Requires('operator:balance-corrections:write')
  @Financial()
  @ApiOperation({ summary: 'Post a pending balance correction, as another operator than who entered it' })
  @ApiOkResponse({ type: BalanceCorrectionDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  approve(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<BalanceCorrectionDto> {
    return this.idempotency.run(key, async (tx) =>
      toBalanceCorrectionDto(await this.corrections.approve(tx, actor, id)),
    );
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Requires('operator:balance-corrections:write')
  @Financial()
  @ApiOperation({ summary: 'Refuse a pending balance correction, as another operator than who entered it' })
  @ApiOkResponse({ type: BalanceCorrectionDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  reject(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Body() { comment }: RejectCorrectionDto,
  ): Promise<BalanceCorrectionDto> {
    return this.idempotency.run(key, async (tx) =>
      toBalanceCorrectionDto(await this.corrections.reject(tx, actor, id, comment)),
    );
  }
}
