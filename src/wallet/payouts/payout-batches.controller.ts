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
  type Tx,
} from '../../platform/index.js';
import { PayoutBatches } from './payout-batches.service.js';
import { findCandidates } from './payout-candidates.js';
import { PayoutOverview } from './payout-overview.service.js';
import {
  CreatePayoutBatchDto,
  PayoutBatchesQuery,
  PayoutCandidatesQuery,
  PayoutLinesQuery,
  toPayoutFilter,
  toPayoutSelection,
} from './payout-requests.dto.js';
import {
  PayoutBatchDto,
  PayoutBatchPage,
  PayoutCandidatesDto,
  PayoutLinePage,
  toPayoutBatchDto,
  toPayoutCandidatesDto,
  toPayoutLineDto,
} from './payouts.dto.js';

/** Cash-outs paid in batches, by two operators (B09). */
@ApiTags('Operator: payout batches')
@ApiBearerAuth()
@Controller('operator')
export class PayoutBatchesController {
  constructor(
    private readonly batches: PayoutBatches,
    private readonly overview: PayoutOverview,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('payout-candidates')
  @Requires('operator:payouts:read')
  @ApiOperation({ summary: 'Show what a batch of the open cash-outs that the filters find would pay' })
  @ApiOkResponse({ type: PayoutCandidatesDto })
  @ApiProblems(400, 422)
  async candidates(@Query() query: PayoutCandidatesQuery): Promise<PayoutCandidatesDto> {
    return toPayoutCandidatesDto(await findCandidates(this.dataSource.manager, toPayoutFilter(query)));
  }

  @Post('payout-batches')
  @Requires('operator:payouts:write')
  @Financial()
  @ApiOperation({
    summary: 'Group open cash-outs of one payment method type and currency into a batch',
    description:
      'By their ids, or by filters with the fingerprint of `payout-candidates`. Nobody else decides about them from now on.',
  })
  @ApiCreatedResponse({ type: PayoutBatchDto })
  @ApiProblems(400, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Body() { executionDate, ...dto }: CreatePayoutBatchDto,
  ): Promise<PayoutBatchDto> {
    const selection = toPayoutSelection(dto);
    return this.idempotency.run(key, async (tx) => {
      const id = await this.batches.create(tx, actor, selection, executionDate);
      return toPayoutBatchDto(await this.overview.get(tx, id));
    });
  }

  @Get('payout-batches')
  @Requires('operator:payouts:read')
  @ApiOperation({ summary: 'List payout batches, newest first' })
  @ApiOkResponse({ type: PayoutBatchPage })
  @ApiProblems(400)
  async list(@Query() query: PayoutBatchesQuery): Promise<PayoutBatchPage> {
    return mapPage(await this.overview.list(this.dataSource.manager, query), toPayoutBatchDto);
  }

  @Get('payout-batches/:id')
  @Requires('operator:payouts:read')
  @ApiOperation({ summary: 'Show a payout batch and how far it is' })
  @ApiOkResponse({ type: PayoutBatchDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<PayoutBatchDto> {
    return toPayoutBatchDto(await this.overview.get(this.dataSource.manager, id));
  }

  @Get('payout-batches/:id/lines')
  @Requires('operator:payouts:read')
  @ApiOperation({ summary: 'List the lines of a payout batch with what became of them' })
  @ApiOkResponse({ type: PayoutLinePage })
  @ApiProblems(400, 404)
  async lines(@PathId() id: string, @Query() query: PayoutLinesQuery): Promise<PayoutLinePage> {
    return mapPage(await this.overview.lines(this.dataSource.manager, id, query), toPayoutLineDto);
  }

  @Post('payout-batches/:id/approve')
  @HttpCode(200)
  @Requires('operator:payouts:approve')
  @Financial()
  @ApiOperation({ summary: 'Approve a payout batch that another operator has made' })
  @ApiOkResponse({ type: PayoutBatchDto })
  @ApiProblems(400, 404, 409, 422)
  approve(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<PayoutBatchDto> {
    return this.change(key, id, (tx) => this.batches.approve(tx, actor, id));
  }

  @Post('payout-batches/:id/cancel')
  @HttpCode(200)
  @Requires('operator:payouts:write')
  @Financial()
  @ApiOperation({ summary: 'Cancel a payout batch of which nothing was sent: its cash-outs wait again' })
  @ApiOkResponse({ type: PayoutBatchDto })
  @ApiProblems(400, 404, 409, 422)
  cancel(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<PayoutBatchDto> {
    return this.change(key, id, (tx) => this.batches.cancel(tx, actor, id));
  }

  @Post('payout-batches/:id/hand-over')
  @HttpCode(200)
  @Requires('operator:payouts:write')
  @Financial()
  @ApiOperation({
    summary: 'Have an approved payout batch paid by PayPal’s API',
    description: 'In the background; the batch and its lines show what became of it.',
  })
  @ApiOkResponse({ type: PayoutBatchDto })
  @ApiProblems(400, 404, 409, 422)
  handOver(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<PayoutBatchDto> {
    return this.change(key, id, (tx) => this.batches.handOver(tx, actor, id));
  }

  private change(key: IdempotencyKey, id: string, work: (tx: Tx) => Promise<void>): Promise<PayoutBatchDto> {
    return this.idempotency.run(key, async (tx) => {
      await work(tx);
      return toPayoutBatchDto(await this.overview.get(tx, id));
    });
  }
}
