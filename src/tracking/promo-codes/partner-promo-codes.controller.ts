import { Body, Controller, Get, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  ApiXlsxOrPage,
  eachOfPages,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  xlsxFile,
} from '../../platform/index.js';
import {
  OfferedPoolPage,
  OfferedPoolsQuery,
  PROMO_CODE_HEADER,
  PromoCodePage,
  PromoCodeResponse,
  PromoCodesQuery,
  TakePromoCodeDto,
  toPromoCodeCells,
  toPromoCodeResponse,
} from './partner-promo-codes.dto.js';
import { PartnerPromoCodes } from './partner-promo-codes.service.js';

/** The promo codes of the partner (T03). */
@ApiTags('Partner: promo codes')
@ApiBearerAuth()
@Controller('partner')
export class PartnerPromoCodesController {
  constructor(
    private readonly codes: PartnerPromoCodes,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('promo-code-pools')
  @Requires('partner:promo-codes:read')
  @ApiOperation({ summary: 'List the pools that a promo code may be taken from' })
  @ApiOkResponse({ type: OfferedPoolPage })
  @ApiProblems(400)
  listPools(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: OfferedPoolsQuery,
  ): Promise<OfferedPoolPage> {
    return this.codes.listPools(this.dataSource, partnerId, query);
  }

  @Post('promo-codes')
  @Requires('partner:promo-codes:write')
  @ApiOperation({
    summary: 'Take a promo code: one of a pool, which is answered again when it is asked for again',
  })
  @ApiCreatedResponse({ type: PromoCodeResponse })
  @ApiProblems(400, 404, 409, 422)
  async take(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: TakePromoCodeDto,
  ): Promise<PromoCodeResponse> {
    return this.idempotency.run(key, async (tx) =>
      toPromoCodeResponse(await this.codes.take(tx, partnerId, body)),
    );
  }

  @Get('promo-codes')
  @Requires('partner:promo-codes:read')
  @ApiOperation({
    summary: 'List the promo codes of the partner, the last taken first, or export them as XLSX',
  })
  @ApiXlsxOrPage(PromoCodePage)
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PromoCodesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PromoCodePage | StreamableFile> {
    const { format, ...filter } = query;
    if (format === 'xlsx') {
      const rows = eachOfPages((page) => this.codes.list(this.dataSource, partnerId, { ...filter, ...page }));
      return xlsxFile(reply, 'promo-codes', { header: PROMO_CODE_HEADER, rows, toCells: toPromoCodeCells });
    }
    return mapPage(await this.codes.list(this.dataSource, partnerId, filter), toPromoCodeResponse);
  }
}
