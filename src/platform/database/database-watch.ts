import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseUrlOf } from './data-source-options.js';
import { ServerWatch } from './server-watch.js';

const ONLY_READS = `SELECT current_setting('transaction_read_only')::boolean AS only_reads`;

type Listener = () => void;

/** Watches whether the database is there and takes writes: a standby that is yet to be promoted does not. */
@Injectable()
export class DatabaseWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseWatch.name);
  private readonly listeners = new Set<Listener>();
  private watch: ServerWatch | undefined;
  private isAway = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Whether the database did not answer when it was last asked, or only reads. */
  get away(): boolean {
    return this.isAway;
  }

  /** Calls `listener` whenever the database goes away. */
  onAway(listener: Listener): void {
    this.listeners.add(listener);
  }

  onModuleInit(): void {
    this.watch = new ServerWatch({
      url: databaseUrlOf(this.dataSource),
      ask: async (client) => {
        const { rows } = await client.query<{ only_reads: boolean }>(ONLY_READS);
        return rows[0]!.only_reads ? 'it only reads, like a standby that is yet to be promoted' : null;
      },
      answered: (fault) => this.note(fault),
      silent: (reason) => this.note(reason),
    });
    this.watch.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch?.close();
  }

  private note(fault: string | null): void {
    const isAway = fault !== null;
    if (this.isAway === isAway) return;
    this.isAway = isAway;
    if (isAway) {
      this.logger.error(`The database is away: ${fault}`);
      for (const listener of this.listeners) listener();
    } else {
      this.logger.log('The database is back');
    }
  }
}
