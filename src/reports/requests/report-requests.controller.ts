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
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
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

const BASE = '/api/v1/partner/reports/requests';

/** Performance reports that are made in the background, those of the whole team (A17). */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('partner/reports/requests')
export class ReportRequestsController {
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
  @Requires('partner:reports:save')
  @ApiOperation({
    summary: 'Request a report: it is made in the background; a mail with it tells when it is ready',
  })
  @ApiAcceptedResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404, 422, 429)
  request(
    @CurrentActor() actor: PartnerActor,
    @Body() body: RequestReportDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<RequestedReportDto> {
    return this.idempotency.run(key, async (tx) =>
      toRequestedReportDto(await this.downloads.request(tx, actor, body), BASE),
    );
  }

  @Get()
  @Requires('partner:reports:read')
  @ApiOperation({ summary: 'List the requested reports of your team, newest first' })
  @ApiOkResponse({ type: RequestedReportPage })
  @ApiProblems(400, 401, 403)
  async list(@CurrentActor() actor: PartnerActor, @Query() query: PageQuery): Promise<RequestedReportPage> {
    return mapPage(await this.requests.list(actor, query), (report) => toRequestedReportDto(report, BASE));
  }

  @Get(':id')
  @Requires('partner:reports:read')
  @ApiOperation({ summary: 'Show a requested report' })
  @ApiOkResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404)
  async get(
    @CurrentActor() actor: PartnerActor,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<RequestedReportDto> {
    return toRequestedReportDto(await this.requests.get(this.dataSource.manager, actor, id), BASE);
  }

  @Patch(':id')
  @Requires('partner:reports:save')
  @ApiOperation({ summary: 'Give a requested report another name' })
  @ApiOkResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404)
  async rename(
    @CurrentActor() actor: PartnerActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { name }: RenameReportDto,
  ): Promise<RequestedReportDto> {
    const renamed = await this.unitOfWork.run((tx) => this.requests.rename(tx, actor, id, name));
    return toRequestedReportDto(renamed, BASE);
  }

  @Get(':id/download')
  @CountedAs('report')
  @Requires('partner:reports:read')
  @ApiOperation({ summary: 'Download a requested report' })
  @ApiReportDownload()
  @ApiProblems(400, 401, 403, 404, 409)
  download(
    @CurrentActor() actor: PartnerActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() { format }: DownloadReportQuery,
  ): Promise<StreamableFile> {
    return this.downloads.open(actor, id, format);
  }
}
