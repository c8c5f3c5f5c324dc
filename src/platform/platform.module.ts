import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule } from 'nestjs-pino';
import { Config } from './config/config.js';
import { SecretBox } from './crypto/secret-box.js';
import { DatabaseWatch } from './database/database-watch.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { ReplicaSnapshots } from './database/replica-snapshots.js';
import { Snapshots } from './database/snapshots.js';
import { UnitOfWork } from './database/unit-of-work.js';
import { FileStore } from './files/file-store.js';
import { FileUploads } from './files/file-uploads.js';
import { openFileStore } from './files/open-file-store.js';
import { Spool } from './files/spool.js';
import { StoredFiles } from './files/stored-files.js';
import { Idempotency } from './http/idempotency.js';
import { ProblemFilter } from './http/problem.filter.js';
import { KnownQueryInterceptor } from './http/known-query.interceptor.js';
import { ReplayInterceptor } from './http/replay.interceptor.js';
import { StartPageController } from './http/start-page.controller.js';
import { validationPipe } from './http/validation.js';
import { HousekeepingJob } from './jobs/housekeeping.job.js';
import { Jobs } from './jobs/jobs.js';
import { Outbox } from './jobs/outbox.js';
import { TimedWork } from './jobs/timed-work.js';
import { RateLimits } from './limits/rate-limits.js';
import { MailboxController } from './mail/mailbox.controller.js';
import { Mailer } from './mail/mailer.js';
import { HealthController } from './observability/health.controller.js';
import { loggingOptions, ProgramLogger } from './observability/logging.js';
import { Metrics } from './observability/metrics.js';
import { UserAgents } from './people/user-agents.js';
import { Clock } from './time/clock.js';
import { Ids } from './time/ids.js';

/** What the platform needs from outside: checked settings, a database that is there, and the clock. */
export interface PlatformOptions {
  config: Config;
  databaseUrl: string;
  clock: Clock;
}

/** The ground floor: everything here is open to every room. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, databaseUrl, clock }: PlatformOptions): DynamicModule {
    const tools = [
      ProgramLogger,
      DatabaseWatch,
      UnitOfWork,
      Snapshots,
      ReplicaSnapshots,
      Jobs,
      Outbox,
      Idempotency,
      SecretBox,
      Mailer,
      Metrics,
      RateLimits,
      UserAgents,
      Ids,
      StoredFiles,
      FileUploads,
      Spool,
    ];
    return {
      module: PlatformModule,
      imports: [
        LoggerModule.forRoot(loggingOptions(config)),
        ScheduleModule.forRoot(),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(databaseUrl, config.databasePoolSize),
          autoLoadEntities: true,
          retryAttempts: 3,
          retryDelay: 1_000,
        }),
      ],
      controllers: [HealthController, StartPageController, ...(config.production ? [] : [MailboxController])],
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: FileStore, useFactory: openFileStore, inject: [Config] },
        ...tools,
        HousekeepingJob,
        TimedWork,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: KnownQueryInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ReplayInterceptor },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
      exports: [Config, Clock, FileStore, ...tools],
    };
  }
}
