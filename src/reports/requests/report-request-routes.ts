import { Body, Get, HttpCode, Patch, Post, Query, StreamableFile, type Type } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { ApiReportDownload } from '../exports/report-file.decorator.js';
import { ReportDownloads } from './report-downloads.service.js';
import {
  DownloadReportQuery,
  RenameReportDto,
  type ReportAudience,
  RequestedReportDto,
  RequestedReportPage,
  RequestReportDto,
  REQUESTS_OF,
  toRequestedReportDto,
} from './report-requests.dto.js';
import { ReportRequests } from './report-requests.service.js';

/** The routes of reports made in the background: the same for partners and operators, each with its permissions (A17). */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function reportRequestRoutes(audience: ReportAudience): Type<object> {
  const base = REQUESTS_OF[audience];
  const whose = { partner: 'of your team', operator: 'over the program' }[audience];

  @ApiBearerAuth()
  class ReportRequestRoutes {
    constructor(
      private readonly dataSource: DataSource,
      private readonly unitOfWork: UnitOfWork,
      private readonly idempotency: Idempotency,
      private readonly requests: ReportRequests,
      private readonly downloads: ReportDownloads,
    ) {}

    @Post()
    @HttpCode(202)
    @CountedAs('report')
    @Requires(`${audience}:reports:save`)
    @ApiOperation({
      summary: 'Request a report: it is made in the background; a mail with it tells when it is ready',
    })
    @ApiAcceptedResponse({ type: RequestedReportDto })
    @ApiProblems(400, 401, 403, 404, 422, 429)
    request(
      @CurrentActor() actor: Actor,
      @Body() body: RequestReportDto,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    ): Promise<RequestedReportDto> {
      return this.idempotency.run(key, async (tx) =>
        toRequestedReportDto(await this.downloads.request(tx, actor, body), base),
      );
    }

    @Get()
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: `List the requested reports ${whose}, newest first` })
    @ApiOkResponse({ type: RequestedReportPage })
    @ApiProblems(400, 401, 403)
    async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<RequestedReportPage> {
      return mapPage(await this.requests.list(actor, query), (report) => toRequestedReportDto(report, base));
    }

    @Get(':id')
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: 'Show a requested report' })
    @ApiOkResponse({ type: RequestedReportDto })
    @ApiProblems(400, 401, 403, 404)
    async get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<RequestedReportDto> {
      return toRequestedReportDto(await this.requests.get(this.dataSource.manager, actor, id), base);
    }

    @Patch(':id')
    @Requires(`${audience}:reports:save`)
    @ApiOperation({ summary: 'Give a requested report another name' })
    @ApiOkResponse({ type: RequestedReportDto })
    @ApiProblems(400, 401, 403, 404)
    async rename(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Body() { name }: RenameReportDto,
    ): Promise<RequestedReportDto> {
      const renamed = await this.unitOfWork.run((tx) => this.requests.rename(tx, actor, id, name));
      return toRequestedReportDto(renamed, base);
    }

    @Get(':id/download')
    @CountedAs('report')
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: 'Download a requested report' })
    @ApiReportDownload()
    @ApiProblems(400, 401, 403, 404, 409)
    download(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Query() { format }: DownloadReportQuery,
    ): Promise<StreamableFile> {
      return this.downloads.open(actor, id, format);
    }
  }

  return ReportRequestRoutes;
}
