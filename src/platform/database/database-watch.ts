import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { cutOff } from './cut-off.js';
import { databaseUrlOf } from './data-source-options.js';

const INTERVAL_MS = 1_000;
/** With the interval this stays below the 5 s in which a request must learn that the database hangs. */
const ANSWER_WITHIN_MS = 3_000;
const RECONNECT_INTERVAL_MS = 250;
const ONLY_READS = `SELECT current_setting('transaction_read_only')::boolean AS only_reads`;

type Listener = () => void;

/**
 * Asks the database every second on a connection of its own whether it is there and takes writes: a standby that is yet
 * to be promoted does not. A server that hangs does not end any query, so that without it requests would wait for an
 * answer that never comes.
 */
@Injectable()
export class DatabaseWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseWatch.name);
  private readonly listeners = new Set<Listener>();
  private readonly stop = new AbortController();
  private watching: Promise<void> | undefined;
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
    this.watching = this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const client = new pg.Client({
        connectionString: databaseUrlOf(this.dataSource),
        application_name: 'tributary-watch',
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
      });
      client.on('error', () => undefined);
      try {
        await this.watchBy(client);
      } catch (error) {
        if (isRefusedForNow(error)) this.note(true, (error as Error).message);
      }
      cutOff(client);
      await this.pause(RECONNECT_INTERVAL_MS);
    }
  }

  /**
   * Resolves when the program stops, or the connection is lost: only the next one tells whether the database went away
   * or is back already. Rejects when the database fails to answer, or only reads.
   */
  private async watchBy(client: pg.Client): Promise<void> {
    await client.connect();
    while (!this.stop.signal.aborted) {
      const answer = await answerOf(client.query<{ only_reads: boolean }>(ONLY_READS));
      if (answer === null) return;
      if (answer.rows[0]!.only_reads)
        throw new Error('it only reads, like a standby that is yet to be promoted');
      this.note(false);
      await this.pause(INTERVAL_MS);
    }
  }

  private note(isAway: boolean, reason = ''): void {
    if (this.stop.signal.aborted || this.isAway === isAway) return;
    this.isAway = isAway;
    if (isAway) {
      this.logger.error(`The database is away: ${reason}`);
      for (const listener of this.listeners) listener();
    } else {
      this.logger.log('The database is back');
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stop.signal, ref: false }).catch(() => undefined);
  }
}

/** The answer, or null when the connection ended before; rejects when there is neither for too long. */
async function answerOf<T>(query: Promise<T>): Promise<T | null> {
  const late = new AbortController();
  const outcome = query.catch(() => null);
  const timeout = delay(ANSWER_WITHIN_MS, undefined, { signal: late.signal, ref: false }).then(
    async () => {
      // When the process itself was busy, the answer lies unread in the socket: read it first.
      await nextTurn();
      await nextTurn();
      throw new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`);
    },
    () => null,
  );
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    late.abort();
  }
}

/** A server without a free connection is there all the same; one that starts or stops is not. */
function isRefusedForNow(error: unknown): boolean {
  return (error as { code?: string }).code !== '53300';
}
