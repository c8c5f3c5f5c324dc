import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../time/clock.js';
import { Ids } from '../time/ids.js';
import { UnitOfWork, type Tx } from '../database/unit-of-work.js';
import { Jobs } from './jobs.js';

/** Something that happened in one room, told to the rooms right of it. */
export interface OutboxEvent<T = unknown> {
  id: string;
  type: string;
  /** RFC 3339. */
  occurredAt: string;
  payload: T;
}

type EventHandler<T> = (tx: Tx, event: OutboxEvent<T>) => Promise<void>;

/**
 * The road for events from left to right. Publishing writes one job per consumer with the transaction; each
 * consumer's effect commits together with the mark `(consumer, eventId)`, so it happens once.
 */
@Injectable()
export class Outbox {
  private readonly consumersByType = new Map<string, string[]>();

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Publishes an event with the transaction. Bulk work publishes one event that carries a list. */
  async publish(tx: Tx, type: string, payload: object): Promise<string> {
    const event: OutboxEvent = {
      id: this.ids.next(),
      type,
      occurredAt: this.clock.now().toISOString(),
      payload,
    };
    for (const consumer of this.consumersByType.get(type) ?? []) {
      await this.jobs.send(tx, queueOf(consumer), event);
    }
    return event.id;
  }

  /** Registers a consumer of one event type; call it in `onModuleInit`, whatever the process's role. */
  consume<T>(consumer: string, type: string, handler: EventHandler<T>): void {
    this.consumersByType.set(type, [...(this.consumersByType.get(type) ?? []), consumer]);
    this.jobs.handle<OutboxEvent<T>>(queueOf(consumer), (event) => this.deliver(consumer, event, handler), {
      concurrency: 2,
    });
  }

  /** Which of the ids stand in events that the consumer has not worked through, as `db` sees them. */
  async idsInWaiting(db: EntityManager, consumer: string, ids: readonly string[]): Promise<string[]> {
    return ids.length === 0 ? [] : this.jobs.idsInWaiting(db, queueOf(consumer), ids);
  }

  private async deliver<T>(consumer: string, event: OutboxEvent<T>, handler: EventHandler<T>): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const marked = await tx.query<unknown[]>(
        `INSERT INTO consumed_events (consumer, event_id, consumed_at) VALUES ($1, $2, now())
         ON CONFLICT DO NOTHING RETURNING event_id`,
        [consumer, event.id],
      );
      if (marked.length > 0) await handler(tx, event);
    });
  }
}

function queueOf(consumer: string): string {
  return `event.${consumer}`;
}
