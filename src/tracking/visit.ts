import type { TargetConditions } from './domain/choose-target.js';
import type { LocationTemplate } from './domain/redirect-target.js';
import type { TrackedQuery } from './domain/tracked-query.js';

/** What a click on a promo's link needs to know. */
export interface ClickTarget {
  /** The promo's landing. */
  readonly location: LocationTemplate;
  /** Landings that take turns; null for a link that has only its own. */
  readonly rotation: readonly (TargetConditions & { readonly location: LocationTemplate })[] | null;
  /** Where a click may ask to be sent; null when it may not. */
  readonly deepLinks: { readonly hosts: readonly string[]; readonly tagParameter: string } | null;
  /** The image that its banner shows, and the promo that its impressions are counted for; null when it has none. */
  readonly banner: { readonly promoId: string; readonly path: string } | null;
  /** Whose the visit is, as the database reads it (`ownerFields`). */
  readonly owner: string;
}

/** Who clicked, as far as a request shows. */
export interface Visitor {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly referer: string | null;
  /** ISO 3166-1 alpha-2; null when not known. */
  readonly country: string | null;
  readonly bot: boolean;
  readonly datacenter: boolean;
}

/** One click on a promo's link. */
export interface Visit {
  readonly id: string;
  readonly target: ClickTarget;
  readonly visitedAt: Date;
  readonly visitor: Visitor;
  readonly query: TrackedQuery;
}
