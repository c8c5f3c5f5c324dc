import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
} from '../platform/index.js';
import { BillRunDto, BillRunPageDto, StartBillRunDto, toBillRun } from './bill-runs.dto.js';
import { BillRuns } from './bill-runs.service.js';

/** A small run is over before its answer is due; a long one is answered while it goes on. */
const WAIT_FOR_SMALL_RUNS_MS = 3_000;

@ApiTags('Operator: bill runs')
@ApiBearerAuth()
@Controller('operator/bill-runs')
export class BillRunsController {
  constructor(
    private readonly runs: BillRuns,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('operator:bills:run')
  @ApiOperation({
    summary: 'Bill what is due through a day; the answer comes at the end of the run or after 3 s',
  })
  @ApiCreatedResponse({ type: BillRunDto })
  @ApiProblems(400, 404, 409, 422)
  async start(
    @CurrentActor() actor: Actor,
    @Body() { planId, through }: StartBillRunDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<BillRunDto> {
    const { id } = await this.idempotency.run(key, async (tx) => {
      return {
        id: await this.runs.start(tx, { planId, through, source: 'operator', actor }),
      };
    });
    return toBillRun(await this.runs.waitForEnd(this.dataSource.manager, id!, WAIT_FOR_SMALL_RUNS_MS));
  }

  @Get()
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'List bill runs, newest first' })
  @ApiOkResponse({ type: BillRunPageDto })
  @ApiProblems(400)
  async list(@Query() query: PageQuery): Promise<BillRunPageDto> {
    return mapPage(await this.runs.list(this.dataSource.manager, query), toBillRun);
  }

  @Get(':id')
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'Show how far a bill run is' })
  @ApiOkResponse({ type: BillRunDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<BillRunDto> {
    return toBillRun(await this.runs.get(this.dataSource.manager, id));
  }
}
