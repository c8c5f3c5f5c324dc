import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CopyRows, databaseUrlOf, setForSession } from '../platform/index.js';
import { COPY_VISITS } from './copy-visits.js';

/** How a visit's wait ended: it is on disk, or it could not be put there in time. */
export type VisitOutcome = 'stored' | 'unavailable';

interface Waiting {
  /** The visit as `visitRow` gives it. */
  readonly row: string;
  readonly deadline: number;
  /** Null once it was answered. */
  settle: ((outcome: VisitOutcome) => void) | null;
}

const MAX_BATCH = 1_000;
/** While the database commits one batch, the next lies ready on its connection. */
const MAX_BATCHES_SENT = 2;
const MAX_QUEUE = 20_000;
/** How long a visitor waits for a database that is away. */
const WAIT_MS = 4_000;
const SWEEP_MS = 250;
const RECONNECT_MS = 100;
const DRAIN_POLL_MS = 10;
const UNIQUE_VIOLATION = '23505';
/** Of the connection; times in milliseconds. */
const SETTINGS = { synchronous_commit: 'on', lock_timeout: 1_000, statement_timeout: 10_000 };

/**
 * Writes visits by group commit: one writer per process with a connection of its own. What a turn of the event loop
 * brought is a batch. A visit is settled as stored only after the commit that holds it was acknowledged.
 */
@Injectable()
export class VisitWriter implements OnApplicationShutdown {
  private readonly logger = new Logger(VisitWriter.name);
  private queue: Waiting[] = [];
  private readonly sent = new Set<readonly Waiting[]>();
  private turn: NodeJS.Immediate | null = null;
  private client: Promise<pg.Client> | null = null;
  private sweeper: NodeJS.Timeout | null = null;
  /** When the database last answered, or was first asked after a rest; in ms since the epoch. */
  private heardAt = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** Queues the row of a visit (`visitRow`) and calls `settle` once; at once with `unavailable` when the queue is full. */
  write(row: string, settle: (outcome: VisitOutcome) => void): void {
    if (this.queue.length >= MAX_QUEUE) {
      settle('unavailable');
      return;
    }
    this.queue.push({ row, deadline: Date.now() + WAIT_MS, settle });
    this.sweeper ??= setInterval(() => this.giveUpLate(), SWEEP_MS).unref();
    this.sendSoon();
  }

  /** Waits until every queued visit is settled, then closes the connection. */
  async onApplicationShutdown(): Promise<void> {
    while (this.queue.length > 0 || this.sent.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    clearInterval(this.sweeper ?? undefined);
    const client = await this.client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  /** Sends a batch once what has been read from the visitors' connections is queued. */
  private sendSoon(): void {
    if (this.turn || this.sent.size >= MAX_BATCHES_SENT || this.queue.length === 0) return;
    this.turn = setImmediate(() => {
      this.turn = null;
      const batch = this.queue.splice(0, MAX_BATCH);
      if (this.sent.size === 0) this.heardAt = Date.now();
      this.sent.add(batch);
      void this.store(batch).then((known) => {
        this.sent.delete(batch);
        if (!known) this.queue = batch.filter(isWaiting).concat(this.queue);
        this.sendSoon();
      });
    });
  }

  /** Stores and settles the batch; false when the database is away and the batch is to be tried again. */
  private async store(batch: readonly Waiting[]): Promise<boolean> {
    try {
      const client = await (this.client ??= this.connect());
      await new Promise<void>((resolve, reject) => {
        const rows = batch.map(({ row }) => row).join('');
        client.query(new CopyRows(COPY_VISITS, rows, (error) => (error ? reject(error) : resolve())));
      });
    } catch (error) {
      return this.recover(batch, error as Error & { code?: string });
    } finally {
      this.heardAt = Date.now();
    }
    for (const waiting of batch) settle(waiting, 'stored');
    return true;
  }

  private async recover(batch: readonly Waiting[], error: Error & { code?: string }): Promise<boolean> {
    if (isFaultOfData(error)) {
      if (batch.length === 1) {
        this.settleFaulty(batch[0]!, error);
      } else {
        // One unstorable visit must not take the others down with it; only that one is settled here.
        for (const waiting of batch) while (isWaiting(waiting) && !(await this.store([waiting])));
      }
      return true;
    }
    this.logger.warn(`Visits wait for the database: ${error.message}`);
    this.disconnect();
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    return false;
  }

  /** A visit that is there already was committed by a batch of which nobody heard that it was. */
  private settleFaulty(waiting: Waiting, error: Error & { code?: string }): void {
    if (error.code === UNIQUE_VIOLATION) {
      settle(waiting, 'stored');
      return;
    }
    this.logger.error(`A visit could not be stored: ${error.message}`);
    settle(waiting, 'unavailable');
  }

  private connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: databaseUrlOf(this.dataSource),
      application_name: 'tributary-visits',
      pipeline: true,
      connectionTimeoutMillis: WAIT_MS,
    });
    const connected = client
      .connect()
      .then(() => setForSession(client, SETTINGS))
      .then(
        () => client,
        (error: unknown) => {
          destroy(client);
          throw error;
        },
      );
    client.on('error', () => {
      if (this.client === connected) this.client = null;
    });
    return connected;
  }

  private disconnect(): void {
    const { client } = this;
    this.client = null;
    this.heardAt = Date.now();
    void client?.then(destroy, () => {});
  }

  /**
   * Answers those who have waited too long, also while the database holds their batch, and leaves a connection that is
   * silent for as long. (The `query_timeout` of pg would do the latter, but its timers chain the batches together: the
   * garbage of every click then outlives its youth, and collecting it costs a third of a click.)
   */
  private giveUpLate(): void {
    const now = Date.now();
    for (const batch of [...this.sent, this.queue]) {
      // The longest waiting stand first.
      if (batch.length === 0 || batch[0]!.deadline > now) continue;
      for (const waiting of batch) if (waiting.deadline <= now) settle(waiting, 'unavailable');
    }
    this.queue = this.queue.filter(isWaiting);
    if (this.sent.size > 0 && this.heardAt + WAIT_MS <= now) this.disconnect();
  }
}

function settle(waiting: Waiting, outcome: VisitOutcome): void {
  const { settle: tell } = waiting;
  waiting.settle = null;
  tell?.(outcome);
}

function isWaiting(waiting: Waiting): boolean {
  return waiting.settle !== null;
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): another try of the same batch would fail again. */
function isFaultOfData({ code }: { code?: string }): boolean {
  return code !== undefined && /^2[23]...$/.test(code);
}

/** A polite goodbye could wait for a server that is gone. */
function destroy(client: pg.Client): void {
  client.on('error', () => {});
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
