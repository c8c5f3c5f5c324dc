/** A publication was confirmed: told once, in the transaction that credits its reward. */
export const PUBLICATION_CONFIRMED = 'publication.confirmed';

export interface PublicationConfirmed {
  readonly publicationId: string;
  readonly partnerId: string;
  /** Digits; 0 where the offer pays for orders, or in goods. */
  readonly amountMinor: string;
  readonly currency: string;
  /** RFC 3339. */
  readonly at: string;
}

/** A confirmed publication proved false, and its reward was taken back: told once. */
export const PUBLICATION_REVERSED = 'publication.reversed';

export interface PublicationReversed {
  readonly publicationId: string;
  readonly partnerId: string;
  readonly at: string;
}
