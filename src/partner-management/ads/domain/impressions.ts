/** A partner's impressions: credited = available + reserved + served, none below zero (rule 9.3). */
export interface ImpressionCounts {
  /** Bought in all. */
  credited: number;
  /** Not in any campaign. */
  available: number;
  /** Held by launched campaigns. */
  reserved: number;
  /** Shown to people. */
  served: number;
}

/** What each kind of movement does to the counts, per impression; every number is the sum of its movements. */
export const MOVEMENT_EFFECTS = {
  credit: { credited: 1, available: 1, reserved: 0, served: 0 },
  reserve: { credited: 0, available: -1, reserved: 1, served: 0 },
  serve: { credited: 0, available: 0, reserved: -1, served: 1 },
  release: { credited: 0, available: 1, reserved: -1, served: 0 },
} as const satisfies Record<string, ImpressionCounts>;

export type MovementKind = keyof typeof MOVEMENT_EFFECTS;

/** Every kind's name. */
export const MOVEMENT_KINDS = Object.keys(MOVEMENT_EFFECTS) as MovementKind[];

/** What a movement of so many impressions adds to each count. */
export function effectOf(kind: MovementKind, amount: number): ImpressionCounts {
  const { credited, available, reserved, served } = MOVEMENT_EFFECTS[kind];
  return {
    credited: credited * amount,
    available: available * amount,
    reserved: reserved * amount,
    served: served * amount,
  };
}
