import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Clock,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
} from '../platform/index.js';
import {
  LiftFreezeDto,
  ReconciliationDto,
  toMismatchDto,
  toWalletFreezeDto,
  WalletFreezeDto,
} from './reconciliation.dto.js';
import { Reconciliation } from './reconciliation.service.js';
import { WalletFreezes } from './wallet-freezes.service.js';

/** The proof that the ledger is right (B01). */
@ApiTags('Operator: reconciliation')
@ApiBearerAuth()
@Controller('operator/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly freezes: WalletFreezes,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:reconciliation:read')
  @ApiOperation({ summary: 'Compare the ledger with itself, the open cash-outs and the paid bills, now' })
  @ApiOkResponse({ type: ReconciliationDto })
  @ApiProblems(401, 403)
  async run(): Promise<ReconciliationDto> {
    const { mismatches, ...counts } = await this.reconciliation.run(this.dataSource);
    const frozen = await this.freezes.list(this.dataSource);
    return {
      checkedAt: this.clock.now(),
      clean: mismatches.length === 0,
      ...counts,
      mismatches: mismatches.map(toMismatchDto),
      frozen: frozen.map(toWalletFreezeDto),
    };
  }

  @Post('freezes/:ownerId/lift')
  @HttpCode(200)
  @Requires('operator:reconciliation:write')
  @Financial()
  @ApiOperation({ summary: 'Release a frozen wallet that reconciles again' })
  @ApiOkResponse({ type: WalletFreezeDto, description: 'The freeze that is no more.' })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  lift(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId('ownerId') ownerId: string,
    @Body() { comment }: LiftFreezeDto,
  ): Promise<WalletFreezeDto> {
    return this.idempotency.run(key, async (tx) =>
      toWalletFreezeDto(await this.freezes.lift(tx, actor, ownerId, comment)),
    );
  }
}
