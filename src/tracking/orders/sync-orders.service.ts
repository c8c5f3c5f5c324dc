import { Injectable } from '@nestjs/common';
import { Clock, Ids, Outbox, type Tx } from '../../platform/index.js';
import { Attribution, type Owner } from '../attribution.service.js';
import { BatchLog, type FactChange } from '../batch-log.js';
import { condense, settleRepeats } from '../domain/repetitions.js';
import { batchReport, type BatchReport, type ItemStatus } from '../domain/batch-report.js';
import { roundsByKey } from '../domain/batch-rounds.js';
import type { Refusal } from '../domain/item-fault.js';
import { nobodyFault } from '../domain/mention.js';
import { orderChange } from '../domain/order-status.js';
import { parseOrders, type ReportedOrder } from '../domain/parse-orders.js';
import { type OrderAction, ORDERS_REPORTED, type OrdersReported } from '../tracking.events.js';
import { type ActedOrder, createdAction, decidedActions } from './order-actions.js';
import { changesOf } from './order-changes.js';
import { type KnownOrder, lockOrders } from './order-rows.js';

interface Entry {
  readonly index: number;
  readonly item: ReportedOrder;
}

/** Whose orders a batch brings. */
export interface OrdersBrand {
  readonly brandId: string;
  readonly brandCurrency: string;
}

/** What a batch has brought so far. */
interface Progress {
  readonly statuses: Map<number, Exclude<ItemStatus, 'rejected'>>;
  readonly refusals: Refusal[];
  readonly changes: FactChange[];
  readonly actions: OrderAction[];
  /** Those that are new, or were corrected. */
  readonly orderIds: string[];
}

