import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires, StatisticTokenRoute } from '../../identity/index.js';
import { ApiProblems } from '../../platform/index.js';
import type { RawQuery } from '../domain/report-parameters.js';
import { Reports } from '../reports.service.js';
import { ApiWholeReportQuery } from '../report-query.decorator.js';
import { ApiReportFile } from './report-file.decorator.js';
import { ReportFiles } from './report-files.service.js';
import type { ReportFormat } from './report-format.js';

/** Links to whole reports that are opened outside a session, by the statistics token in them (A18). */
@ApiTags('report feeds')
@Controller('feeds')
@StatisticTokenRoute('link')
@Requires('partner:reports:read')
export class FeedsController {
  constructor(
    private readonly reports: Reports,
    private readonly files: ReportFiles,
  ) {}

  @Get('report.json')
  @ApiOperation({ summary: 'Whole performance report as JSON' })
  @ApiWholeReportQuery('partner')
  @ApiReportFile('json')
  @ApiProblems(400, 401, 403, 429)
  json(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<StreamableFile> {
    return this.feed(actor, query, 'json');
  }

  @Get('report.xml')
  @ApiOperation({ summary: 'Whole performance report as XML' })
  @ApiWholeReportQuery('partner')
  @ApiReportFile('xml')
  @ApiProblems(400, 401, 403, 429)
  xml(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<StreamableFile> {
    return this.feed(actor, query, 'xml');
  }

  @Get('report.csv')
  @ApiOperation({ summary: 'Rows of the performance report as CSV, with a header' })
  @ApiWholeReportQuery('partner')
  @ApiReportFile('csv')
  @ApiProblems(400, 401, 403, 429)
  csv(@CurrentActor() actor: PartnerActor, @Query() query: RawQuery): Promise<StreamableFile> {
    return this.feed(actor, query, 'csv');
  }

  private feed(
    actor: PartnerActor,
    { token: _token, ...query }: RawQuery,
    format: ReportFormat,
  ): Promise<StreamableFile> {
    return this.files.stream(actor, this.reports.request(query, 'partner', false), format);
  }
}
