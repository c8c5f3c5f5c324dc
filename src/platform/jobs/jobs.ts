import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Db, PgBoss } from 'pg-boss';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { databaseUrlOf } from '../database/data-source-options.js';
import type { Tx } from '../database/unit-of-work.js';
import { JobsDatabase } from './jobs-database.js';

/** What a job's handler gets: the payload as it was sent. Throwing puts the job back for another try. */
export type JobHandler<T> = (payload: T, job: { id: string; signal: AbortSignal }) => Promise<void>;

export interface SendOptions {
  /** Not before this time. */
  startAfter?: Date;
  /** At most one queued or running job per key, where the job was registered as `exclusive`. */
  singletonKey?: string;
}

export interface JobSettings {
  /** At most one queued or running job (per singleton key). */
  exclusive?: boolean;
  /** Jobs of this name that one process runs at once. */
  concurrency?: number;
  /** Seconds after which a running job is taken for lost and tried again. */
  expireInSeconds?: number;
  /** Seconds for which a job is kept after it ended, for inspection; short where the payload is confidential. */
  forgetAfterSeconds?: number;
}

interface Registration {
  handler: JobHandler<never>;
  settings: JobSettings;
}

const TRIES = 10;
/** A worker that does not report for this long is taken for dead; its job is tried again. */
const HEARTBEAT_SECONDS = 30;
const DEFAULT_EXPIRY_SECONDS = 900;
const DEFAULT_FORGET_SECONDS = 7 * 86_400;
/** Of the 25 s that a stop may take. */
const WAIT_FOR_JOBS_MS = 15_000;

/**
 * Background jobs kept in PostgreSQL (pg-boss): sent inside a transaction, they exist exactly when it commits.
 * A job that keeps failing is set aside after its tries; the others go on.
 */
@Injectable()
export class Jobs implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(Jobs.name);
  private readonly registrations = new Map<string, Registration>();
  private readonly database: JobsDatabase;
  private readonly boss: PgBoss;
  private started = false;

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
  ) {
    this.database = new JobsDatabase(databaseUrlOf(dataSource));
    this.boss = new PgBoss({
      db: this.database,
      useListenNotify: config.worker,
      supervise: config.worker,
      schedule: false,
      reindex: false,
    });
    this.boss.on('error', (error: Error) => this.logger.error(error.message));
  }

  /** Registers the handler of a job; call it in `onModuleInit`, whatever the process's role. */
  handle<T extends object>(name: string, handler: JobHandler<T>, settings: JobSettings = {}): void {
    if (this.registrations.has(name)) throw new Error(`The job '${name}' is registered twice`);
    this.registrations.set(name, { handler, settings });
  }

  /** Sends a job with the transaction: it is there when the transaction commits, and not otherwise. */
  async send(tx: Tx, name: string, payload: object, options: SendOptions = {}): Promise<void> {
    await this.boss.send(name, payload, { ...options, db: inTransaction(tx) });
  }

  /** Whether at least so many jobs of the name wait for their turn, or for another try. */
  async hasWaiting(name: string, count: number): Promise<boolean> {
    const [{ many }] = await this.dataSource.query<[{ many: boolean }]>(
      `SELECT count(*) >= $2 AS many
         FROM (SELECT FROM pgboss.job WHERE name = $1 AND state IN ('created', 'retry') LIMIT $2) waiting`,
      [name, count],
    );
    return many;
  }

  /** Which of the ids stand in payloads of jobs of the name that are still to be done, as `db` sees them. */
  async idsInWaiting(db: EntityManager, name: string, ids: readonly string[]): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      `WITH waiting AS MATERIALIZED (
         SELECT data::text AS payload FROM pgboss.job WHERE name = $1 AND state IN ('created', 'retry', 'active'))
       SELECT id FROM unnest($2::text[]) AS id WHERE EXISTS (SELECT FROM waiting WHERE strpos(payload, id) > 0)`,
      [name, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets the jobs that ended or were set aside whose payload names the id; they are kept for inspection only. */
  async forget(tx: Tx, id: string): Promise<void> {
    await tx.query(
      `DELETE FROM pgboss.job WHERE state IN ('completed', 'cancelled', 'failed') AND strpos(data::text, $1) > 0`,
      [id],
    );
  }

  /** Opens the queues and, in a worker, begins to work on them. Called once, after the modules are initialised. */
  async start(): Promise<void> {
    await this.boss.start();
    this.started = true;
    await this.openQueues();
    if (!this.config.worker) return;
    for (const [name, registration] of this.registrations) await this.work(name, registration);
  }

  /**
   * Takes no further jobs and waits for the running ones, while everything they need is still there; those that
   * take too long are put back for another try when the queues close.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.started || !this.config.worker) return;
    const ended = [...this.registrations.keys()].map((name) => this.boss.offWork(name, { wait: true }));
    const enough = new AbortController();
    await Promise.race([
      Promise.all(ended),
      delay(WAIT_FOR_JOBS_MS, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.started) await this.boss.stop({ graceful: false });
    await this.database.close();
  }

  /** Makes the queues that are missing and brings changed settings to the others. */
  private async openQueues(): Promise<void> {
    const existing = new Map((await this.boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const [name, { settings }] of this.registrations) {
      const wanted = queueOptions(settings);
      const found = existing.get(name);
      if (!found) {
        await this.boss.createQueue(name, {
          ...wanted,
          policy: settings.exclusive ? 'exclusive' : 'standard',
        });
      } else if (Object.entries(wanted).some(([key, value]) => found[key as keyof typeof found] !== value)) {
        await this.boss.updateQueue(name, wanted);
      }
    }
  }

  /** One worker per job that may run at once; who found a job looks for the next one as soon as it is done. */
  private async work(name: string, { handler, settings }: Registration): Promise<void> {
    const options = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 };
    for (let count = 0; count < (settings.concurrency ?? 1); count += 1) {
      const worker = this.boss.work<object, void>(name, options, async (jobs) => {
        // Looks again right afterwards: many jobs may have come with one notification, as those of one transaction do.
        this.boss.notifyWorker(await worker);
        for (const job of jobs) {
          await this.attempt(name, () => handler(job.data as never, { id: job.id, signal: job.signal }));
        }
      });
      await worker;
    }
  }

  private async attempt(name: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.logger.error({ err: error, job: name }, `Job '${name}' failed`);
      throw error;
    }
  }
}

function queueOptions(settings: JobSettings) {
  return {
    notify: true,
    retryLimit: TRIES,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 3600,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: settings.expireInSeconds ?? DEFAULT_EXPIRY_SECONDS,
    deleteAfterSeconds: settings.forgetAfterSeconds ?? DEFAULT_FORGET_SECONDS,
  };
}

/** Installs or upgrades the job tables; part of the program's migration. */
export async function migrateJobs(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 1, supervise: false, schedule: false });
  await boss.start();
  await boss.stop({ graceful: false, close: true });
}

/** Lets pg-boss write through the caller's transaction. */
function inTransaction(tx: Tx): Db {
  return {
    executeSql: async (text, values) => {
      const result = await tx.queryRunner!.query(text, values, true);
      return { rows: (result.records ?? result.raw) as unknown[] };
    },
  };
}
