import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PageQuery, PathId } from '../../platform/index.js';
import {
  SyncBatchDetailDto,
  SyncBatchesQuery,
  SyncBatchPage,
  toSyncBatch,
  toSyncBatchDetail,
} from './sync-batches.dto.js';
import { SyncBatches } from './sync-batches.service.js';

/** What became of brands' batches, for operators. */
@ApiTags('Operator: brands')
@ApiBearerAuth()
@Controller('operator/brands/:id/sync-batches')
export class OperatorSyncBatchesController {
  constructor(
    private readonly batches: SyncBatches,
    private readonly brands: Brands,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List the batches that a brand’s server sent in the last 90 days, newest first' })
  @ApiOkResponse({ type: SyncBatchPage })
  @ApiProblems(400, 404)
  async list(@PathId() brandId: string, @Query() query: SyncBatchesQuery): Promise<SyncBatchPage> {
    await this.brands.get(this.dataSource, brandId);
    return mapPage(await this.batches.list(this.dataSource, brandId, query), toSyncBatch);
  }

  @Get(':batchId')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'Show a batch of a brand, with what was refused and why' })
  @ApiOkResponse({ type: SyncBatchDetailDto })
  @ApiProblems(400, 404)
  async get(
    @PathId() brandId: string,
    @PathId('batchId') batchId: string,
    @Query() query: PageQuery,
  ): Promise<SyncBatchDetailDto> {
    return toSyncBatchDetail(await this.batches.get(this.dataSource, brandId, batchId, query));
  }
}
