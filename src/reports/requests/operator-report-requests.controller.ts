import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
  UnitOfWork,
} from '../../platform/index.js';
import { ApiReportDownload } from '../exports/report-file.decorator.js';
import { ReportDownloads } from './report-downloads.service.js';
import {
  DownloadReportQuery,
  RenameReportDto,
  RequestedReportDto,
  RequestedReportPage,
  RequestReportDto,
  toRequestedReportDto,
} from './report-requests.dto.js';
import { ReportRequests } from './report-requests.service.js';

/** Path of the operators' requests, for links to them. */
export const OPERATOR_REQUESTS = '/api/v1/operator/reports/requests';

/** Reports over the whole program that are made in the background, those of all operators (A17). */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('operator/reports/requests')
export class OperatorReportRequestsController {
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
  @Requires('operator:reports:save')
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
      toRequestedReportDto(await this.downloads.request(tx, actor, body), OPERATOR_REQUESTS),
    );
  }

  @Get()
  @Requires('operator:reports:read')
  @ApiOperation({ summary: 'List the requested reports over the program, newest first' })
  @ApiOkResponse({ type: RequestedReportPage })
  @ApiProblems(400, 401, 403)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<RequestedReportPage> {
    return mapPage(await this.requests.list(actor, query), (report) =>
      toRequestedReportDto(report, OPERATOR_REQUESTS),
    );
  }

  @Get(':id')
  @Requires('operator:reports:read')
  @ApiOperation({ summary: 'Show a requested report' })
  @ApiOkResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404)
  async get(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<RequestedReportDto> {
    return toRequestedReportDto(
      await this.requests.get(this.dataSource.manager, actor, id),
      OPERATOR_REQUESTS,
    );
  }

  @Patch(':id')
  @Requires('operator:reports:save')
  @ApiOperation({ summary: 'Give a requested report another name' })
  @ApiOkResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404)
  async rename(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { name }: RenameReportDto,
  ): Promise<RequestedReportDto> {
    const renamed = await this.unitOfWork.run((tx) => this.requests.rename(tx, actor, id, name));
    return toRequestedReportDto(renamed, OPERATOR_REQUESTS);
  }

  @Get(':id/download')
  @CountedAs('report')
  @Requires('operator:reports:read')
  @ApiOperation({ summary: 'Download a requested report' })
  @ApiReportDownload()
  @ApiProblems(400, 401, 403, 404, 409)
  download(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() { format }: DownloadReportQuery,
  ): Promise<StreamableFile> {
    return this.downloads.open(actor, id, format);
  }
}
