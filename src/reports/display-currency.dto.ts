/** A rate that figures were converted by. */
export class UsedRateDto {
  /** @example "USD" */
  currency: string;
  /**
   * Units of the shown currency for one of this one.
   * @example "0.924898261191269"
   */
  rate: string;
  /**
   * Today, or the last day before it that has a rate.
   * @example "2026-10-31"
   */
  day: string;
}

/** How amounts came into the currency they are shown in. */
export class ConversionDto {
  /**
   * Of all converted amounts.
   * @example "EUR"
   */
  currency: string;
  rates: UsedRateDto[];
  /** Of currencies that have no rate: what holds amounts in them is not converted, and null. */
  missing: string[];
}
