import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntitySubscriberInterface,
  type QueryRunner,
  type TransactionCommitEvent,
} from 'typeorm';
import type { Tx } from '../../platform/index.js';
import { DeliveryEngine } from './delivery-engine.js';

/**
 * Tells this process's delivery engine as soon as a transaction has committed that queued deliveries, or changed where or
 * how those of a receiver are sent. Another process sees the one within a second, and the other before it sends what it
 * has held for a second.
 */
@Injectable()
export class WakeAfterCommit implements EntitySubscriberInterface {
  private readonly marked = new WeakSet<QueryRunner>();
  private readonly changed = new WeakMap<QueryRunner, string[]>();

  constructor(
    dataSource: DataSource,
    private readonly engine: DeliveryEngine,
  ) {
    dataSource.subscribers.push(this);
  }

  /** Remembers that the transaction queues deliveries. */
  mark(tx: Tx): void {
    this.marked.add(tx.queryRunner!);
  }

  /** Remembers that the transaction changes a receiver. */
  markChanged(tx: Tx, receiverId: string): void {
    const runner = tx.queryRunner!;
    this.changed.set(runner, [...(this.changed.get(runner) ?? []), receiverId]);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // A savepoint's release is told as a commit too.
    if (queryRunner.isTransactionActive) return;
    for (const receiverId of this.changed.get(queryRunner) ?? []) this.engine.forget(receiverId);
    this.changed.delete(queryRunner);
    if (this.marked.delete(queryRunner)) void this.engine.wake();
  }
}
