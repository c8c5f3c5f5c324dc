import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PageQuery, PathId } from '../../platform/index.js';
import {
  SyncBatchDetailDto,
  SyncBatchesQuery,
  SyncBatchPage,
  toSyncBatch,
  toSyncBatchDetail,
} from './sync-batches.dto.js';
import { SyncBatches } from './sync-batches.service.js';

/** What became of the batches of one's own brand. */
@ApiTags('Brand: sync')
@ApiBearerAuth()
@Controller('brand/sync-batches')
export class BrandSyncBatchesController {
  constructor(
    private readonly batches: SyncBatches,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('brand:sync-batches:read')
  @ApiOperation({
    summary: 'List the batches that the brand’s server sent in the last 90 days, newest first',
  })
  @ApiOkResponse({ type: SyncBatchPage })
  @ApiProblems(400)
  async list(@CurrentActor() actor: Actor, @Query() query: SyncBatchesQuery): Promise<SyncBatchPage> {
    return mapPage(await this.batches.list(this.dataSource, actor.brandId!, query), toSyncBatch);
  }

  @Get(':id')
  @Requires('brand:sync-batches:read')
  @ApiOperation({ summary: 'Show a batch, with what was refused and why' })
  @ApiOkResponse({ type: SyncBatchDetailDto })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Query() query: PageQuery,
  ): Promise<SyncBatchDetailDto> {
    return toSyncBatchDetail(await this.batches.get(this.dataSource, actor.brandId!, id, query));
  }
}
