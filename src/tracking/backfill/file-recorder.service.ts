import { Injectable } from '@nestjs/common';
import { Ids, type Tx, UnitOfWork } from '../../platform/index.js';
import type { BatchKind } from '../batches/sync-batches.service.js';
import { BatchLog } from '../batch-log.js';
import { batchReport, type BatchReport, type ItemReport } from '../domain/batch-report.js';
import { BatchWindow, type CutBatch } from '../domain/batch-window.js';
import type { FileItem } from '../domain/file-item.js';
import { fieldsOf, ItemFault } from '../domain/item-fault.js';
import { type Interval, parseInterval } from '../domain/parse-interval.js';
import { type OrdersBrand, SyncOrders } from '../orders/sync-orders.service.js';
import { SyncActivity } from '../sync-activity.service.js';
import { SyncPlayers } from '../sync-players.service.js';

/** What became of the items of a batch that was cut from a file; those listed by their line. */
export interface RecordedBatch extends Pick<
  BatchReport,
  'accepted' | 'duplicate' | 'corrected' | 'rejected'
> {
  readonly items: readonly (Omit<ItemReport, 'index'> & { readonly line: number })[];
}

/** What the items of a batch have in common. */
type Head = 'unreadable' | 'items' | Interval;

/**
 * Takes in files of any length, batch by batch, each in a transaction of its own, by the same services as batches that
 * brands' servers send: what is committed stays, and the same file again changes nothing (A07).
 */
@Injectable()
export class FileRecorder {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly players: SyncPlayers,
    private readonly activity: SyncActivity,
    private readonly orders: SyncOrders,
    private readonly log: BatchLog,
    private readonly ids: Ids,
  ) {}

  /**
   * Records the items of the brand; gives what became of them batch by batch, in no order across batches.
   * @param items as they are read, some at once
   * @param mode `check` takes every batch back as soon as it is judged: nothing is written
   */
  async *record(
    kind: BatchKind,
    brand: OrdersBrand,
    items: AsyncIterable<readonly FileItem[]>,
    mode: 'write' | 'check' = 'write',
  ): AsyncGenerator<RecordedBatch> {
    const window = new BatchWindow<Head>();
    for await (const some of items) {
      for (const one of some) {
        const { head, item } = kind === 'activity' ? withInterval(one) : { head: headOf(one), item: one };
        for (const batch of window.add(keyOf(head), head, item)) {
          yield await this.recordBatch(kind, brand, batch, mode);
        }
      }
    }
    for (const batch of window.rest()) yield await this.recordBatch(kind, brand, batch, mode);
  }

  private async recordBatch(
    kind: BatchKind,
    brand: OrdersBrand,
    { head, items }: CutBatch<Head>,
    mode: 'write' | 'check',
  ): Promise<RecordedBatch> {
    const raw = items.map((item) => ('fault' in item ? item.fault : item.item));
    const lines = items.map(({ line }) => line);
    if (typeof head === 'object' && mode === 'write') {
      await this.activity.makeRoom({ ...brand, ...head }, raw);
    }
    const write = (tx: Tx): Promise<BatchReport> => {
      if (head === 'unreadable') return this.refuse(tx, kind, brand, raw as ItemFault[], lines);
      if (typeof head === 'object') return this.activity.record(tx, { ...brand, ...head }, raw, lines);
      if (kind === 'players') return this.players.record(tx, brand.brandId, raw, lines);
      return this.orders.record(tx, brand, raw, lines);
    };
    const report = await (mode === 'write' ? this.unitOfWork.run(write) : this.check(write));
    return { ...report, items: report.items.map(({ index, ...item }) => ({ ...item, line: lines[index]! })) };
  }

  /** Refuses lines that no batch can hold, and shows them to the brand as a batch. */
  private async refuse(
    tx: Tx,
    kind: BatchKind,
    { brandId }: OrdersBrand,
    faults: readonly ItemFault[],
    lines: readonly number[],
  ): Promise<BatchReport> {
    const refusals = faults.map(({ code, message }, index) => ({ index, code, message }));
    const report = batchReport(new Map(), refusals);
    await this.log.write(tx, { id: this.ids.next(), brandId, kind, report, refusals, items: faults, lines, changes: [], actions: [] }); // prettier-ignore
    return report;
  }

  private async check(write: (tx: Tx) => Promise<BatchReport>): Promise<BatchReport> {
    try {
      return await this.unitOfWork.run(async (tx) => {
        throw new TakenBack(await write(tx));
      });
    } catch (error) {
      if (error instanceof TakenBack) return error.report;
      throw error;
    }
  }
}

/** Ends the transaction of a batch that was only to be judged. */
class TakenBack extends Error {
  constructor(readonly report: BatchReport) {
    super('The batch is taken back');
  }
}

function headOf(item: FileItem): Head {
  return 'fault' in item ? 'unreadable' : 'items';
}

/** An item of activity says itself which time it reports. */
function withInterval(item: FileItem): { head: Head; item: FileItem } {
  if ('fault' in item) return { head: 'unreadable', item };
  try {
    return { head: parseInterval(fieldsOf(item.item)), item };
  } catch (fault) {
    if (!(fault instanceof ItemFault)) throw fault;
    return { head: 'unreadable', item: { line: item.line, bytes: item.bytes, fault } };
  }
}

function keyOf(head: Head): string {
  return typeof head === 'string' ? head : `${head.from.getTime()} ${head.to.getTime()}`;
}
