import { Controller, HttpCode, Post, Req, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ApiProblems, CountedAs, Public, UnitOfWork } from '../platform/index.js';
import { Backfills } from './backfill/backfills.service.js';
import { ItemFault } from './domain/item-fault.js';
import { type Interval, parseInterval } from './domain/parse-interval.js';
import { SyncOrders } from './orders/sync-orders.service.js';
import { SyncActivity } from './sync-activity.service.js';
import { SyncAuthentication } from './sync-authentication.js';
import { readJsonBatch } from './sync-json.js';
import { SyncPlayers } from './sync-players.service.js';
import { ApiBatchOrLines } from './sync-docs.js';
import {
  MOST_ITEMS,
  SyncActivityDto,
  SyncActivityLineDto,
  SyncOrderDto,
  SyncOrdersDto,
  SyncPlayerDto,
  SyncPlayersDto,
  SyncReportDto,
} from './sync.dto.js';
import { malformedBatch, unsupportedSyncBody } from './tracking.errors.js';

/** Batches that brands' servers report (A07). */
@ApiTags('sync')
@ApiHeader({ name: 'X-Authorization-Key', required: true, description: 'The sync key' })
@ApiHeader({
  name: 'X-Authorization-Sign',
  required: true,
  description: 'Lowercase hex HMAC-SHA512 of the body, as sent, under the key’s secret',
})
@ApiHeader({
  name: 'Content-Encoding',
  description: '`gzip` for a compressed body, which is signed after its compression',
})
@Controller('api/sync/v1')
@CountedAs('sync')
@Public()
export class SyncController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly authentication: SyncAuthentication,
    private readonly players: SyncPlayers,
    private readonly activity: SyncActivity,
    private readonly orders: SyncOrders,
    private readonly backfills: Backfills,
  ) {}

  @Post('players')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Report players; each item is answered, and the same batch again changes nothing',
  })
  @ApiBatchOrLines(SyncPlayersDto, SyncPlayerDto)
  @ApiProblems(400, 401, 413, 415)
  async reportPlayers(@Req() request: FastifyRequest): Promise<SyncReportDto | StreamableFile> {
    if (request.body instanceof Readable) {
      return this.backfills.receive(request, request.body, 'players');
    }
    const bytes = bytesOf(request);
    const { brandId } = await this.authentication.getBrand(request, bytes);
    const items = listOf(await readJsonBatch(bytes, request.headers['content-encoding']), 'players');
    const report = await this.unitOfWork.run((tx) => this.players.record(tx, brandId, items));
    return { ...report, items: [...report.items] };
  }

  @Post('activity')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Report what players did in an interval; other values for the same interval correct it',
  })
  @ApiBatchOrLines(SyncActivityDto, SyncActivityLineDto)
  @ApiProblems(400, 401, 413, 415)
  async reportActivity(@Req() request: FastifyRequest): Promise<SyncReportDto | StreamableFile> {
    if (request.body instanceof Readable) {
      return this.backfills.receive(request, request.body, 'activity');
    }
    const bytes = bytesOf(request);
    const { brandId, brandCurrency } = await this.authentication.getBrand(request, bytes);
    const body = await readJsonBatch(bytes, request.headers['content-encoding']);
    const items = listOf(body, 'items');
    const head = { brandId, brandCurrency, ...this.intervalOf(body as Record<string, unknown>) };
    await this.activity.makeRoom(head, items);
    const report = await this.unitOfWork.run((tx) => this.activity.record(tx, head, items));
    return { ...report, items: [...report.items] };
  }

  @Post('orders')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Report orders and what became of them; each item is answered, and the same again changes nothing',
  })
  @ApiBatchOrLines(SyncOrdersDto, SyncOrderDto)
  @ApiProblems(400, 401, 413, 415)
  async reportOrders(@Req() request: FastifyRequest): Promise<SyncReportDto | StreamableFile> {
    if (request.body instanceof Readable) {
      return this.backfills.receive(request, request.body, 'orders');
    }
    const bytes = bytesOf(request);
    const brand = await this.authentication.getBrand(request, bytes);
    const items = listOf(await readJsonBatch(bytes, request.headers['content-encoding']), 'orders');
    const report = await this.unitOfWork.run((tx) => this.orders.record(tx, brand, items));
    return { ...report, items: [...report.items] };
  }

  private intervalOf(body: Record<string, unknown>): Interval {
    try {
      return parseInterval(body);
    } catch (error) {
      if (!(error instanceof ItemFault)) throw error;
      const [path, message] = error.message.split(': ', 2);
      throw malformedBatch(path!, message!);
    }
  }
}

/** The body as it was sent; nothing was sent where there is none. */
function bytesOf({ body = Buffer.alloc(0) }: FastifyRequest): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw unsupportedSyncBody('content-type', 'must be application/json or application/x-ndjson');
}

function listOf(body: unknown, field: string): unknown[] {
  const list = (body as Record<string, unknown> | null | undefined)?.[field];
  if (!Array.isArray(list)) throw malformedBatch(field, 'must be a list');
  if (list.length > MOST_ITEMS) throw malformedBatch(field, `must hold at most ${MOST_ITEMS} items`);
  return list;
}
