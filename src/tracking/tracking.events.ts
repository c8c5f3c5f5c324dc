/** Players signed up or deposited: one event per sync batch with all its new actions. */
export const FACTS_RECORDED = 'tracking.facts_recorded';

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

export interface FactsRecorded {
  readonly brandId: string;
  readonly actions: readonly PlayerAction[];
}
