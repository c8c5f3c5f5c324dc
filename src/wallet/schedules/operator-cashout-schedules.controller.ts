import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PageQuery, PathId } from '../../platform/index.js';
import { CashoutScheduleBook } from './cashout-schedule-book.js';
import { CashoutScheduleLog } from './cashout-schedule-log.js';
import {
  OperatorCashoutScheduleDto,
  OperatorCashoutSchedulePage,
  OperatorCashoutSchedulesQuery,
  ScheduleRunPage,
  toOperatorScheduleDto,
  toRunDto,
} from './cashout-schedules.dto.js';

/** Automatic cash-outs of all partners, for operators to read (A28). */
@ApiTags('Operator: automatic cash-outs')
@ApiBearerAuth()
@Controller('operator/cashout-schedules')
export class OperatorCashoutSchedulesController {
  constructor(
    private readonly book: CashoutScheduleBook,
    private readonly log: CashoutScheduleLog,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'List schedules of automatic cash-outs of all partners, newest first' })
  @ApiOkResponse({ type: OperatorCashoutSchedulePage })
  @ApiProblems(400, 401, 403)
  async list(
    @Query() { partnerId, ...query }: OperatorCashoutSchedulesQuery,
  ): Promise<OperatorCashoutSchedulePage> {
    const page = await this.book.list(this.dataSource.manager, { ...query, ownerId: partnerId });
    return mapPage(page, toOperatorScheduleDto);
  }

  @Get(':id')
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'Show a schedule, deleted ones too' })
  @ApiOkResponse({ type: OperatorCashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@PathId() id: string): Promise<OperatorCashoutScheduleDto> {
    return toOperatorScheduleDto(await this.book.get(this.dataSource.manager, id));
  }

  @Get(':id/runs')
  @Requires('operator:cashouts:read')
  @ApiOperation({ summary: 'List what a schedule did, the latest first' })
  @ApiOkResponse({ type: ScheduleRunPage })
  @ApiProblems(400, 401, 403, 404)
  async listRuns(@PathId() id: string, @Query() query: PageQuery): Promise<ScheduleRunPage> {
    const schedule = await this.book.get(this.dataSource.manager, id);
    return mapPage(await this.log.list(this.dataSource.manager, schedule.id, query), toRunDto);
  }
}
