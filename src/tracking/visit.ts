import type { LocationTemplate } from './domain/redirect-target.js';
import type { TrackedQuery } from './domain/tracked-query.js';

/** What a click on a promo's link needs to know. */
export interface ClickTarget {
  readonly location: LocationTemplate;
  /** Whose the visit is, as the database reads it (`ownerFields`). */
  readonly owner: string;
}

/** One click on a promo's link. */
export interface Visit {
  readonly id: string;
  readonly target: ClickTarget;
  readonly visitedAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly referer: string | null;
  readonly query: TrackedQuery;
}
