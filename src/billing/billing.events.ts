import { v5 as uuidV5 } from 'uuid';

/** Namespace of the stable ids of qualification events. */
const EVENT_NAMESPACE = '6f0d4bd2-9d0c-5d0e-9f1c-2f3a52c0d9a1';

/** Stable id of the event that a player is qualified on a plan. */
export function qualificationEventId(planId: string, playerId: string): string {
  return uuidV5(`qualification:${planId}:${playerId}`, EVENT_NAMESPACE);
}

/**
 * Players qualified: told once per plan and player, in the transaction of the bill that decides it (rule 3.4).
 * `Qualifications.actionsOf` finds who they are.
 */
export const PLAYERS_QUALIFIED = 'billing.players_qualified';

/** One player's qualification, in the shape of the actions that tracking reports. */
export interface QualificationAction {
  /** The same for the same plan and player, whatever is run again. */
  readonly eventId: string;
  readonly action: 'qualification';
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly playerId: string;
  readonly playerExternalId: string;
  readonly visitId: string | null;
  /** RFC 3339: the instant at which the last criterion was met. */
  readonly occurredAt: string;
  /** What the plan pays for the player, in minor units. */
  readonly amountMinor: string;
  readonly currency: string;
  readonly country: string | null;
  /** The query parameters of the player's visit. */
  readonly query: Record<string, string>;
}

export interface PlayersQualified {
  readonly brandId: string;
  readonly planId: string;
  readonly currency: string;
  readonly players: readonly {
    readonly playerId: string;
    /** RFC 3339: the instant at which the last criterion was met. */
    readonly at: string;
    /** What the plan pays for the player, in minor units. */
    readonly amountMinor: string;
  }[];
}
