import { Injectable, Logger } from '@nestjs/common';
import { Clock, DomainError, type Tx, UnitOfWork } from '../../platform/index.js';
import { ReportReader } from '../exports/report-reader.service.js';
import { isTooSlow } from '../reports.errors.js';
import { Reports } from '../reports.service.js';
import { type ClaimedRequest, ReportRequestFiles } from './report-request-files.js';
import { ReportRequestNews } from './report-request-news.js';

/** After so many tries that failed or died, the person is told. */
const ATTEMPTS = 5;
const KEEP_DAYS = 30;
const TIME_LIMIT_MINUTES = 10;
const GAVE_UP = 'The report could not be made. Request it again, or write to us.';

/** Makes the reports that were requested. A try that dies leaves nothing that counts (A17). */
@Injectable()
export class ReportRequestMaker {
  private readonly logger = new Logger(ReportRequestMaker.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reports: Reports,
    private readonly reader: ReportReader,
    private readonly files: ReportRequestFiles,
    private readonly news: ReportRequestNews,
    private readonly clock: Clock,
  ) {}

  /** Makes a report, unless it is made or given up. @throws what made the try fail, for the next one to be made */
  async make(requestId: string): Promise<void> {
    const request = await this.claim(requestId);
    if (!request) return;
    if (request.attempt > ATTEMPTS) return this.fail(request, GAVE_UP);
    try {
      const made = await this.write(request);
      const counts = await this.unitOfWork.run((tx) => this.finish(tx, request, made));
      // Another try was faster, or the partner was erased meanwhile.
      if (!counts) await this.files.giveUp(request);
    } catch (error) {
      await this.files.giveUp(request);
      const reason = reasonOf(error);
      if (reason !== null) return this.fail(request, reason);
      const { attempt } = request;
      this.logger.warn({ err: error, requestId, attempt }, 'A requested report could not be made');
      if (attempt >= ATTEMPTS) return this.fail(request, GAVE_UP);
      throw error;
    }
  }

  private async claim(requestId: string): Promise<ClaimedRequest | null> {
    const [[claimed]] = await this.unitOfWork.run((tx) =>
      tx.query<[ClaimedRequest[], number]>(
        `UPDATE report_requests SET attempts = attempts + 1 WHERE id = $1 AND state = 'processing'
         RETURNING id, partner_id AS "partnerId", attempts AS attempt, name, requested_by AS "userId", parameters, format`,
        [requestId],
      ),
    );
    return claimed ?? null;
  }

  private async write(request: ClaimedRequest): Promise<{ xlsxBytes: number }> {
    const { partnerId, parameters } = request;
    const asked = this.reports.request(parameters, partnerId === null ? 'operator' : 'partner');
    const report = await this.reader.open({ partnerId }, asked, {
      timeLimitMs: TIME_LIMIT_MINUTES * 60_000,
      fromPrimary: request.attempt > 1,
    });
    try {
      return await this.files.put(request, report);
    } finally {
      await report.close();
    }
  }

  private async finish(tx: Tx, request: ClaimedRequest, made: { xlsxBytes: number }): Promise<boolean> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + KEEP_DAYS * 86_400_000);
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE report_requests SET state = 'successful', has_files = true, finished_at = $3, expires_at = $4
        WHERE id = $1 AND state = 'processing' AND attempts = $2`,
      [request.id, request.attempt, now, expiresAt],
    );
    if (count === 0) return false;
    await this.files.keep(tx, request);
    await this.news.ready(tx, request, { ...made, expiresAt });
    return true;
  }

  private async fail(request: ClaimedRequest, reason: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const [, count] = await tx.query<[unknown[], number]>(
        `UPDATE report_requests SET state = 'failed', failure = $2, finished_at = $3
          WHERE id = $1 AND state = 'processing'`,
        [request.id, reason, this.clock.now()],
      );
      if (count > 0) await this.news.failed(tx, request, reason);
    });
  }
}

/** Why another try would fail as well, in words for the person; null when it may not. */
function reasonOf(error: unknown): string | null {
  if (isTooSlow(error)) {
    return `The report took longer than ${TIME_LIMIT_MINUTES} minutes. Ask for fewer groups or a shorter period.`;
  }
  return error instanceof DomainError && ['malformed', 'invalid'].includes(error.kind) ? error.message : null;
}
