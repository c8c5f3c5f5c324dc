import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { DataSource, TypeORMError } from 'typeorm';
import { Config } from '../config/config.js';
import { Metrics } from '../observability/metrics.js';
import { databaseUrlOf } from './data-source-options.js';
import { BEHIND, type Position, POSITION } from './position.js';
import { Replica } from './replica.js';
import { ServerWatch } from './server-watch.js';
import type { Settings } from './settings.js';
import { type Snapshot, Snapshots } from './snapshots.js';
import { sqlState } from './unit-of-work.js';

/** Data exceptions, and statements that took too long or were cancelled by us: they would fail anywhere. */
const STATEMENTS_OWN = /^(22|57014)/;

/**
 * Reads as {@link Snapshots} do, from a replica where one is to be had: for reports, which are long and only read. A
 * snapshot shows all that was committed when it was asked for, wherever it is read (rule 11.5). Without a usable replica,
 * or when one fails at the work, it is done on the primary: work may be done twice, and does nothing outside.
 */
@Injectable()
export class ReplicaSnapshots extends Snapshots implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ReplicaSnapshots.name);
  private readonly replicas: readonly Replica[];
  private readonly primaryWatch: ServerWatch;
  private readonly missed: Counter<'replica'>;
  /** Of a second ago or so. */
  private position: Position | null = null;
  private turn = 0;

  constructor(dataSource: DataSource, config: Config, metrics: Metrics) {
    super(dataSource);
    this.replicas = config.databaseReplicaUrls.map(
      (url) => new Replica(url, config.databasePoolSize, () => this.position),
    );
    this.primaryWatch = new ServerWatch({
      url: databaseUrlOf(dataSource),
      ask: async (client) => {
        this.position = (await client.query<Position>(POSITION)).rows[0] ?? this.position;
        return null;
      },
      // That it is away, others find out.
      answered: () => undefined,
      silent: () => undefined,
    });
    const usable = 'Whether reports are read from the replica (1) or it is left out (0)';
    metrics.gauge('tributary_replica_usable', usable, ['replica'], (gauge) => {
      for (const replica of this.replicas) gauge.set({ replica: replica.name }, Number(replica.usable));
    });
    this.missed = metrics.counter(
      'tributary_replica_missed_total',
      'Reports that a usable replica did not give: it was behind, or failed',
      ['replica'],
    );
  }

  /** @throws QueryFailedError where the primary cannot tell its position */
  async onModuleInit(): Promise<void> {
    if (this.replicas.length === 0) return;
    this.position = await this.positionNow();
    this.primaryWatch.open();
    for (const replica of this.replicas) replica.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.primaryWatch, ...this.replicas].map((each) => each.close()));
  }

  override async begin<T>(work: (snapshot: Snapshot) => Promise<T>, settings: Settings): Promise<T> {
    const opened = await this.openOnReplica(settings);
    if (opened) {
      try {
        return await work(opened.snapshot);
      } catch (error) {
        if (!isOfServer(error)) throw error;
        this.note(opened.replica, error);
      }
    }
    return super.begin(work, settings);
  }

  /** Null when the primary is to be read. */
  private async openOnReplica(settings: Settings): Promise<{ replica: Replica; snapshot: Snapshot } | null> {
    const usable = this.replicas.filter((replica) => replica.usable);
    const position = usable.length > 0 ? await this.positionNow() : null;
    if (!position) return null;
    this.turn = (this.turn + 1) % usable.length;
    for (const replica of [...usable.slice(this.turn), ...usable.slice(0, this.turn)]) {
      try {
        return { replica, snapshot: await replica.openSnapshot(position, settings) };
      } catch (error) {
        this.note(replica, error);
      }
    }
    return null;
  }

  /** Null when the database is a standby as yet. */
  private async positionNow(): Promise<Position | null> {
    const [position] = await this.dataSource.query<Position[]>(POSITION);
    return position ?? null;
  }

  private note({ name }: Replica, error: unknown): void {
    this.missed.inc({ replica: name });
    const { message } = error as Error;
    if (message !== BEHIND) this.logger.warn(`A report is not read from the replica ${name}: ${message}`);
  }
}

/** Whether another server may do what this one failed at: lost connections, conflicts with what is replayed, and the like. */
function isOfServer(error: unknown): boolean {
  return error instanceof TypeORMError && !STATEMENTS_OWN.test(sqlState(error) ?? '');
}
