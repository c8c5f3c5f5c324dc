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
import { type BrandActor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import {
  CreateDealDto,
  DealPage,
  DealResponse,
  DealsQuery,
  toDealResponse,
  UpdateDealDto,
} from './deals.dto.js';
import { Deals } from './deals.service.js';

/** Deals of the user's brand (T01). */
@ApiTags('Brand: deals')
@ApiBearerAuth()
@Controller('brand/deals')
export class BrandDealsController {
  constructor(
    private readonly deals: Deals,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('brand:deals:write')
  @ApiOperation({ summary: 'Add a deal: partners see it on their dashboards while it runs' })
  @ApiCreatedResponse({ type: DealResponse })
  @ApiProblems(400, 404, 409, 422)
  create(
    @CurrentActor() actor: BrandActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateDealDto,
  ): Promise<DealResponse> {
    return this.idempotency.run(key, async (tx) =>
      toDealResponse(await this.deals.create(tx, actor, actor.brandId, body)),
    );
  }

  @Get()
  @Requires('brand:deals:read')
  @ApiOperation({ summary: 'List the deals, newest first' })
  @ApiOkResponse({ type: DealPage })
  @ApiProblems(400)
  async list(@CurrentActor() { brandId }: BrandActor, @Query() query: DealsQuery): Promise<DealPage> {
    return mapPage(await this.deals.list(this.dataSource, { ...query, brandId }), toDealResponse);
  }

  @Get(':id')
  @Requires('brand:deals:read')
  @ApiOperation({ summary: 'Show a deal' })
  @ApiOkResponse({ type: DealResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() { brandId }: BrandActor, @PathId() id: string): Promise<DealResponse> {
    return toDealResponse(await this.deals.get(this.dataSource, brandId, id));
  }

  @Patch(':id')
  @Requires('brand:deals:write')
  @ApiOperation({ summary: 'Change a deal' })
  @ApiOkResponse({ type: DealResponse })
  @ApiProblems(400, 404, 409, 422)
  async change(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() body: UpdateDealDto,
  ): Promise<DealResponse> {
    return toDealResponse(
      await this.unitOfWork.run((tx) => this.deals.change(tx, actor, actor.brandId, id, body)),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('brand:deals:write')
  @ApiOperation({ summary: 'Delete a deal' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  delete(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.deals.delete(tx, actor, actor.brandId, id));
  }
}
