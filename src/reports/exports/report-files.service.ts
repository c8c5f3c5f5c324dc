import { Injectable, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../../platform/index.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { ReportRequest } from '../domain/report-request.js';
import { REPORT_MEDIA_TYPES, type ReportFormat, reportStream } from './report-format.js';
import { tooManyExports } from '../reports.errors.js';
import { ReportReader } from './report-reader.service.js';

/** Each holds a connection for as long as its reader takes; the others are for everybody else. */
const MOST_AT_ONCE = 4;
const MOST_OF_ONE = 2;
const RETRY_AFTER_SECONDS = 10;

/** Whole reports, written while they are read: their length does not matter (A17, rule 11.6). */
@Injectable()
export class ReportFiles {
  /** Reports that are being read, by whose they are. */
  private readonly open = new Map<string, number>();

  constructor(
    private readonly reader: ReportReader,
    private readonly config: Config,
  ) {}

  /**
   * A whole report. When this resolves, its first rows are there.
   * @throws DomainError INVALID_PARAMETER (400), TOO_MANY_EXPORTS (429) while as many are read as may be at once
   */
  async stream(scope: ReportScope, request: ReportRequest, format: ReportFormat): Promise<StreamableFile> {
    const reader = scope.partnerId ?? 'program';
    this.enter(reader);
    try {
      const source = await this.reader.open(scope, request, { timeLimitMs: this.config.reportTimeLimitMs });
      const stream = reportStream(source, format);
      // Whoever sends it tells of its faults; when nobody does any more, they are of no interest.
      stream.on('error', () => undefined);
      stream.once('close', () => {
        this.leave(reader);
        void source.close().catch(() => undefined);
      });
      return new StreamableFile(stream, { type: REPORT_MEDIA_TYPES[format] });
    } catch (error) {
      this.leave(reader);
      throw error;
    }
  }

  /** The same as a file that browsers save. @throws as {@link stream} */
  async download(
    reply: FastifyReply,
    scope: ReportScope,
    request: ReportRequest,
    format: ReportFormat,
  ): Promise<StreamableFile> {
    const file = await this.stream(scope, request, format);
    void reply.header('content-disposition', `attachment; filename="report.${format}"`);
    return file;
  }

  private enter(reader: string): void {
    const all = [...this.open.values()].reduce((sum, count) => sum + count, 0);
    const own = this.open.get(reader) ?? 0;
    if (all >= MOST_AT_ONCE || own >= MOST_OF_ONE) throw tooManyExports(RETRY_AFTER_SECONDS);
    this.open.set(reader, own + 1);
  }

  private leave(reader: string): void {
    const left = this.open.get(reader)! - 1;
    if (left > 0) this.open.set(reader, left);
    else this.open.delete(reader);
  }
}
