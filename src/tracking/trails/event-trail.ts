import type { OrderStatus } from '../domain/order-status.js';
import type { FactsRecorded } from '../tracking.events.js';

/** What a trail begins with. */
export type TrailKind = 'visit' | 'player' | 'order';

/** Which trail, and whose; null for anybody's. */
export interface TrailOf {
  readonly kind: TrailKind;
  readonly id: string;
  readonly partnerId: string | null;
}

/** An action that was told, under the id that it was told with. */
export interface TrailEvent {
  readonly eventId: string;
  readonly action: FactsRecorded['actions'][number]['action'];
  /** The player or order, by our id. */
  readonly subjectId: string;
  readonly occurredAt: Date;
  /** When its report came, or the brand decided it; null for early deposits, of which that was not kept. */
  readonly recordedAt: Date | null;
  /** Whether it was taken over from another program, which tells nobody. */
  readonly imported: boolean;
}

export interface TrailVisit {
  readonly id: string;
  readonly visitedAt: Date;
  readonly bot: boolean;
  readonly datacenter: boolean;
  readonly duplicate: boolean;
}

export interface TrailPlayer {
  readonly id: string;
  readonly externalId: string;
}

export interface TrailOrder {
  readonly id: string;
  readonly externalId: string;
  readonly status: OrderStatus;
}

/** An item of a sync batch that was refused, and not put right since. */
export interface RefusedReport {
  readonly kind: 'players' | 'activity' | 'orders';
  readonly receivedAt: Date;
  readonly code: string;
  readonly message: string;
}

/** Everything that came of a visit, or of what brought a player or an order. */
export interface EventTrail {
  readonly kind: TrailKind;
  readonly id: string;
  readonly partnerId: string;
  readonly brandId: string;
  readonly campaignId: string;
  readonly promoId: string;
  /** When it began: the time of the visit, of the sign-up or of the order. */
  readonly since: Date;
  /** Null where it was not brought by a link, and where the visit is no longer kept. */
  readonly visit: TrailVisit | null;
  /** What brought the player or order: `import` stands for another program. There was no link then but for `link`. */
  readonly broughtBy: 'link' | 'promo_code' | 'import';
  /** The parameters that the link was called with. */
  readonly query: Readonly<Record<string, string>>;
  readonly players: readonly TrailPlayer[];
  readonly orders: readonly TrailOrder[];
  /** Latest first; of deposits the latest only. */
  readonly events: readonly TrailEvent[];
  /** Reports about it that were refused and not put right, the latest first. */
  readonly refused: readonly RefusedReport[];
  /** When the brand's last batch of each kind came; absent where none did of late. */
  readonly lastReports: ReadonlyMap<RefusedReport['kind'], Date>;
}
