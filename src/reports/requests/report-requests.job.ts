import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock, Config, Jobs, Timed, UnitOfWork } from '../../platform/index.js';
import { ReportRequestFiles } from './report-request-files.js';
import { ReportRequestMaker } from './report-request-maker.js';
import { REPORT_REQUEST_JOB, type ReportRequestJob } from './report-requests.service.js';

const EXPIRES_SECONDS = 3_600;
/** A long one holds up no short one. */
const AT_ONCE = 2;

/** Makes the reports that were requested, and gives up files that have expired. */
@Injectable()
export class ReportRequestWaker implements OnModuleInit {
  private readonly logger = new Logger(ReportRequestWaker.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly maker: ReportRequestMaker,
    private readonly files: ReportRequestFiles,
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<ReportRequestJob>(REPORT_REQUEST_JOB, ({ requestId }) => this.maker.make(requestId), {
      concurrency: AT_ONCE,
      expireInSeconds: EXPIRES_SECONDS,
    });
  }

  /** The files go with the next sweep of the store. */
  @Timed('37 * * * *', { name: 'reports.expired-files' })
  async expire(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.unitOfWork.run((tx) => this.files.expire(tx, { by: this.clock.now() }));
    } catch (error) {
      this.logger.error({ err: error }, 'Files of reports could not be expired');
    }
  }
}
