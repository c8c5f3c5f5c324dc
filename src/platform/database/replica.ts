import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { cutOff } from './cut-off.js';
import { dataSourceOptions } from './data-source-options.js';
import { BEHIND, type Position, STANDBY_FAULT } from './position.js';
import { ServerWatch } from './server-watch.js';
import type { Settings } from './settings.js';
import { openSnapshot, type Snapshot } from './snapshots.js';

/** Then the primary is asked instead. */
const CONNECT_WITHIN_MS = 2_000;
/** A standby that keeps up needs a few. */
const CATCH_UP_WITHIN_MS = 250;
const LOOK_EVERY_MS = 10;

type Answer = [{ fault: string | null }];

/** A standby of the database: its connections, and whether it may be read. */
export class Replica {
  /** Host and port, as the log and the metrics name it. */
  readonly name: string;
  private readonly logger = new Logger(Replica.name);
  private readonly dataSource: DataSource;
  private readonly clients = new Set<pg.ClientBase>();
  private readonly watch: ServerWatch;
  private opening: Promise<unknown> | undefined;
  /** Why it is not read; null while it is, undefined before the first answer. */
  private fault: string | null | undefined;
  /** What it must have come to when it is asked next. */
  private due: Position | null = null;

  /**
   * @param poolSize largest number of connections to it
   * @param latest how far the primary had written a moment ago; null before it was asked
   */
  constructor(
    url: string,
    poolSize: number,
    private readonly latest: () => Position | null,
  ) {
    this.name = new URL(url).host;
    this.dataSource = this.makeDataSource(url, poolSize);
    this.watch = new ServerWatch({
      url,
      ask: (client) => this.ask(client),
      answered: (fault) => this.note(fault),
      silent: (reason) => {
        this.note(reason);
        // What they wait for would never come.
        for (const client of this.clients) cutOff(client);
      },
    });
  }

  /** Whether it answered when it was last asked, and was no more than two seconds behind. */
  get usable(): boolean {
    return this.fault === null;
  }

  /** Begins to watch it. */
  open(): void {
    this.watch.open();
  }

  /** Gives its connections up. */
  async close(): Promise<void> {
    await this.watch.close();
    await this.opening?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /**
   * A snapshot that shows everything that was committed before the position.
   * @throws Error when the server cannot be had, or has not come so far within a quarter of a second
   */
  async openSnapshot(position: Position, settings: Settings): Promise<Snapshot> {
    return openSnapshot(this.dataSource, settings, async (runner) => {
      const faultNow = async (): Promise<string | null> => {
        const [{ fault }] = (await runner.query(STANDBY_FAULT, [position.database, position.lsn])) as Answer;
        return fault;
      };
      const until = performance.now() + CATCH_UP_WITHIN_MS;
      let fault = await faultNow();
      while (fault === BEHIND && performance.now() < until) {
        await delay(LOOK_EVERY_MS);
        fault = await faultNow();
      }
      if (fault !== null) throw new Error(fault);
    });
  }

  private async ask(client: pg.Client): Promise<string | null | undefined> {
    const due = this.due ?? this.latest();
    this.due = this.latest();
    if (!due) return undefined;
    const { rows } = await client.query<Answer[0]>(STANDBY_FAULT, [due.database, due.lsn]);
    const { fault } = rows[0]!;
    if (fault === null && !this.dataSource.isInitialized) {
      this.opening ??= this.dataSource.initialize().finally(() => (this.opening = undefined));
      await this.opening;
    }
    return fault;
  }

  private note(fault: string | null): void {
    const before = this.fault;
    this.fault = fault;
    if (fault === null && before !== null) this.logger.log(`Reports are read from the replica ${this.name}`);
    if (fault !== null && (before === null || before === undefined)) {
      this.logger.warn(`The replica ${this.name} is left out: ${fault}`);
    }
  }

  private makeDataSource(url: string, poolSize: number): DataSource {
    const options = dataSourceOptions(url, poolSize);
    const { onConnect, ...extra } = options.extra as { onConnect: (client: pg.ClientBase) => Promise<void> };
    return new DataSource({
      ...options,
      extra: {
        ...extra,
        connectionTimeoutMillis: CONNECT_WITHIN_MS,
        onConnect: async (client: pg.ClientBase) => {
          this.clients.add(client);
          client.once('end', () => this.clients.delete(client));
          await onConnect(client);
        },
      },
    });
  }
}
