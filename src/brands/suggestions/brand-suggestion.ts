export const SUGGESTION_STATES = ['pending', 'accepted', 'declined'] as const;
export type SuggestionState = (typeof SUGGESTION_STATES)[number];

/** A brand that a partner would like to work with. */
export interface BrandSuggestion {
  id: string;
  partnerId: string;
  partnerName: string;
  name: string;
  website: string;
  country: string | null;
  comment: string | null;
  state: SuggestionState;
  brandId: string | null;
  reason: string | null;
  suggestedAt: Date;
  decidedAt: Date | null;
  alsoSuggestedBy: number;
  /** Whom decisions are mailed to. */
  email: string | null;
}
