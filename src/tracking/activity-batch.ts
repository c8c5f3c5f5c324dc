import type { FactChange } from './batch-log.js';
import type { ItemStatus } from './domain/batch-report.js';
import type { Refusal } from './domain/item-fault.js';
import type { ReportedActivity } from './domain/parse-activity.js';
import type { PlayerAction } from './tracking.events.js';

/** A batch of activity on its way into the books. */
export interface ActivityBatch {
  readonly id: string;
  readonly brandId: string;
  readonly brandCurrency: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** A player as a batch needs it. */
export interface BatchPlayer {
  readonly id: string;
  readonly externalId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
}

/** An item and its place in the batch. */
export interface PlacedItem {
  readonly index: number;
  readonly item: ReportedActivity;
}

/** An item whose player is known. */
export interface ActivityEntry extends PlacedItem {
  readonly player: BatchPlayer;
}

/** What a batch has brought so far. */
export interface Progress {
  readonly statuses: Map<number, Exclude<ItemStatus, 'rejected'>>;
  readonly refusals: Refusal[];
  readonly changes: FactChange[];
  readonly actions: PlayerAction[];
}

/** A change of the player's facts at that instant. */
export function changeOf({ campaignId, partnerId }: BatchPlayer, occurredAt: Date): FactChange {
  return { campaignId, partnerId, occurredAt };
}
