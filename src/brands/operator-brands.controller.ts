import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
  wholeList,
} from '../platform/index.js';
import {
  BrandPage,
  BrandResponse,
  BrandsQuery,
  CreateBrandDto,
  toBrandResponse,
  UpdateBrandDto,
} from './brands.dto.js';
import { Brands } from './brands.service.js';
import { NewSyncKeyResponse, SyncKeyList, SyncKeyResponse, toSyncKeyResponse } from './sync-keys.dto.js';
import { SyncKeys } from './sync-keys.service.js';

/** Brands and their sync keys, for operators. */
@ApiTags('Operator: brands')
@ApiBearerAuth()
@Controller('operator/brands')
export class OperatorBrandsController {
  constructor(
    private readonly brands: Brands,
    private readonly syncKeys: SyncKeys,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Add a brand' })
  @ApiCreatedResponse({ type: BrandResponse })
  @ApiProblems(400, 409, 422)
  async create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateBrandDto,
  ): Promise<BrandResponse> {
    return this.idempotency.run(key, async (tx) =>
      toBrandResponse(await this.brands.create(tx, actor, body)),
    );
  }

  @Get()
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List brands' })
  @ApiOkResponse({ type: BrandPage })
  @ApiProblems(400)
  async list(@Query() query: BrandsQuery): Promise<BrandPage> {
    return mapPage(await this.brands.list(this.dataSource, query), toBrandResponse);
  }

  @Get(':id')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'Show a brand' })
  @ApiOkResponse({ type: BrandResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<BrandResponse> {
    return toBrandResponse(await this.brands.get(this.dataSource, id));
  }

  @Patch(':id')
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Change a brand' })
  @ApiOkResponse({ type: BrandResponse })
  @ApiProblems(400, 404)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateBrandDto,
  ): Promise<BrandResponse> {
    return toBrandResponse(await this.unitOfWork.run((tx) => this.brands.change(tx, actor, id, body)));
  }

  @Post(':id/sync-keys')
  @Requires('operator:sync-keys:write')
  @ApiOperation({ summary: 'Make a sync key; its secret is shown only in this answer' })
  @ApiCreatedResponse({ type: NewSyncKeyResponse })
  @ApiProblems(400, 404, 409, 422)
  async createSyncKey(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() brandId: string,
  ): Promise<NewSyncKeyResponse> {
    // Only the id is stored for a replay: the secret is at rest nowhere but sealed.
    const { id } = await this.idempotency.run(key, async (tx) => {
      const made = await this.syncKeys.create(tx, actor, brandId);
      return { id: made.id };
    });
    const made = await this.syncKeys.get(this.dataSource, brandId, id);
    return { ...toSyncKeyResponse(made), secret: this.syncKeys.revealSecret(made) };
  }

  @Get(':id/sync-keys')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List the sync keys of a brand, newest first' })
  @ApiOkResponse({ type: SyncKeyList })
  @ApiProblems(400, 404)
  async listSyncKeys(@PathId() brandId: string): Promise<SyncKeyList> {
    await this.brands.get(this.dataSource, brandId);
    return wholeList((await this.syncKeys.list(this.dataSource, brandId)).map(toSyncKeyResponse));
  }

  @Post(':id/sync-keys/:keyId/revoke')
  @HttpCode(200)
  @Requires('operator:sync-keys:write')
  @ApiOperation({ summary: 'Revoke a sync key: its requests are refused from now on' })
  @ApiOkResponse({ type: SyncKeyResponse })
  @ApiProblems(400, 404, 409)
  async revokeSyncKey(
    @CurrentActor() actor: Actor,
    @PathId() brandId: string,
    @PathId('keyId') keyId: string,
  ): Promise<SyncKeyResponse> {
    return toSyncKeyResponse(
      await this.unitOfWork.run((tx) => this.syncKeys.revoke(tx, actor, brandId, keyId)),
    );
  }
}
