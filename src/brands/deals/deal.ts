import type { DealKind, StoredSize } from './domain/deal-size.js';

export const DEAL_STATES = ['upcoming', 'running', 'ended', 'removed'] as const;
export type DealState = (typeof DEAL_STATES)[number];

/** A promo of a brand that partners see on their dashboards. */
export interface Deal {
  id: string;
  brandId: string;
  brandName: string;
  title: string;
  link: string;
  /** Whether the link leads to the brand's own hosts still; partners are shown no other. */
  linkAllowed: boolean;
  code: string | null;
  kind: DealKind;
  size: StoredSize;
  state: DealState;
  startsAt: Date;
  endsAt: Date | null;
  createdAt: Date;
  removedAt: Date | null;
  removalReason: string | null;
}
