import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  AcceptsUpload,
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  receiveText,
  UnitOfWork,
} from '../../platform/index.js';
import {
  ConversionQuery,
  ConversionResponse,
  EnterRateDto,
  ExchangeRatePage,
  ExchangeRateResponse,
  ExchangeRatesQuery,
  ImportedRatesResponse,
  ImportRatesDto,
  toConversionResponse,
} from './exchange-rates.dto.js';
import { notRates } from './exchange-rates.errors.js';
import { ExchangeRates } from './exchange-rates.service.js';
import { RateEntries } from './rate-entries.service.js';
import { RateList } from './rate-list.service.js';

/** Exchange rates by day, for operators (A13). */
@ApiTags('Operator: exchange rates')
@ApiBearerAuth()
@Controller('operator/exchange-rates')
export class ExchangeRatesController {
  constructor(
    private readonly rates: ExchangeRates,
    private readonly entries: RateEntries,
    private readonly stored: RateList,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:exchange-rates:read')
  @ApiOperation({ summary: 'List exchange rates of all sources, the latest day first' })
  @ApiOkResponse({ type: ExchangeRatePage })
  @ApiProblems(400)
  list(@Query() query: ExchangeRatesQuery): Promise<ExchangeRatePage> {
    return this.stored.list(this.dataSource, query);
  }

  @Get('conversion')
  @Requires('operator:exchange-rates:read')
  @ApiOperation({
    summary: 'Convert an amount at the rate of a day',
    description:
      'Through the euro, exactly, rounded once. A day without a rate takes the last one before it; `rateDay` says which.',
  })
  @ApiOkResponse({ type: ConversionResponse })
  @ApiProblems(400, 422)
  async convert(@Query() query: ConversionQuery): Promise<ConversionResponse> {
    return toConversionResponse(await this.rates.quote(this.dataSource, query));
  }

  @Post()
  @Requires('operator:exchange-rates:write')
  @ApiOperation({
    summary: 'Enter a manual rate, which goes before every other one of its day',
    description:
      'A manual rate of the same day and currency is corrected; the audit log keeps what it was. The limit above which ' +
      'money takes two operators is not measured by it when you decide yourself.',
  })
  @ApiCreatedResponse({ type: ExchangeRateResponse })
  @ApiProblems(400, 409, 422)
  async enter(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: EnterRateDto,
  ): Promise<ExchangeRateResponse> {
    return this.idempotency.run(key, async (tx) => {
      const id = await this.entries.enter(tx, actor, body);
      return this.stored.get(tx, id);
    });
  }

  @Post('import')
  @Requires('operator:exchange-rates:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Import rates from a CSV file',
    description:
      'With the header `date,currency,rate`, in UTF-8; all of it or nothing. Rates of an earlier file for the same day ' +
      'and currency are corrected; the same file again changes nothing. The limit above which money takes two ' +
      'operators is not measured by them when you decide yourself.',
  })
  @ApiBody({ type: ImportRatesDto })
  @ApiCreatedResponse({ type: ImportedRatesResponse })
  @ApiProblems(400, 413, 415, 422)
  async import(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Req() request: FastifyRequest,
  ): Promise<ImportedRatesResponse> {
    const text = await receiveText(request, (message) => notRates([{ path: 'file', message }]));
    return this.idempotency.run(key, (tx) => this.entries.import(tx, actor, text));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:exchange-rates:write')
  @ApiOperation({ summary: 'Delete a manual rate: the one of another source counts again' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  async delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.entries.delete(tx, actor, id));
  }
}
