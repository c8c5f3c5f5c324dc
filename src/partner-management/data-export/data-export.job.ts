import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock, Config, Jobs, Timed, UnitOfWork } from '../../platform/index.js';
import { DataExportFiles } from './data-export-files.js';
import { DataExportMaker } from './data-export-maker.js';
import { DATA_EXPORT_JOB, type DataExportJob } from './data-exports.service.js';

const EXPIRES_SECONDS = 3_600;

/** Makes the copies that were asked for, and ends those that have expired. */
@Injectable()
export class DataExportWaker implements OnModuleInit {
  private readonly logger = new Logger(DataExportWaker.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly maker: DataExportMaker,
    private readonly files: DataExportFiles,
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<DataExportJob>(DATA_EXPORT_JOB, ({ exportId }) => this.maker.make(exportId), {
      expireInSeconds: EXPIRES_SECONDS,
    });
  }

  /** The files go with the next sweep of the store. */
  @Timed('23 * * * *', { name: 'partner-management.expired-data-exports' })
  async expire(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.unitOfWork.run((tx) => this.files.expire(tx, { by: this.clock.now() }));
    } catch (error) {
      this.logger.error({ err: error }, 'Data exports could not be expired');
    }
  }
}
