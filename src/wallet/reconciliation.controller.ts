import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../identity/index.js';
import { ApiProblems, Clock } from '../platform/index.js';
import { ReconciliationDto, toMismatchDto } from './reconciliation.dto.js';
import { Reconciliation } from './reconciliation.service.js';

/** The proof that the ledger is right (B01). */
@ApiTags('Operator: reconciliation')
@ApiBearerAuth()
@Controller('operator/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:reconciliation:read')
  @ApiOperation({ summary: 'Compare the ledger with itself and with the open cash-outs, now' })
  @ApiOkResponse({ type: ReconciliationDto })
  @ApiProblems(401, 403)
  async run(): Promise<ReconciliationDto> {
    const { mismatches, ...counts } = await this.reconciliation.run(this.dataSource);
    return {
      checkedAt: this.clock.now(),
      clean: mismatches.length === 0,
      ...counts,
      mismatches: mismatches.map(toMismatchDto),
    };
  }
}
