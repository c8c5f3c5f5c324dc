import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  ApiXlsxOrPage,
  eachOfPages,
  mapPage,
  PathId,
  UnitOfWork,
  xlsxFile,
} from '../../platform/index.js';
import { OrderDecisions } from './order-decisions.service.js';
import {
  DeclineOrderDto,
  OperatorOrdersQuery,
  ORDER_HEADER,
  OrderPage,
  OrderResponse,
  OrdersQuery,
  PartnerOrdersQuery,
  toOrderCells,
  toOrderFilter,
  toOrderResponse,
} from './orders.dto.js';
import { Orders } from './orders.service.js';

const LIST = 'the latest first unless sorted otherwise, or export them as XLSX';

/** Orders that partners brought (T07): each sees its own, each brand its own, operators all. */
@ApiTags('Orders')
@ApiBearerAuth()
@Controller()
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly decisions: OrderDecisions,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get('partner/orders')
  @Requires('partner:orders:read')
  @ApiOperation({ summary: `List the partner's orders, ${LIST}` })
  @ApiXlsxOrPage(OrderPage)
  @ApiProblems(400)
  listForPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PartnerOrdersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPage | StreamableFile> {
    return this.answer({ ...query, partnerId }, reply);
  }

  @Get('brand/orders')
  @Requires('brand:orders:read')
  @ApiOperation({ summary: `List the brand's orders, ${LIST}` })
  @ApiXlsxOrPage(OrderPage)
  @ApiProblems(400)
  listForBrand(
    @CurrentActor() { brandId }: BrandActor,
    @Query() query: OrdersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPage | StreamableFile> {
    return this.answer({ ...query, brandId }, reply);
  }

  @Get('operator/orders')
  @Requires('operator:orders:read')
  @ApiOperation({ summary: `List all orders, ${LIST}` })
  @ApiXlsxOrPage(OrderPage)
  @ApiProblems(400)
  listForOperator(
    @Query() query: OperatorOrdersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPage | StreamableFile> {
    return this.answer(query, reply);
  }

  @Post('brand/orders/:id/approve')
  @HttpCode(200)
  @Requires('brand:orders:decide')
  @ApiOperation({ summary: 'Approve a pending order, for good' })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(400, 404, 409)
  async approve(@CurrentActor() actor: BrandActor, @PathId() id: string): Promise<OrderResponse> {
    const decision = { status: 'approved' } as const;
    return toOrderResponse(await this.unitOfWork.run((tx) => this.decisions.decide(tx, actor, id, decision)));
  }

  @Post('brand/orders/:id/decline')
  @HttpCode(200)
  @Requires('brand:orders:decide')
  @ApiOperation({ summary: 'Decline a pending order, for good' })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(400, 404, 409)
  async decline(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() { reason }: DeclineOrderDto,
  ): Promise<OrderResponse> {
    const decision = { status: 'declined', reason } as const;
    return toOrderResponse(await this.unitOfWork.run((tx) => this.decisions.decide(tx, actor, id, decision)));
  }

  private async answer(query: OperatorOrdersQuery, reply: FastifyReply): Promise<OrderPage | StreamableFile> {
    const filter = toOrderFilter(query);
    if (query.format === 'xlsx') {
      const rows = eachOfPages((page) => this.orders.list(this.dataSource, { ...filter, ...page }));
      return xlsxFile(reply, 'orders', { header: ORDER_HEADER, rows, toCells: toOrderCells });
    }
    return mapPage(await this.orders.list(this.dataSource, filter), toOrderResponse);
  }
}
