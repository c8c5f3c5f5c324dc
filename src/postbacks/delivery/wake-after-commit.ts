import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntitySubscriberInterface,
  type QueryRunner,
  type TransactionCommitEvent,
} from 'typeorm';
import type { Tx } from '../../platform/index.js';
import { DeliveryEngine } from './delivery-engine.js';

/** Wakes this process's delivery engine as soon as a transaction that queued deliveries has committed. */
@Injectable()
export class WakeAfterCommit implements EntitySubscriberInterface {
  private readonly marked = new WeakSet<QueryRunner>();

  constructor(
    dataSource: DataSource,
    private readonly engine: DeliveryEngine,
  ) {
    dataSource.subscribers.push(this);
  }

  /** Remembers the transaction. */
  mark(tx: Tx): void {
    this.marked.add(tx.queryRunner!);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // A savepoint's release is told as a commit too.
    if (queryRunner.isTransactionActive) return;
    if (this.marked.delete(queryRunner)) void this.engine.wake();
  }
}
