import { IsDay, MayBeAbsent } from '../../../platform/index.js';

export class AdStatisticsQuery {
  /**
   * Only from this UTC day on.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Only through this UTC day.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;
}

class AdCountsDto {
  /**
   * How often shown to people.
   * @example 1200
   */
  renders: number;
  /**
   * How often followed by people.
   * @example 34
   */
  clicks: number;
}

export class AdDayDto extends AdCountsDto {
  /** @example "2026-10-31" */
  day: string;
  adId: string;
}

export class AdStatisticsDto {
  items: AdDayDto[];
  totals: AdCountsDto;
}
