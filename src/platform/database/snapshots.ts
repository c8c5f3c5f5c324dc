import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { type Settings, setLocally } from './settings.js';
import { TransactionRunner } from './transaction-runner.js';

const BEGIN = 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** A moment as the database saw it; nothing can be kept. It holds a connection: whoever opens one closes it. */
export class Snapshot {
  constructor(readonly runner: QueryRunner) {}

  /** Reads what was there at the moment. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Gives the connection back. */
  async close(): Promise<void> {
    // What a lost connection had read was nobody's but ours: its end needs no transaction.
    if (this.runner.isTransactionActive) await this.runner.rollbackTransaction().catch(() => undefined);
    await this.runner.release();
  }
}

/** Reads many things as they were at one moment. */
@Injectable()
export class Snapshots {
  constructor(private readonly dataSource: DataSource) {}

  /** Opens a snapshot, of the moment of the first statement. */
  async open(settings: Settings): Promise<Snapshot> {
    const runner = new TransactionRunner(this.dataSource, BEGIN);
    const snapshot = new Snapshot(runner);
    try {
      await runner.startTransaction();
      await setLocally(snapshot.manager, settings);
      return snapshot;
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  /** Does the work in a snapshot, and closes that. */
  async read<T>(work: (db: EntityManager) => Promise<T>, settings: Settings = {}): Promise<T> {
    const snapshot = await this.open(settings);
    try {
      return await work(snapshot.manager);
    } finally {
      await snapshot.close();
    }
  }
}
