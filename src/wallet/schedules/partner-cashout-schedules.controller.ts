import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, Financial, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import type { Owner } from '../payment-methods.service.js';
import { CashoutScheduleBook } from './cashout-schedule-book.js';
import { CashoutScheduleDto, CashoutSchedulePage, toScheduleDto } from './cashout-schedules.dto.js';
import { CashoutSchedules } from './cashout-schedules.service.js';
import { AddCashoutScheduleDto, ChangeCashoutScheduleDto } from './schedule-input.dto.js';
import { ScheduleMoves } from './schedule-moves.service.js';

/** A partner's automatic cash-outs (A28). */
@ApiTags('Partner: automatic cash-outs')
@ApiBearerAuth()
@Controller('partner/cashout-schedules')
export class PartnerCashoutSchedulesController {
  constructor(
    private readonly schedules: CashoutSchedules,
    private readonly moves: ScheduleMoves,
    private readonly book: CashoutScheduleBook,
    private readonly idempotency: Idempotency,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List your schedules of automatic cash-outs, newest first' })
  @ApiOkResponse({ type: CashoutSchedulePage })
  @ApiProblems(400, 401, 403)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PageQuery,
  ): Promise<CashoutSchedulePage> {
    const page = await this.book.list(this.dataSource.manager, { ...query, ownerId: partnerId });
    return mapPage(page, toScheduleDto);
  }

  @Post()
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Have what is available withdrawn on certain days; it runs in your name' })
  @ApiCreatedResponse({ type: CashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  add(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @Body() body: AddCashoutScheduleDto,
  ): Promise<CashoutScheduleDto> {
    return this.idempotency.run(key, async (tx) =>
      toScheduleDto(await this.schedules.add(tx, ownerOf(actor), body)),
    );
  }

  @Get(':id')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show one of your schedules' })
  @ApiOkResponse({ type: CashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<CashoutScheduleDto> {
    return toScheduleDto(await this.book.get(this.dataSource.manager, id, partnerId));
  }

  @Patch(':id')
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Change a schedule; an active one runs in your name from now on' })
  @ApiOkResponse({ type: CashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: ChangeCashoutScheduleDto,
  ): Promise<CashoutScheduleDto> {
    return this.unitOfWork.run(async (tx) =>
      toScheduleDto(await this.schedules.change(tx, ownerOf(actor), id, body)),
    );
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Pause a schedule until it is resumed' })
  @ApiOkResponse({ type: CashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  pause(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<CashoutScheduleDto> {
    return this.idempotency.run(key, async (tx) =>
      toScheduleDto(await this.moves.pause(tx, ownerOf(actor), id)),
    );
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({
    summary: 'Resume a paused or suspended schedule; it runs in your name, and nothing is made up for',
  })
  @ApiOkResponse({ type: CashoutScheduleDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  resume(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<CashoutScheduleDto> {
    return this.idempotency.run(key, async (tx) =>
      toScheduleDto(await this.moves.resume(tx, ownerOf(actor), id)),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:wallet:withdraw')
  @Financial()
  @ApiOperation({ summary: 'Delete a schedule; the cash-outs that it requested stay' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  async delete(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.moves.delete(tx, ownerOf(actor), id));
  }
}

function ownerOf(actor: PartnerActor): Owner {
  return { ownerId: actor.partnerId, actor };
}
