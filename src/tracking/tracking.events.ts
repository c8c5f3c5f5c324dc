/** Players signed up or deposited, or orders were made or decided: one event per sync batch with all its new actions. */
export const FACTS_RECORDED = 'tracking.facts_recorded';

/** Players were reported for the first time or otherwise than before: one event per sync batch. */
export const PLAYERS_REPORTED = 'tracking.players_reported';

export interface PlayersReported {
  readonly playerIds: readonly string[];
}

/** Orders were reported for the first time, or corrected: one event per sync batch. */
export const ORDERS_REPORTED = 'tracking.orders_reported';

export interface OrdersReported {
  readonly orderIds: readonly string[];
}

/** Items of a sync batch were refused. */
export const SYNC_BATCH_REFUSED = 'tracking.sync_batch_refused';

export interface SyncBatchRefused {
  readonly brandId: string;
  readonly batchId: string;
  readonly kind: 'players' | 'activity' | 'orders';
  readonly accepted: number;
  readonly duplicate: number;
  readonly corrected: number;
  /** At least one. */
  readonly rejected: number;
}

/** Something new that a player did. */
export interface PlayerAction {
  /** Stable: the same action of the same player or deposit always has this id. */
  readonly eventId: string;
  readonly action: 'registration' | 'first_deposit' | 'deposit';
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly playerId: string;
  readonly playerExternalId: string;
  readonly visitId: string | null;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly amountMinor: string | null;
  readonly currency: string | null;
  readonly country: string | null;
  /** The query that the player's visit carried. */
  readonly query: Readonly<Record<string, string>>;
}

/** An order that was made, or decided. */
export interface OrderAction extends Omit<PlayerAction, 'action' | 'playerId' | 'playerExternalId'> {
  /** Stable: the same action of the same order always has this id. */
  readonly eventId: string;
  readonly action: 'order_created' | 'order_approved' | 'order_declined';
  readonly playerId: null;
  /** The brand's id of the order. */
  readonly orderExternalId: string;
  /** The code that brought the order; null when a visit did. */
  readonly promoCode: string | null;
  readonly amountMinor: string;
  readonly currency: string;
}

export interface FactsRecorded {
  readonly brandId: string;
  readonly actions: readonly (PlayerAction | OrderAction)[];
}