/** Takes in batches of orders (T07, rules §2.3, §6.3): first touch decides whose an order is, for good. */
@Injectable()
export class SyncOrders {
  constructor(
    private readonly attribution: Attribution,
    private readonly log: BatchLog,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the batch of the brand; items are judged one by one, written together.
   * @param lines of the items, where they came in a file
   */
  async record(
    tx: Tx,
    brand: OrdersBrand,
    rawItems: readonly unknown[],
    lines?: readonly number[],
  ): Promise<BatchReport> {
    const { items, refusals } = parseOrders(rawItems, brand.brandCurrency);
    const { entries, repeats, refusals: excess } = condense(items, 'order_id', ({ orderId }) => orderId);
    const progress: Progress = {
      statuses: new Map(),
      refusals: [...refusals, ...excess],
      changes: [],
      actions: [],
      orderIds: [],
    };
    for (const round of roundsByKey(entries, ({ item }) => item.orderId)) {
      await this.recordRound(tx, brand, round, progress);
    }
    settleRepeats(repeats, progress);
    const report = batchReport(progress.statuses, progress.refusals);
    await this.log.write(tx, {
      id: this.ids.next(),
      brandId: brand.brandId,
      kind: 'orders',
      report,
      items: rawItems,
      lines,
      refusals: progress.refusals,
      changes: progress.changes,
      actions: progress.actions,
    });
    if (progress.orderIds.length > 0) {
      const event: OrdersReported = { orderIds: progress.orderIds };
      await this.outbox.publish(tx, ORDERS_REPORTED, event);
    }
    return report;
  }

  private async recordRound(
    tx: Tx,
    brand: OrdersBrand,
    round: readonly Entry[],
    progress: Progress,
  ): Promise<void> {
    const known = byExternalId(await lockOrders(tx, brand.brandId, externalIds(round)));
    const newcomers = round.filter(({ item }) => !known.has(item.orderId));
    const raced = await this.create(tx, brand, newcomers, progress);
    for (const order of await lockOrders(tx, brand.brandId, externalIds(raced))) {
      known.set(order.externalId, order);
    }
    await this.change(tx, round, known, progress);
  }

  /** Creates orders that are new; gives back those that another batch has created meanwhile. */
  private async create(
    tx: Tx,
    { brandId, brandCurrency }: OrdersBrand,
    entries: readonly Entry[],
    progress: Progress,
  ): Promise<Entry[]> {
    if (entries.length === 0) return [];
    const mentions = entries.map(({ item }) => item);
    const ownerOf = await this.attribution.ownersOf(tx, brandId, mentions);
    const rows = entries.flatMap((entry) => {
      const owner = ownerOf(entry.item);
      if (owner)
        return [{ entry, order: newOrder(this.ids.next(), entry.item, owner, brandCurrency), owner }];
      progress.refusals.push({ index: entry.index, ...nobodyFault(entry.item, 'promo_code') });
      return [];
    });
    if (rows.length === 0) return [];
    const now = this.clock.now();
    const inserted = await tx.query<{ id: string }[]>(INSERT_ORDERS, [
      brandId,
      now,
      JSON.stringify(rows.map(({ order, entry, owner }) => toRow(order, entry.item, owner))),
    ]);
    const fresh = new Set(inserted.map(({ id }) => id));
    for (const { entry, order } of rows) {
      if (!fresh.has(order.id)) continue;
      progress.statuses.set(entry.index, 'accepted');
      progress.orderIds.push(order.id);
      progress.changes.push(...changesOf(null, { ...order, ...entry.item }));
      progress.actions.push(createdAction(order, entry.item.orderedAt));
      progress.actions.push(...decidedActions(order, entry.item.status, now));
    }
    return rows.filter(({ order }) => !fresh.has(order.id)).map(({ entry }) => entry);
  }

  /** Applies what the items say to orders that are there. */
  private async change(
    tx: Tx,
    entries: readonly Entry[],
    known: ReadonlyMap<string, KnownOrder>,
    { statuses, refusals, changes, actions, orderIds }: Progress,
  ): Promise<void> {
    const now = this.clock.now();
    const changed: object[] = [];
    for (const { index, item } of entries) {
      const order = known.get(item.orderId);
      if (!order) continue;
      const change = orderChange(order.status, item.status, differs(order, item));
      if (change === 'refuse') {
        const message = `status: the order '${item.orderId}' is ${order.status} already, for good`;
        refusals.push({ index, code: 'ORDER_ALREADY_DECIDED', message });
        continue;
      }
      statuses.set(index, change === 'none' ? 'duplicate' : 'corrected');
      if (change === 'none') continue;
      changed.push(changeRow(order, item));
      orderIds.push(order.id);
      changes.push(...changesOf(order, { ...order, status: item.status, orderedAt: item.orderedAt }));
      if (change === 'decide') actions.push(...decidedActions(corrected(order, item), item.status, now));
    }
    if (changed.length > 0) await tx.query(UPDATE_ORDERS, [JSON.stringify(changed), now]);
  }
}

const INSERT_ORDERS = `
  INSERT INTO orders (id, brand_id, external_id, partner_id, campaign_id, promo_id, visit_id, promo_code_id,
                      amount_minor, currency, ordered_at, country, query, status, decided_at, created_at)
  SELECT id, $1, external_id, partner_id, campaign_id, promo_id, visit_id, promo_code_id, amount_minor, currency,
         ordered_at, country, query, status, CASE WHEN status <> 'pending' THEN $2::timestamptz END, $2
    FROM json_to_recordset($3) AS item (id uuid, external_id text, partner_id uuid, campaign_id uuid, promo_id uuid,
         visit_id uuid, promo_code_id uuid, amount_minor bigint, currency text, ordered_at timestamptz, country text,
         query jsonb, status text)
   ORDER BY external_id
  ON CONFLICT (brand_id, external_id) DO NOTHING RETURNING id`;

const UPDATE_ORDERS = `
  UPDATE orders o
     SET status = item.status, amount_minor = item.amount_minor, ordered_at = item.ordered_at, country = item.country,
         decided_at = CASE WHEN item.status <> 'pending' THEN coalesce(o.decided_at, $2) END
    FROM json_to_recordset($1) AS item (id uuid, status text, amount_minor bigint, ordered_at timestamptz, country text)
   WHERE o.id = item.id`;

function externalIds(entries: readonly Entry[]): string[] {
  return entries.map(({ item }) => item.orderId);
}

function byExternalId(orders: readonly KnownOrder[]): Map<string, KnownOrder> {
  return new Map(orders.map((order) => [order.externalId, order]));
}

function newOrder(id: string, item: ReportedOrder, owner: Owner, currency: string): ActedOrder {
  return {
    id,
    externalId: item.orderId,
    partnerId: owner.partnerId,
    campaignId: owner.campaignId,
    promoId: owner.promoId,
    visitId: owner.visitId,
    promoCode: owner.promoCode,
    amountMinor: item.amountMinor.toString(),
    currency,
    country: item.country ?? owner.country,
    query: owner.query,
  };
}

function toRow(order: ActedOrder, item: ReportedOrder, { promoCodeId }: Owner): object {
  return {
    id: order.id,
    external_id: order.externalId,
    partner_id: order.partnerId,
    campaign_id: order.campaignId,
    promo_id: order.promoId,
    visit_id: order.visitId,
    promo_code_id: promoCodeId,
    amount_minor: order.amountMinor,
    currency: order.currency,
    ordered_at: item.orderedAt,
    country: order.country,
    query: order.query,
    status: item.status,
  };
}

/** Whether the report has other values; a country that it does not tell is none. */
function differs(order: KnownOrder, item: ReportedOrder): boolean {
  return (
    order.amountMinor !== item.amountMinor.toString() ||
    order.orderedAt.getTime() !== item.orderedAt.getTime() ||
    (item.country !== null && item.country !== order.country)
  );
}

function corrected(order: KnownOrder, item: ReportedOrder): KnownOrder {
  return { ...order, amountMinor: item.amountMinor.toString(), country: item.country ?? order.country };
}

function changeRow(order: KnownOrder, item: ReportedOrder): object {
  const { id, amountMinor, country } = corrected(order, item);
  return { id, status: item.status, amount_minor: amountMinor, ordered_at: item.orderedAt, country };
}
