import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  type Tx,
} from '../platform/index.js';
import { ABOVE_THE_LIMIT } from '../wallet/index.js';
import { BillApprovals } from './approvals/bill-approvals.service.js';
import { BillActions } from './bill-actions.service.js';
import { BillCorrections } from './bill-corrections.service.js';
import {
  BillPageDto,
  CancelBillDto,
  CorrectBillDto,
  OperatorBillDto,
  OperatorBillsQuery,
} from './bills.dto.js';
import { Bills } from './bills.service.js';

@ApiTags('Operator: bills')
@ApiBearerAuth()
@Controller('operator/bills')
export class OperatorBillsController {
  constructor(
    private readonly bills: Bills,
    private readonly actions: BillActions,
    private readonly approvals: BillApprovals,
    private readonly corrections: BillCorrections,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'List bills of all partners, newest first or in the order asked for' })
  @ApiOkResponse({ type: BillPageDto })
  @ApiProblems(400)
  list(@Query() query: OperatorBillsQuery): Promise<BillPageDto> {
    return this.bills.list(this.dataSource.manager, query);
  }

  @Get(':id')
  @Requires('operator:bills:read')
  @ApiOperation({
    summary: 'Show a bill with its lines, their explanations, its corrections and fraud signals',
  })
  @ApiOkResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404)
  get(@PathId() id: string): Promise<OperatorBillDto> {
    return this.bills.getForOperator(this.dataSource.manager, id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Requires('operator:bills:approve')
  @Financial()
  @ApiOperation({
    summary: 'Approve a bill: its payable amount is credited to the partner once',
    description: `Above the limit two operators have to; the first approval is only noted (\`approvedOnceAt\`). ${ABOVE_THE_LIMIT}`,
  })
  @ApiOkResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404, 409, 422)
  approve(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
  ): Promise<OperatorBillDto> {
    return this.change(key, id, (tx) => this.approvals.approve(tx, actor, id));
  }

  @Post(':id/hold')
  @HttpCode(200)
  @Requires('operator:bills:approve')
  @ApiOperation({ summary: 'Put a bill on hold by hand, also one that is held for another reason' })
  @ApiOkResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404, 409, 422)
  hold(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorBillDto> {
    return this.change(key, id, (tx) => this.actions.hold(tx, actor, id));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Requires('operator:bills:approve')
  @ApiOperation({ summary: 'Take a bill off hold, whatever it is held for' })
  @ApiOkResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404, 409, 422)
  release(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorBillDto> {
    return this.change(key, id, (tx) => this.actions.release(tx, actor, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('operator:bills:approve')
  @ApiOperation({
    summary: 'Cancel a bill for good; the partner sees the reason',
    description:
      'What the bill names for its own period is neither paid nor billed again. Adjustments of other periods, and debts ' +
      'that it takes over, come with the next bill.',
  })
  @ApiOkResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404, 409, 422)
  cancel(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: CancelBillDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorBillDto> {
    return this.change(key, id, (tx) => this.actions.cancel(tx, actor, id, reason));
  }

  @Post(':id/corrections')
  @Requires('operator:bills:approve')
  @Financial()
  @ApiOperation({ summary: 'Add to or take off what a pending or held bill pays' })
  @ApiCreatedResponse({ type: OperatorBillDto })
  @ApiProblems(400, 404, 409, 422)
  correct(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { type, amount, comment }: CorrectBillDto,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
  ): Promise<OperatorBillDto> {
    const given = typeof amount === 'string' ? { amount, currency: null } : amount;
    return this.change(key, id, (tx) => this.corrections.correct(tx, actor, id, { type, comment, ...given }));
  }

  /** Carries an action out and answers with the bill as it is then. */
  private change(
    key: IdempotencyKey | null,
    id: string,
    action: (tx: Tx) => Promise<unknown>,
  ): Promise<OperatorBillDto> {
    return this.idempotency.run(key, async (tx) => {
      await action(tx);
      return this.bills.getForOperator(tx, id);
    });
  }
}
