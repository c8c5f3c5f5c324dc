import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsISO31661Alpha2,
  IsObject,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';
import { REVSHARE_BASES, type RevshareBase, TIER_MODES, type TierMode } from './domain/strategy.js';

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
  @IsISO31661Alpha2({ each: true })
  countries?: string[];
}

/** A fixed amount per qualified player, once. */
export class CpaStrategyDto {
  /** @example "cpa" */
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

/** From this base on the rate applies. */
export class RevshareTierDto {
  /**
   * Lower bound, inclusive, in the plan's currency; the first tier starts at 0.
   * @example "1000.00"
   */
  @IsString()
  @MaxLength(40)
  from: string;

  /**
   * Hundredths of a per cent.
   * @example 2500
   */
  @IsInt()
  @Min(0)
  @Max(10_000)
  rateBps: number;
}

/** A share of a base, by tiers. */
export class RevshareStrategyDto {
  /** @example "revshare" */
  @Equals('revshare')
  type: 'revshare';

  /**
   * What is shared.
   * @example "ngr"
   */
  @IsIn(REVSHARE_BASES)
  base: RevshareBase;

  /**
   * `flat`: the rate reached applies to everything; `marginal`: each rate to the part above its bound. `flat` unless given.
   * @example "flat"
   */
  @MayBeAbsent()
  @IsIn(TIER_MODES)
  tierMode?: TierMode;

  /** In ascending order. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RevshareTierDto)
  tiers: RevshareTierDto[];
}

/** A strategy of unknown type: it only serves to say so. */
class UnknownStrategyDto {
  @IsIn(['cpa', 'revshare'])
  type: string;
}

/** Strategy classes by their type. */
export const STRATEGY_DTOS = new Map<unknown, new () => CpaStrategyDto | RevshareStrategyDto>([
  ['cpa', CpaStrategyDto],
  ['revshare', RevshareStrategyDto],
]);

/** The class to check a strategy by. */
export function strategyClassOf(type: unknown): new () => object {
  return STRATEGY_DTOS.get(type) ?? UnknownStrategyDto;
}
