import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Clock,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  invalidField,
  PageQuery,
  PathId,
} from '../../platform/index.js';
import {
  ApproveBillsDto,
  BillApprovalRunDto,
  BulkApprovalDto,
  RefusedBillPageDto,
  toApprovalFilters,
  toApprovalRun,
  toBulkApproval,
} from './bulk-approvals.dto.js';
import { BulkApprovals } from './bulk-approvals.service.js';

/** Many bills approved at once (A13). */
@ApiTags('Operator: bills')
@ApiBearerAuth()
@Controller('operator')
export class BulkApprovalsController {
  constructor(
    private readonly bulk: BulkApprovals,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  @Post('bills/approve')
  @HttpCode(200)
  @Requires('operator:bills:approve')
  @Financial()
  @ApiOperation({
    summary: 'Approve many bills: first a dry run that shows them, then the same with its fingerprint',
    description: 'The bills are approved in the background, each as if it were approved alone.',
  })
  @ApiOkResponse({ type: BulkApprovalDto })
  @ApiProblems(400, 409, 422)
  approve(
    @CurrentActor() actor: Actor,
    @Body() dto: ApproveBillsDto,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
  ): Promise<BulkApprovalDto> {
    const filters = toApprovalFilters(dto);
    const { dryRun = false, fingerprint } = dto;
    return this.idempotency.run(key, async (tx) => {
      if (dryRun) return toBulkApproval(await this.bulk.preview(tx, actor, filters), this.clock.now(), null);
      if (fingerprint === undefined) throw invalidField('fingerprint', 'is needed: that of a dry run');
      const { id, preview } = await this.bulk.start(tx, actor, filters, fingerprint);
      return toBulkApproval(preview, this.clock.now(), id);
    });
  }

  @Get('bill-approvals/:id')
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'Show how far an approval of many bills is' })
  @ApiOkResponse({ type: BillApprovalRunDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<BillApprovalRunDto> {
    return toApprovalRun(await this.bulk.get(this.dataSource.manager, id));
  }

  @Get('bill-approvals/:id/refused')
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'List the bills that an approval of many did not approve, with the reasons' })
  @ApiOkResponse({ type: RefusedBillPageDto })
  @ApiProblems(400, 404)
  refused(@PathId() id: string, @Query() query: PageQuery): Promise<RefusedBillPageDto> {
    return this.bulk.refused(this.dataSource.manager, id, query);
  }
}
