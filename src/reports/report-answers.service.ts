import { HttpStatus, Injectable, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import type { Actor } from '../identity/index.js';
import { UnitOfWork } from '../platform/index.js';
import { badParameter, type RawQuery } from './domain/report-parameters.js';
import { withCurrency } from './domain/saved-query.js';
import { ReportFiles } from './exports/report-files.service.js';
import { parseReportFormat } from './exports/report-format.js';
import type { ShownReportDto } from './performance-report.dto.js';
import { ReportQueries } from './report-queries.service.js';
import { isTooSlow, UnratedAmounts } from './reports.errors.js';
import { Reports } from './reports.service.js';
import {
  type RequestedReportDto,
  REQUESTS_OF,
  toRequestedReportDto,
} from './requests/report-requests.dto.js';
import { REQUEST_FORMATS, type RequestFormat, ReportRequests } from './requests/report-requests.service.js';

/** A page, a file of all, or what is made in the background instead. */
export type ReportAnswer = ShownReportDto | StreamableFile | RequestedReportDto;

interface Answering {
  reply: FastifyReply;
  /** Name of the report, for one that is made in the background. */
  name?: string;
  /** Path of the requests, for links to what is made in the background. */
  requests?: string;
}

/**
 * Answers queries for reports: at once, or, when that takes longer than a request may or `async` asks for it, by a report
 * that is made in the background (A17).
 */
@Injectable()
export class ReportAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: ReportQueries,
    private readonly reports: Reports,
    private readonly files: ReportFiles,
    private readonly requests: ReportRequests,
  ) {}

  /**
   * Answers a query. People who are signed in see their default currency, unless it has no rate from one of the amounts';
   * clients with a token see what they ask for.
   * @throws DomainError INVALID_PARAMETER (400), TOO_MANY_EXPORTS (429), TOO_MANY_REPORT_REQUESTS (429)
   */
  async answer(actor: Actor, given: RawQuery, answering: Answering): Promise<ReportAnswer> {
    if (actor.sessionId === null) return this.asAsked(actor, given, answering);
    const query = await this.queries.withDefaultCurrency(this.dataSource.manager, actor.userId, given);
    try {
      return await this.asAsked(actor, query, answering);
    } catch (error) {
      if (query === given || !(error instanceof UnratedAmounts)) throw error;
      return this.asAsked(actor, withCurrency(given, null), answering);
    }
  }

  private async asAsked(
    actor: Actor,
    { format: given, async: background, ...query }: RawQuery,
    answering: Answering,
  ): Promise<ReportAnswer> {
    const format = given === undefined ? null : parseReportFormat(given);
    const request = this.reports.request(query, this.queries.audienceOf(actor), format === null);
    const kept = REQUEST_FORMATS.find((known) => known === format);
    if (isAsync(background)) {
      if (format !== null && !kept)
        throw badParameter('format', `must be one of ${REQUEST_FORMATS.join(', ')} beside async`);
      return this.later(actor, { query, format: kept }, answering);
    }
    try {
      if (format === null) return await this.reports.page(actor, request);
      return await this.files.download(answering.reply, actor, request, format);
    } catch (error) {
      if (!isTooSlow(error)) throw error;
      return this.later(actor, { query, format: kept }, answering);
    }
  }

  /** Has the report made in the background, unless it is being made already, and says so with 202. */
  private async later(
    actor: Actor,
    { query, format = 'xlsx' }: { query: RawQuery; format: RequestFormat | undefined },
    { reply, name, requests = REQUESTS_OF.partner }: Answering,
  ): Promise<RequestedReportDto> {
    const { page: _page, per_page: _perPage, ...parameters } = query;
    const asked = { name: name ?? null, parameters, format, unlessAsked: true };
    const requested = await this.unitOfWork.run((tx) => this.requests.request(tx, actor, asked));
    void reply.status(HttpStatus.ACCEPTED).header('location', `${requests}/${requested.id}`);
    return toRequestedReportDto(requested, requests);
  }
}

/** Reads the parameter `async`. @throws DomainError INVALID_PARAMETER (400) */
function isAsync(given: string | string[] | undefined): boolean {
  if (given === undefined || given === 'false' || given === '0') return false;
  if (given === 'true' || given === '1') return true;
  throw badParameter('async', 'must be true or false');
}
