import type { RequestKind } from './request-life.js';

/** What packages limit: how many of it a partner may have at once, or make in a calendar month. */
export const LIMITS = ['campaigns', 'channels', 'teamMembers', 'broadcastsPerMonth'] as const;
export type Limit = (typeof LIMITS)[number];

/** What packages include or not. */
export const FEATURES = ['advertising', 'broadcastsBeyondFollowers'] as const;
export type Feature = (typeof FEATURES)[number];

/** How many at most by limit; null is unlimited. In an add-on: how many more, and null lifts the limit. */
export type Limits = Readonly<Record<Limit, number | null>>;
export type Features = Readonly<Record<Feature, boolean>>;

/** What a package allows, an add-on adds, or a partner has. */
export interface Entitled {
  readonly limits: Limits;
  readonly features: Features;
}

/** Entitlements as they are kept: what is not named is what the kind of offering says. */
export interface StoredEntitled {
  readonly limits: Partial<Limits>;
  readonly features: Partial<Features>;
}

/** What partners take: a package, and add-ons to it. */
export type OfferingKind = 'package' | 'add_on';

/** What holds of anything that an offering does not name. A package allows it, an add-on adds nothing. */
const NOT_NAMED: Readonly<Record<OfferingKind, { limit: number | null; feature: boolean }>> = {
  package: { limit: null, feature: true },
  add_on: { limit: 0, feature: false },
};

/** Requests that only partners with a feature may make. */
const FEATURE_OF_REQUEST: Readonly<Partial<Record<RequestKind, Feature>>> = {
  broadcast: 'broadcastsBeyondFollowers',
  ad_package: 'advertising',
  ad: 'advertising',
};

/** The feature that a request of the kind takes; null for those that every partner may make. */
export function featureOfRequest(kind: RequestKind): Feature | null {
  return FEATURE_OF_REQUEST[kind] ?? null;
}

/** Entitlements with every limit and feature named. */
export function entitled(kind: OfferingKind, { limits, features }: StoredEntitled): Entitled {
  const { limit, feature } = NOT_NAMED[kind];
  const named = <K extends string, V>(names: readonly K[], given: Partial<Record<K, V>>, otherwise: V) =>
    Object.fromEntries(names.map((name) => [name, Object.hasOwn(given, name) ? given[name] : otherwise]));
  return {
    limits: named<Limit, number | null>(LIMITS, limits, limit) as Limits,
    features: named<Feature, boolean>(FEATURES, features, feature) as Features,
  };
}

/** What a package with add-ons allows: limits add up, and one without a limit lifts it; a feature comes with any. */
export function together(base: Entitled, addOns: readonly Entitled[]): Entitled {
  return addOns.reduce<Entitled>(
    (sum, more) => ({
      limits: Object.fromEntries(
        LIMITS.map((limit) => [limit, added(sum.limits[limit], more.limits[limit])]),
      ) as Limits,
      features: Object.fromEntries(
        FEATURES.map((feature) => [feature, sum.features[feature] || more.features[feature]]),
      ) as Features,
    }),
    base,
  );
}

/** Whether there is room for one more; who has more than a smaller package allows keeps it, and gets no more. */
export function hasRoom(most: number | null, used: number): boolean {
  return most === null || used < most;
}

function added(some: number | null, more: number | null): number | null {
  return some === null || more === null ? null : some + more;
}
