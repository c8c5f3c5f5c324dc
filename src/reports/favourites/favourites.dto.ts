import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject } from 'class-validator';
import { IsDay, IsLabel, MayBeAbsent } from '../../platform/index.js';
import { RELATIVE_PERIODS, type RelativePeriod } from '../domain/report-period.js';
import { REPORT_PARAMETERS } from '../saved-parameters.schema.js';
import type { Favourite } from './favourites.service.js';

/** The period of a favourite: a relative one, resolved when the report is run, or the same days every time. */
class FavouritePeriodDto {
  /**
   * Days that depend on when the report is run, by the calendar of the report's zone. Periods that end today include it.
   * @example "last_month"
   */
  @ApiPropertyOptional({ enum: RELATIVE_PERIODS })
  @MayBeAbsent()
  @IsIn(RELATIVE_PERIODS)
  period?: RelativePeriod;

  /**
   * First day of a fixed period.
   * @example "2026-03-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Last day of a fixed period, included.
   * @example "2026-03-22"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;
}

export class SaveFavouriteDto extends FavouritePeriodDto {
  /** @example "NGR by campaign" */
  @IsLabel(200)
  name: string;

  @ApiProperty(REPORT_PARAMETERS)
  @IsObject()
  parameters: Record<string, unknown>;
}

/** What to change; the rest stays as it is. */
export class ChangeFavouriteDto extends FavouritePeriodDto {
  /** @example "NGR by campaign" */
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  @ApiPropertyOptional(REPORT_PARAMETERS)
  @MayBeAbsent()
  @IsObject()
  parameters?: Record<string, unknown>;
}

/** A saved report. */
export class FavouriteDto {
  id: string;
  name: string;
  /**
   * Null where the period is fixed.
   * @example "last_month"
   */
  period: string | null;
  /** First day of a fixed period. */
  from: string | null;
  /** Last day of a fixed period. */
  to: string | null;

  @ApiProperty(REPORT_PARAMETERS)
  parameters: Record<string, string | string[] | undefined>;
  createdAt: Date;
  updatedAt: Date;
}

export class FavouritePage {
  items: FavouriteDto[];
  nextCursor: string | null;
}

/** A favourite as the API shows it. */
export function toFavouriteDto({ relativePeriod, ...favourite }: Favourite): FavouriteDto {
  return { ...favourite, period: relativePeriod };
}
