import { Body, Controller, HttpCode, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CountedAs, Public, UnitOfWork } from '../platform/index.js';
import { parseTime } from './domain/read-fields.js';
import { SyncOrders } from './orders/sync-orders.service.js';
import { Partitions } from './partitions.service.js';
import { SyncActivity } from './sync-activity.service.js';
import { type SignedRequest, SyncAuthentication } from './sync-authentication.js';
import { SyncPlayers } from './sync-players.service.js';
import { SyncActivityDto, SyncOrdersDto, SyncPlayersDto, SyncReportDto } from './sync.dto.js';
import { malformedBatch } from './tracking.errors.js';

const MAX_ITEMS = 5_000;
const MAX_INTERVAL_MS = 366 * 24 * 60 * 60 * 1_000;

/** Batches that brands' servers report (A07). */
@ApiTags('sync')
@ApiHeader({ name: 'X-Authorization-Key', required: true, description: 'The sync key' })
@ApiHeader({
  name: 'X-Authorization-Sign',
  required: true,
  description: 'Lowercase hex HMAC-SHA512 of the body under the key’s secret',
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
    private readonly partitions: Partitions,
  ) {}

  @Post('players')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Report players; each item is answered, and the same batch again changes nothing',
  })
  @ApiBody({ type: SyncPlayersDto })
  @ApiOkResponse({ type: SyncReportDto })
  @ApiProblems(400, 401, 413, 415)
  async reportPlayers(
    @Req() request: RawBodyRequest<SignedRequest>,
    @Body() body: unknown,
  ): Promise<SyncReportDto> {
    const { brandId } = await this.authentication.getBrand(request);
    const items = listOf(body, 'players');
    const report = await this.unitOfWork.run((tx) => this.players.record(tx, brandId, items));
    return { ...report, items: [...report.items] };
  }

  @Post('activity')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Report what players did in an interval; other values for the same interval correct it',
  })
  @ApiBody({ type: SyncActivityDto })
  @ApiOkResponse({ type: SyncReportDto })
  @ApiProblems(400, 401, 413, 415)
  async reportActivity(
    @Req() request: RawBodyRequest<SignedRequest>,
    @Body() body: unknown,
  ): Promise<SyncReportDto> {
    const { brandId, brandCurrency } = await this.authentication.getBrand(request);
    const items = listOf(body, 'items');
    const { from, to } = intervalOf(body as Record<string, unknown>);
    await this.partitions.tryEnsureActivityMonth(from);
    const report = await this.unitOfWork.run((tx) =>
      this.activity.record(tx, { brandId, brandCurrency, from, to }, items),
    );
    return { ...report, items: [...report.items] };
  }

  @Post('orders')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Report orders and what became of them; each item is answered, and the same again changes nothing',
  })
  @ApiBody({ type: SyncOrdersDto })
  @ApiOkResponse({ type: SyncReportDto })
  @ApiProblems(400, 401, 413, 415)
  async reportOrders(
    @Req() request: RawBodyRequest<SignedRequest>,
    @Body() body: unknown,
  ): Promise<SyncReportDto> {
    const brand = await this.authentication.getBrand(request);
    const items = listOf(body, 'orders');
    const report = await this.unitOfWork.run((tx) => this.orders.record(tx, brand, items));
    return { ...report, items: [...report.items] };
  }
}

function listOf(body: unknown, field: string): unknown[] {
  const list = (body as Record<string, unknown> | null | undefined)?.[field];
  if (!Array.isArray(list)) throw malformedBatch(field, 'must be a list');
  if (list.length > MAX_ITEMS) throw malformedBatch(field, `must hold at most ${MAX_ITEMS} items`);
  return list;
}

function intervalOf(body: Record<string, unknown>): { from: Date; to: Date } {
  const [from, to] = [parseTime(body['from']), parseTime(body['to'])];
  const form = 'must be an RFC 3339 time such as 2026-10-01T10:00:00Z';
  if (!from) throw malformedBatch('from', form);
  if (!to) throw malformedBatch('to', form);
  if (to <= from || to.getTime() - from.getTime() > MAX_INTERVAL_MS) {
    throw malformedBatch('to', 'must be after `from`, by a year at most');
  }
  return { from, to };
}
