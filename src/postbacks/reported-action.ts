import type { QualificationAction } from '../billing/index.js';
import type { OrderAction, PlayerAction } from '../tracking/index.js';

/** An action of a player, or on an order, as tracking or billing reports it. */
export type ReportedAction = PlayerAction | OrderAction | QualificationAction;

/** Payload of the events that postbacks listen to. */
export interface ReportedActions {
  readonly brandId: string;
  readonly actions: readonly ReportedAction[];
}
