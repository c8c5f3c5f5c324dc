import type { PostbackAction } from './postback.entity.js';

/** An action of a player as tracking and billing report it. */
export interface ReportedAction {
  /** The same whenever the action is reported again. */
  readonly eventId: string;
  readonly action: PostbackAction;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly playerId: string;
  readonly visitId: string | null;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly amountMinor: string | number | null;
  readonly currency: string | null;
  readonly country: string | null;
  /** Query parameters of the visit. */
  readonly query: Readonly<Record<string, string>> | null;
}

/** Payload of the events that postbacks listen to. */
export interface ReportedActions {
  readonly brandId: string;
  readonly actions: readonly ReportedAction[];
}
