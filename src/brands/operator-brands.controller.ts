import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
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

/** Brands, for operators. */
@ApiTags('Operator: brands')
@ApiBearerAuth()
@Controller('operator/brands')
export class OperatorBrandsController {
  constructor(
    private readonly brands: Brands,
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
}
