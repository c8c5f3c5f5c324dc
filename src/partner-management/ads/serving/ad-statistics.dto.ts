import { MayBeAbsent } from '../../../platform/index.js';
import { Matches, IsISO8601 } from 'class-validator';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MESSAGE = { message: '$property must be a day such as 2026-10-31' };

export class AdStatisticsQuery {
  /**
   * Only from this UTC day on.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @Matches(DAY, DAY_MESSAGE)
  @IsISO8601({ strict: true }, DAY_MESSAGE)
  from?: string;

  /**
   * Only through this UTC day.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @Matches(DAY, DAY_MESSAGE)
  @IsISO8601({ strict: true }, DAY_MESSAGE)
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
