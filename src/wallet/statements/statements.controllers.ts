import { applyDecorators, Controller, Get, Param, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, csvFile, PathId, pdfFile, wholeList } from '../../platform/index.js';
import { statementCsv, statementPdf } from './statement-files.js';
import { StatementMonths } from './statements.dto.js';
import { Statements } from './statements.service.js';

/** Documents a statement as a file. */
function ApiStatement(form: string, mediaType: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: `Give the statement of a month as ${form}: per currency the opening balance, transactions, closing balance`,
    }),
    ApiParam({
      name: 'month',
      description: 'Calendar month in UTC.',
      example: '2026-10',
      schema: { type: 'string' },
    }),
    ApiOkResponse({ content: { [mediaType]: { schema: { type: 'string' } } } }),
    ApiProblems(400, 404),
  );
}

/** A partner's statements (A14, T09). */
@ApiTags('Partner: wallet')
@ApiBearerAuth()
@Controller('partner/statements')
export class PartnerStatementsController {
  constructor(
    private readonly statements: Statements,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List the months that there are statements of' })
  @ApiOkResponse({ type: StatementMonths })
  @ApiProblems(404)
  async months(@CurrentActor() { partnerId }: PartnerActor): Promise<StatementMonths> {
    return wholeList(await this.statements.months(this.dataSource.manager, partnerId));
  }

  @Get(':month/pdf')
  @Requires('partner:wallet:read')
  @ApiStatement('a PDF', 'application/pdf')
  async pdf(
    @CurrentActor() { partnerId }: PartnerActor,
    @Param('month') month: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const statement = await this.statements.of(this.dataSource.manager, partnerId, month);
    return pdfFile(reply, `statement-${month}`, statementPdf(statement));
  }

  @Get(':month/csv')
  @Requires('partner:wallet:read')
  @ApiStatement('CSV', 'text/csv')
  async csv(
    @CurrentActor() { partnerId }: PartnerActor,
    @Param('month') month: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const statement = await this.statements.of(this.dataSource.manager, partnerId, month);
    return csvFile(reply, `statement-${month}`, statementCsv(statement));
  }
}

/** Partners' statements, for operators. */
@ApiTags('Operator: wallets')
@ApiBearerAuth()
@Controller('operator/partners/:id/statements')
export class OperatorStatementsController {
  constructor(
    private readonly statements: Statements,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:wallets:read')
  @ApiOperation({ summary: 'List the months that there are statements of' })
  @ApiOkResponse({ type: StatementMonths })
  @ApiProblems(400, 404)
  async months(@PathId() id: string): Promise<StatementMonths> {
    return wholeList(await this.statements.months(this.dataSource.manager, id));
  }

  @Get(':month/pdf')
  @Requires('operator:wallets:read')
  @ApiStatement('a PDF', 'application/pdf')
  async pdf(
    @PathId() id: string,
    @Param('month') month: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const statement = await this.statements.of(this.dataSource.manager, id, month);
    return pdfFile(reply, `statement-${month}-${id}`, statementPdf(statement));
  }

  @Get(':month/csv')
  @Requires('operator:wallets:read')
  @ApiStatement('CSV', 'text/csv')
  async csv(
    @PathId() id: string,
    @Param('month') month: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const statement = await this.statements.of(this.dataSource.manager, id, month);
    return csvFile(reply, `statement-${month}-${id}`, statementCsv(statement));
  }
}
