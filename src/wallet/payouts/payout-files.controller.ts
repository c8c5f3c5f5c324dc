import { Body, Controller, HttpCode, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../../identity/index.js';
import {
  AcceptsUpload,
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  receiveText,
} from '../../platform/index.js';
import { PayoutExport } from './payout-export.service.js';
import { PayoutImports } from './payout-imports.service.js';
import { PayoutOverview } from './payout-overview.service.js';
import { ImportPayoutResultsDto, MarkPayoutLineDto } from './payout-requests.dto.js';
import { PayoutMarks } from './payout-marks.service.js';
import { ImportedPayoutResultsDto, PayoutLineDto, toPayoutLineDto } from './payouts.dto.js';
import { notPayoutResults } from './payouts.errors.js';

const FILE = { schema: { type: 'string' as const, format: 'binary' } };

/** Payout batches out as files, and their results back in (B09). */
@ApiTags('Operator: payout batches')
@ApiBearerAuth()
@Controller('operator/payout-batches/:id')
export class PayoutFilesController {
  constructor(
    private readonly exports: PayoutExport,
    private readonly imports: PayoutImports,
    private readonly marks: PayoutMarks,
    private readonly overview: PayoutOverview,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post('export')
  @HttpCode(200)
  @Requires('operator:payouts:write')
  @Financial()
  @ApiOperation({
    summary: 'Give an approved payout batch as the file that the bank or PayPal takes',
    description:
      'pain.001.001.09 for bank transfers, PayPal’s payouts CSV for PayPal. The first time it counts as sent; again, it ' +
      'is the same file. It holds accounts in full: every export is in the audit log.',
  })
  @ApiOkResponse({ description: 'The file', content: { 'application/xml': FILE, 'text/csv': FILE } })
  @ApiProblems(400, 404, 409, 422)
  async export(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.idempotency.run(key, (tx) => this.exports.export(tx, actor, id));
    const { name, mediaType, content } = await this.exports.open(this.dataSource.manager, id);
    void reply.header('content-disposition', `attachment; filename="${name}"`);
    return new StreamableFile(Buffer.from(content), { type: mediaType });
  }

  @Post('results')
  @HttpCode(200)
  @Requires('operator:payouts:write')
  @Financial()
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Record what became of the lines, from a file',
    description:
      'pain.002.001.10, or CSV with the header `line_id,outcome,reason`, outcome `success` or `failure`. Rows that ' +
      'cannot be recorded are named; the same file again changes nothing.',
  })
  @ApiBody({ type: ImportPayoutResultsDto })
  @ApiOkResponse({ type: ImportedPayoutResultsDto })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async results(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Req() request: FastifyRequest,
  ): Promise<ImportedPayoutResultsDto> {
    // Before the file is read: there is nothing that it could be about.
    await this.overview.get(this.dataSource.manager, id);
    const text = await receiveText(request, notPayoutResults);
    return this.idempotency.runSteps(key, () => this.imports.import(actor, id, text));
  }

  @Post('lines/:lineId/mark')
  @HttpCode(200)
  @Requires('operator:payouts:write')
  @Financial()
  @ApiOperation({ summary: 'Record what became of one line' })
  @ApiOkResponse({ type: PayoutLineDto })
  @ApiProblems(400, 404, 409, 422)
  mark(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @PathId('lineId') lineId: string,
    @Body() { outcome, reason }: MarkPayoutLineDto,
  ): Promise<PayoutLineDto> {
    return this.idempotency.run(key, async (tx) => {
      await this.marks.mark(tx, actor, id, { lineId, outcome, reason: reason ?? null });
      return toPayoutLineDto(await this.overview.line(tx, id, lineId));
    });
  }
}
