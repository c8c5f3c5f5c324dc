import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
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
import {
  AddCodesDto,
  OpenPoolDto,
  PoolCodePage,
  PromoCodePoolPage,
  PromoCodePoolResponse,
  toPoolCodeResponse,
  toPoolResponse,
} from './promo-code-pools.dto.js';
import { PromoCodePools } from './promo-code-pools.service.js';

/** The pools of promo codes of brands, for operators (T03). */
@ApiTags('Operator: promo codes')
@ApiBearerAuth()
@Controller('operator/brands/:brandId/promo-codes')
export class OperatorPromoCodesController {
  constructor(
    private readonly pools: PromoCodePools,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('operator:promo-codes:write')
  @ApiOperation({ summary: 'Open a pool of promo codes, from a list of codes or with random ones' })
  @ApiCreatedResponse({ type: PromoCodePoolResponse })
  @ApiProblems(400, 404, 409, 422)
  async open(
    @CurrentActor() actor: Actor,
    @PathId('brandId') brandId: string,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: OpenPoolDto,
  ): Promise<PromoCodePoolResponse> {
    return this.idempotency.run(key, async (tx) =>
      toPoolResponse(await this.pools.open(tx, actor, brandId, body)),
    );
  }

  @Get()
  @Requires('operator:promo-codes:read')
  @ApiOperation({ summary: 'List the pools of promo codes, newest first' })
  @ApiOkResponse({ type: PromoCodePoolPage })
  @ApiProblems(400, 404)
  async list(@PathId('brandId') brandId: string, @Query() query: PageQuery): Promise<PromoCodePoolPage> {
    return mapPage(await this.pools.list(this.dataSource, brandId, query), toPoolResponse);
  }

  @Get(':id')
  @Requires('operator:promo-codes:read')
  @ApiOperation({ summary: 'Show a pool of promo codes' })
  @ApiOkResponse({ type: PromoCodePoolResponse })
  @ApiProblems(400, 404)
  async get(@PathId('brandId') brandId: string, @PathId() id: string): Promise<PromoCodePoolResponse> {
    return toPoolResponse(await this.pools.get(this.dataSource, brandId, id));
  }

  @Get(':id/codes')
  @Requires('operator:promo-codes:read')
  @ApiOperation({ summary: 'List the codes of a pool and who took them' })
  @ApiOkResponse({ type: PoolCodePage })
  @ApiProblems(400, 404)
  async listCodes(
    @PathId('brandId') brandId: string,
    @PathId() id: string,
    @Query() query: PageQuery,
  ): Promise<PoolCodePage> {
    return mapPage(await this.pools.listCodes(this.dataSource, brandId, id, query), toPoolCodeResponse);
  }

  @Post(':id/codes')
  @HttpCode(200)
  @Requires('operator:promo-codes:write')
  @ApiOperation({ summary: 'Add codes to a pool' })
  @ApiOkResponse({ type: PromoCodePoolResponse })
  @ApiProblems(400, 404, 409, 422)
  async addCodes(
    @CurrentActor() actor: Actor,
    @PathId('brandId') brandId: string,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() body: AddCodesDto,
  ): Promise<PromoCodePoolResponse> {
    return this.idempotency.run(key, async (tx) =>
      toPoolResponse(await this.pools.addCodes(tx, actor, brandId, id, body)),
    );
  }

  @Post(':id/close')
  @HttpCode(200)
  @Requires('operator:promo-codes:write')
  @ApiOperation({ summary: 'Close a pool: it gives out no more codes; those that are taken stay good' })
  @ApiOkResponse({ type: PromoCodePoolResponse })
  @ApiProblems(400, 404, 409)
  async close(
    @CurrentActor() actor: Actor,
    @PathId('brandId') brandId: string,
    @PathId() id: string,
  ): Promise<PromoCodePoolResponse> {
    return toPoolResponse(await this.unitOfWork.run((tx) => this.pools.close(tx, actor, brandId, id)));
  }
}
