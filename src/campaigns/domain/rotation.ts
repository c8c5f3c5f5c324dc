/** Kinds of devices that a rotation can tell apart. */
export const DEVICES = ['mobile', 'tablet', 'desktop'] as const;
export type Device = (typeof DEVICES)[number];

/** One of the landings that take turns under a promo's link. */
export interface RotationTarget {
  landingId: string;
  /** Its share of the visitors whom it fits, beside the weights of the others that fit them. */
  weight: number;
  /** ISO 3166-1 alpha-2; null for any. */
  countries: string[] | null;
  /** Null for any. */
  devices: Device[] | null;
}

/** A landing to take turns, as it is asked for: without conditions where they are left out. */
export type RotationWish = Pick<RotationTarget, 'landingId' | 'weight'> &
  Partial<Pick<RotationTarget, 'countries' | 'devices'>>;

/** The landings as they are kept. */
export function rotationOf(wishes: readonly RotationWish[]): RotationTarget[] {
  return wishes.map(({ landingId, weight, countries, devices }) => ({
    landingId,
    weight,
    countries: countries ?? null,
    devices: devices ?? null,
  }));
}
