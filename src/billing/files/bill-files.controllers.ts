import { applyDecorators, Controller, Get, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, csvFile, PathId, pdfFile } from '../../platform/index.js';
import { BillFiles } from './bill-files.service.js';

const PDF = 'application/pdf';
const CSV = 'text/csv';

function ApiBillPdf(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Give a bill as a PDF, with its lines in words, its corrections and its totals',
    }),
    ApiOkResponse({ content: { [PDF]: { schema: { type: 'string', format: 'binary' } } } }),
    ApiProblems(400, 404),
  );
}

function ApiBillLinesCsv(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Give the lines of a bill as CSV' }),
    ApiOkResponse({ content: { [CSV]: { schema: { type: 'string' } } } }),
    ApiProblems(400, 404),
  );
}

/** Bills as files, for operators (A13). */
@ApiTags('Operator: bills')
@ApiBearerAuth()
@Controller('operator/bills/:id')
export class OperatorBillFilesController {
  constructor(
    private readonly files: BillFiles,
    private readonly dataSource: DataSource,
  ) {}

  @Get('pdf')
  @Requires('operator:bills:read')
  @ApiBillPdf()
  async pdf(@PathId() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    return pdfFile(reply, `bill-${id}`, await this.files.pdf(this.dataSource.manager, id));
  }

  @Get('lines.csv')
  @Requires('operator:bills:read')
  @ApiBillLinesCsv()
  async lines(
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return csvFile(reply, `bill-${id}-lines`, await this.files.linesCsv(this.dataSource.manager, id));
  }
}

/** Bills as files, for the partner who is paid (A13). */
@ApiTags('Partner: bills')
@ApiBearerAuth()
@Controller('partner/bills/:id')
export class PartnerBillFilesController {
  constructor(
    private readonly files: BillFiles,
    private readonly dataSource: DataSource,
  ) {}

  @Get('pdf')
  @Requires('partner:bills:read')
  @ApiBillPdf()
  async pdf(
    @CurrentActor() { partnerId }: Actor,
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return pdfFile(reply, `bill-${id}`, await this.files.pdf(this.dataSource.manager, id, partnerId!));
  }

  @Get('lines.csv')
  @Requires('partner:bills:read')
  @ApiBillLinesCsv()
  async lines(
    @CurrentActor() { partnerId }: Actor,
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return csvFile(
      reply,
      `bill-${id}-lines`,
      await this.files.linesCsv(this.dataSource.manager, id, partnerId!),
    );
  }
}
