import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { type Settings, setLocally } from './settings.js';
import { TransactionRunner } from './transaction-runner.js';

const BEGIN = 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** A moment as the database saw it; nothing can be kept. It holds a connection: whoever has one closes it. */
export class Snapshot {
  constructor(readonly runner: QueryRunner) {}

  /** Reads what was there at the moment. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /**
   * Has the server give up what the snapshot's connection is at; never rejects.
   * @param pid the connection's `pg_backend_pid()`
   */
  async cancel(pid: number): Promise<void> {
    // Of the same server: on another one the number is somebody else's.
    await this.runner.dataSource.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => undefined);
  }

  /** Gives the connection back. */
  async close(): Promise<void> {
    // What a lost connection had read was nobody's but ours: its end needs no transaction.
    if (this.runner.isTransactionActive) await this.runner.rollbackTransaction().catch(() => undefined);
    await this.runner.release();
  }
}

/**
 * Opens a snapshot on a server, of the moment of the first statement.
 * @param prepare what is done on the connection before that; when it throws there is no snapshot
 */
export async function openSnapshot(
  dataSource: DataSource,
  settings: Settings,
  prepare: (runner: QueryRunner) => Promise<void> = async () => {},
): Promise<Snapshot> {
  const runner = new TransactionRunner(dataSource, BEGIN);
  const snapshot = new Snapshot(runner);
  try {
    await prepare(runner);
    await runner.startTransaction();
    await setLocally(snapshot.manager, settings);
    return snapshot;
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/** Reads many things as they were at one moment, from the primary. */
@Injectable()
export class Snapshots {
  constructor(protected readonly dataSource: DataSource) {}

  /** Does the work with a snapshot, which the work closes: at its end, or later when it goes on. */
  async begin<T>(work: (snapshot: Snapshot) => Promise<T>, settings: Settings): Promise<T> {
    return work(await openSnapshot(this.dataSource, settings));
  }

  /** Does the work in a snapshot, and closes that. */
  async read<T>(work: (db: EntityManager) => Promise<T>, settings: Settings = {}): Promise<T> {
    return this.begin(async (snapshot) => {
      try {
        return await work(snapshot.manager);
      } finally {
        await snapshot.close();
      }
    }, settings);
  }
}
