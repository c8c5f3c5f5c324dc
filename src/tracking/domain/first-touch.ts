/** What may have brought a new player or order; null is what there is not. */
export interface Touches<Owner> {
  /** Whose tracking link led to the visit that the tag names. */
  readonly visit: Owner | null;
  /** Whose promo code was given. */
  readonly promoCode: Owner | null;
}

/**
 * Whose a new player or order is (rules §2.4, §6.3): the first touch decides, for good; whoever is known already is not
 * asked about again. A visit comes before the code, which is given only at the sign-up or order that the visit led to.
 * Null when nobody brought it.
 */
export function firstTouch<Owner>({ visit, promoCode }: Touches<Owner>): Owner | null {
  return visit ?? promoCode;
}
