import { Injectable } from '@nestjs/common';
import { v5 as uuidV5 } from 'uuid';
import { Clock, Outbox, type Tx } from '../platform/index.js';
import type { BatchReport } from './domain/batch-report.js';
import { aboutOf, type About } from './domain/about.js';
import type { Refusal } from './domain/item-fault.js';
import type { Interval } from './domain/parse-interval.js';
import {
  FACTS_RECORDED,
  type FactsRecorded,
  SYNC_BATCH_REFUSED,
  type SyncBatchRefused,
} from './tracking.events.js';

/** Namespace of the stable ids of actions. */
const ACTION_NAMESPACE = 'b0a4b1c4-5d7e-5f0a-9a53-6a5b1a0c7f3d';
/**
 * Billing periods begin at local midnights, which all fall on UTC quarters of an hour: a change kept under the
 * beginning of its quarter stays in its period, whatever the plan's zone.
 */
const BUCKET_MS = 15 * 60 * 1_000;

/** A fact that came or changed: whose it is, and when it happened. */
export interface FactChange {
  readonly campaignId: string;
  readonly partnerId: string;
  readonly occurredAt: Date;
}

/** A sync batch that has been worked through. */
export interface WorkedBatch {
  readonly id: string;
  readonly brandId: string;
  readonly kind: 'players' | 'activity' | 'orders';
  /** The time that activity is reported for. */
  readonly interval?: Interval;
  readonly report: BatchReport;
  readonly refusals: readonly Refusal[];
  /** The items as they came. */
  readonly items: readonly unknown[];
  /** Of the items by their places, where they came in a file. */
  readonly lines?: readonly number[];
  readonly changes: readonly FactChange[];
  readonly actions: FactsRecorded['actions'];
}

/** Stable id of an action (`uuid v5` of its name and subject). */
export function actionId(action: FactsRecorded['actions'][number]['action'], subject: string): string {
  return uuidV5(`${action}:${subject}`, ACTION_NAMESPACE);
}

/** Keeps what a batch brought, with the batch's transaction: for billing, for the brand, and for the rooms to the right. */
@Injectable()
export class BatchLog {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Writes the changes, the batch with its refusals, one event with the new actions, and one if some were refused. */
  async write(tx: Tx, batch: WorkedBatch): Promise<void> {
    const { report } = batch;
    await tx.query(
      `WITH changed AS (${INSERT_CHANGES})
       INSERT INTO sync_batches (id, brand_id, kind, received_at, accepted, duplicate, corrected, rejected, refusals,
                                 interval_from, interval_to)
       VALUES ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...columnsOf(batch.changes),
        batch.id,
        batch.brandId,
        batch.kind,
        this.clock.now(),
        report.accepted,
        report.duplicate,
        report.corrected,
        report.rejected,
        JSON.stringify(keptRefusals(batch)),
        batch.interval?.from ?? null,
        batch.interval?.to ?? null,
      ],
    );
    if (batch.actions.length > 0) {
      const event: FactsRecorded = { brandId: batch.brandId, actions: batch.actions };
      await this.outbox.publish(tx, FACTS_RECORDED, event);
    }
    if (report.rejected > 0) await this.outbox.publish(tx, SYNC_BATCH_REFUSED, refusedOf(batch));
  }
}

function refusedOf({ brandId, id: batchId, kind, report }: WorkedBatch): SyncBatchRefused {
  const { accepted, duplicate, corrected, rejected } = report;
  return { brandId, batchId, kind, accepted, duplicate, corrected, rejected };
}

/**
 * Refusals with what they are about, for those who ask why nothing came of it, and with lines: who is to mend a file
 * looks for these, not for places in batches that we have cut.
 */
function keptRefusals({ refusals, items, lines }: WorkedBatch): (Refusal & About & { line?: number })[] {
  return refusals.map((refusal) => ({
    ...refusal,
    ...aboutOf(items[refusal.index]),
    ...(lines && { line: lines[refusal.index]! }),
  }));
}

const INSERT_CHANGES = `
  INSERT INTO fact_changes (campaign_id, partner_id, occurred_at)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])`;

/** Tells billing of facts that changed otherwise than by a batch. */
export async function markChanges(tx: Tx, changes: readonly FactChange[]): Promise<void> {
  await tx.query(INSERT_CHANGES, columnsOf(changes));
}

function columnsOf(changes: readonly FactChange[]): [string[], string[], Date[]] {
  const rows = distinct(changes);
  return [
    rows.map(({ campaignId }) => campaignId),
    rows.map(({ partnerId }) => partnerId),
    rows.map(({ occurredAt }) => occurredAt),
  ];
}

/** One change per campaign and quarter of an hour says as much as a thousand. */
function distinct(changes: readonly FactChange[]): FactChange[] {
  const byKey = new Map<string, FactChange>();
  for (const { campaignId, partnerId, occurredAt } of changes) {
    const bucket = Math.floor(occurredAt.getTime() / BUCKET_MS) * BUCKET_MS;
    const key = `${campaignId} ${bucket}`;
    if (!byKey.has(key)) byKey.set(key, { campaignId, partnerId, occurredAt: new Date(bucket) });
  }
  return [...byKey.values()];
}
