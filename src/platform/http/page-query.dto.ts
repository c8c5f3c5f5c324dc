import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { FromDigits } from './from-digits.js';

/** Query parameters of every list. */
export class PageQuery {
  /**
   * How many items a page holds at most.
   * @example 50
   */
  // A property with a default would pass for a required one.
  @ApiPropertyOptional()
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** The `nextCursor` of the page before; absent for the first page. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}
