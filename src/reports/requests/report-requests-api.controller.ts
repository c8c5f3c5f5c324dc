import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires, StatisticTokenRoute } from '../../identity/index.js';
import { ApiProblems, PathId } from '../../platform/index.js';
import { ApiReportDownload } from '../exports/report-file.decorator.js';
import { ReportDownloads } from './report-downloads.service.js';
import { DownloadReportQuery, RequestedReportDto, toRequestedReportDto } from './report-requests.dto.js';
import { ReportRequests } from './report-requests.service.js';

/** Path of the requests, for links to them. */
export const API_REQUESTS = '/api/customer/v1/partner/report/requests';

/** What report clients fetch after a 202: the reports that are made in the background (A17, A18). */
@ApiTags('report API')
@ApiBearerAuth()
@Controller('api/customer/v1/partner/report/requests')
@StatisticTokenRoute()
@Requires('partner:reports:read')
export class ReportRequestsApiController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: ReportRequests,
    private readonly downloads: ReportDownloads,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'Show a requested report by statistics token' })
  @ApiOkResponse({ type: RequestedReportDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<RequestedReportDto> {
    return toRequestedReportDto(await this.requests.get(this.dataSource.manager, actor, id), API_REQUESTS);
  }

  @Get(':id/download')
  @ApiOperation({ summary: 'Download a requested report by statistics token' })
  @ApiReportDownload()
  @ApiProblems(400, 401, 403, 404, 409)
  download(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Query() { format }: DownloadReportQuery,
  ): Promise<StreamableFile> {
    return this.downloads.open(actor, id, format);
  }
}
