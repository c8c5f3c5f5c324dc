import { Injectable, StreamableFile } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import { invalidField, type Tx, XLSX_MEDIA_TYPE } from '../../platform/index.js';
import { savedQuery } from '../domain/saved-query.js';
import { Favourites } from '../favourites/favourites.service.js';
import { ReportQueries } from '../report-queries.service.js';
import { ReportRequestFiles } from './report-request-files.js';
import type { RequestReportDto } from './report-requests.dto.js';
import { type RequestedReport, type RequestFormat, ReportRequests } from './report-requests.service.js';

const FILES = {
  csv: { type: 'application/zip', ending: 'zip' },
  xlsx: { type: XLSX_MEDIA_TYPE, ending: 'xlsx' },
} as const satisfies Record<RequestFormat, object>;

/** What people do with requested reports: ask for them as they mean them, and fetch them. */
@Injectable()
export class ReportDownloads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly favourites: Favourites,
    private readonly queries: ReportQueries,
    private readonly requests: ReportRequests,
    private readonly files: ReportRequestFiles,
  ) {}

  /**
   * Asks for a report, by its parameters or as one's favourite of now.
   * @throws DomainError NOT_FOUND for the favourite, VALIDATION_FAILED (422), TOO_MANY_REPORT_REQUESTS (429)
   */
  async request(tx: Tx, actor: Actor, asked: RequestReportDto): Promise<RequestedReport> {
    const { favouriteId, parameters, name = null, format } = asked;
    if ((favouriteId === undefined) === (parameters === undefined)) {
      throw invalidField('parameters', 'give either parameters or favouriteId');
    }
    if (favouriteId !== undefined) {
      const favourite = await this.favourites.get(tx, actor, favouriteId);
      const query = this.favourites.queryOf(actor, favourite);
      return this.requests.request(tx, actor, { name: name ?? favourite.name, parameters: query, format });
    }
    const query = await this.queries.settle(tx, actor, savedQuery(parameters!, true));
    return this.requests.request(tx, actor, { name, parameters: query, format });
  }

  /** The file of a request that is ready. @throws DomainError NOT_FOUND, REPORT_NOT_READY (409) */
  async open(actor: Actor, id: string, format: RequestFormat): Promise<StreamableFile> {
    await this.requests.get(this.dataSource.manager, actor, id);
    const { type, ending } = FILES[format];
    return new StreamableFile(await this.files.open(actor, id, format), {
      type,
      disposition: `attachment; filename="report-${id}.${ending}"`,
    });
  }
}
