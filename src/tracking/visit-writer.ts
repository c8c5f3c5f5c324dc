import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { databaseUrlOf } from '../platform/index.js';
import { INSERT_VISITS, INSERT_VISITS_AGAIN, type Visit, visitsJson } from './visit.js';

/** How a visit's wait ended: it is on disk, or it could not be put there in time. */
export type VisitOutcome = 'stored' | 'unavailable';

interface Waiting {
  readonly visit: Visit;
  readonly deadline: number;
  /** Whether a batch with it was sent whose fate is not known: it may be in the table. */
  tried: boolean;
  /** Null once it was answered. */
  settle: ((outcome: VisitOutcome) => void) | null;
}

const MAX_BATCH = 1_000;
const MAX_QUEUE = 20_000;
/** How long a visitor waits for a database that is away. */
const WAIT_MS = 4_000;
const SWEEP_MS = 250;
const RECONNECT_MS = 100;

/**
 * Writes visits by group commit: one writer per process with a connection of its own; while a batch commits, the
 * next one forms. A visit is settled as stored only after the commit that holds it was acknowledged.
 */
@Injectable()
export class VisitWriter implements OnApplicationShutdown {
  private readonly logger = new Logger(VisitWriter.name);
  private queue: Waiting[] = [];
  private inFlight: Waiting[] = [];
  private running: Promise<void> | null = null;
  private client: pg.Client | null = null;
  private sweeper: NodeJS.Timeout | null = null;

  constructor(private readonly dataSource: DataSource) {}

  /** Queues the visit and calls `settle` once; at once with `unavailable` when the queue is full. */
  write(visit: Visit, settle: (outcome: VisitOutcome) => void): void {
    if (this.queue.length >= MAX_QUEUE) {
      settle('unavailable');
      return;
    }
    this.queue.push({ visit, deadline: Date.now() + WAIT_MS, tried: false, settle });
    this.running ??= this.run();
  }

  /** Waits until every queued visit is settled, then closes the connection. */
  async onApplicationShutdown(): Promise<void> {
    while (this.running) await this.running;
    await this.client?.end().catch(() => {});
    this.client = null;
  }

  private async run(): Promise<void> {
    this.sweeper = setInterval(() => this.giveUpLate(), SWEEP_MS);
    // Requests that have been read but not handled yet join the first batch.
    await new Promise(setImmediate);
    let stored: readonly Waiting[] = [];
    do {
      const batch = this.queue.splice(0, MAX_BATCH);
      this.inFlight = batch;
      const storing = batch.length > 0 ? this.store(batch) : Promise.resolve(true);
      // The database is at the next batch already while the visitors of the last one are answered.
      for (const waiting of stored) settle(waiting, 'stored');
      stored = [];
      if (await storing) stored = batch;
      else this.queue = batch.filter(isWaiting).concat(this.queue);
      this.inFlight = [];
    } while (this.queue.length > 0 || stored.length > 0);
    clearInterval(this.sweeper);
    this.running = null;
  }

  /** Stores the batch; false when the database is away and the batch is to be tried again. */
  private async store(batch: readonly Waiting[]): Promise<boolean> {
    try {
      this.client ??= await this.connect();
      const text = batch.some(({ tried }) => tried) ? INSERT_VISITS_AGAIN : INSERT_VISITS;
      await this.client.query(text, [visitsJson(batch.map(({ visit }) => visit))]);
    } catch (error) {
      return this.recover(batch, error as Error & { code?: string });
    }
    return true;
  }

  private async recover(batch: readonly Waiting[], error: Error & { code?: string }): Promise<boolean> {
    if (isFaultOfData(error)) {
      if (batch.length === 1) {
        this.logger.error(`A visit could not be stored: ${error.message}`);
        settle(batch[0]!, 'unavailable');
        return true;
      }
      // One unstorable visit must not take the others down with it; only that one is settled here.
      for (const waiting of batch) while (isWaiting(waiting) && !(await this.store([waiting])));
      return true;
    }
    this.logger.warn(`Visits wait for the database: ${error.message}`);
    for (const waiting of batch) waiting.tried = true;
    this.disconnect();
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    return false;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: databaseUrlOf(this.dataSource),
      application_name: 'tributary-visits',
      connectionTimeoutMillis: WAIT_MS,
      query_timeout: WAIT_MS,
      options: '-c synchronous_commit=on -c lock_timeout=1000 -c statement_timeout=10000',
    });
    client.on('error', () => {
      if (this.client === client) this.client = null;
    });
    try {
      await client.connect();
    } catch (error) {
      destroy(client);
      throw error;
    }
    return client;
  }

  private disconnect(): void {
    const { client } = this;
    this.client = null;
    if (client) destroy(client);
  }

  /** Answers those who have waited too long, also while the database holds their batch. */
  private giveUpLate(): void {
    const now = Date.now();
    if (this.inFlight.length > 0 && this.inFlight[0]!.deadline <= now) {
      for (const waiting of this.inFlight) if (waiting.deadline <= now) settle(waiting, 'unavailable');
    }
    if (this.queue.length > 0 && this.queue[0]!.deadline <= now) {
      for (const waiting of this.queue) if (waiting.deadline <= now) settle(waiting, 'unavailable');
      this.queue = this.queue.filter(isWaiting);
    }
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
