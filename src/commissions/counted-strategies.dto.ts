import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsInt,
  IsObject,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCountry, MayBeAbsent } from '../platform/index.js';

const LARGEST_COUNT = 1_000_000;

/** What a player must have done; all given criteria must hold. Amounts are in the plan's currency. */
export class CpaCriteriaDto {
  /** @example "20.00" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  firstDepositAtLeast?: string;

  /** @example "50.00" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  depositsSumAtLeast?: string;

  /** @example 2 */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(LARGEST_COUNT)
  depositsCountAtLeast?: number;

  /** @example "100.00" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  wagerAtLeast?: string;

  /**
   * Only what happens in so many times 24 hours after sign-up counts.
   * @example 30
   */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(3_650)
  withinDays?: number;

  /**
   * ISO 3166-1 alpha-2; every country when absent.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[];
}

/** What every strategy may be bounded by. */
export class CappedStrategyDto {
  /**
   * What one partner is paid by this strategy in one period at most, in the plan's currency; without it there is no bound.
   * Lines above it are brought down in proportion.
   * @example "1000.00"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  capAmount?: string;
}

/** What strategies that pay for players or orders one by one may be bounded by. */
class CountCappedStrategyDto extends CappedStrategyDto {
  /**
   * How many players or orders one partner is paid for in one period at most: the earliest ones.
   * @example 100
   */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(LARGEST_COUNT)
  capCount?: number;
}

/** A fixed amount per registration, once per player; never for duplicate, self-excluded or disabled players. */
export class CplStrategyDto extends CountCappedStrategyDto {
  /** @example "cpl" */
  @ApiProperty({ enum: ['cpl'] })
  @Equals('cpl')
  type: 'cpl';

  /**
   * Per player, in the plan's currency.
   * @example "5.00"
   */
  @IsString()
  @MaxLength(40)
  amount: string;

  /**
   * ISO 3166-1 alpha-2; every country when absent. Of several such strategies the first that fits pays for a player.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[];
}

/** A fixed amount per qualified player, once. */
export class CpaStrategyDto extends CountCappedStrategyDto {
  /** @example "cpa" */
  @ApiProperty({ enum: ['cpa'] })
  @Equals('cpa')
  type: 'cpa';

  /**
   * Per player, in the plan's currency.
   * @example "100.00"
   */
  @IsString()
  @MaxLength(40)
  amount: string;

  /** Without criteria every player qualifies by signing up. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => CpaCriteriaDto)
  criteria?: CpaCriteriaDto;
}

/**
 * A fixed amount per approved order, or a share of it: give exactly one of `amount` and `rateBps`. An order counts in
 * the period in which it was placed, whenever it is approved.
 */
export class SaleStrategyDto extends CountCappedStrategyDto {
  /** @example "sale" */
  @ApiProperty({ enum: ['sale'] })
  @Equals('sale')
  type: 'sale';

  /**
   * Per order, in the plan's currency.
   * @example "10.00"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  amount?: string;

  /**
   * Share of the order's amount, in hundredths of a per cent.
   * @example 500
   */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(10_000)
  rateBps?: number;
}
