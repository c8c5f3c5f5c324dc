import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PageQuery, PathId } from '../../platform/index.js';
import { CashoutScheduleBook } from './cashout-schedule-book.js';
import { CashoutScheduleLog } from './cashout-schedule-log.js';
import { SchedulePreviewDto, ScheduleRunPage, toPreviewDto, toRunDto } from './cashout-schedules.dto.js';
import { ScheduleTimesDto } from './schedule-input.dto.js';
import { readTimes } from './schedule-terms.js';
import { ScheduleTimer } from './schedule-timer.js';

/** When a partner's schedules run, and what they did (A28). */
@ApiTags('Partner: automatic cash-outs')
@ApiBearerAuth()
@Controller('partner/cashout-schedules')
export class PartnerScheduleDatesController {
  constructor(
    private readonly book: CashoutScheduleBook,
    private readonly log: CashoutScheduleLog,
    private readonly timer: ScheduleTimer,
    private readonly dataSource: DataSource,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show the next ten dates of a schedule that is not saved; nothing is kept' })
  @ApiOkResponse({ type: SchedulePreviewDto })
  @ApiProblems(400, 401, 403, 422)
  preview(@Body() body: ScheduleTimesDto): SchedulePreviewDto {
    return toPreviewDto(this.timer.preview(readTimes(body)));
  }

  @Get(':id/preview')
  @Requires('partner:wallet:read')
  @ApiOperation({
    summary: 'Show the next ten dates of a schedule; of one that does not run, as if it was resumed now',
  })
  @ApiOkResponse({ type: SchedulePreviewDto })
  @ApiProblems(400, 401, 403, 404)
  async previewOf(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<SchedulePreviewDto> {
    const schedule = await this.book.get(this.dataSource.manager, id, partnerId);
    return toPreviewDto(await this.timer.previewOf(this.dataSource.manager, schedule));
  }

  @Get(':id/runs')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List what a schedule did, the latest first' })
  @ApiOkResponse({ type: ScheduleRunPage })
  @ApiProblems(400, 401, 403, 404)
  async listRuns(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() query: PageQuery,
  ): Promise<ScheduleRunPage> {
    const schedule = await this.book.get(this.dataSource.manager, id, partnerId);
    return mapPage(await this.log.list(this.dataSource.manager, schedule.id, query), toRunDto);
  }
}
