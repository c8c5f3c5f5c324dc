import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';
import {
  CappedStrategyDto,
  CpaStrategyDto,
  CplStrategyDto,
  SaleStrategyDto,
} from './counted-strategies.dto.js';
import {
  DEEPEST_LEVEL,
  REVSHARE_BASES,
  type RevshareBase,
  STRATEGY_TYPES,
  TIER_MODES,
  type TierMode,
} from './domain/strategy.js';

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
export class RevshareStrategyDto extends CappedStrategyDto {
  /** @example "revshare" */
  @ApiProperty({ enum: ['revshare'] })
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

/** What partners of one level pay to the one who brought them. */
export class LevelRateDto {
  /**
   * 1 for partners whom the inviter brought, 2 for those whom these brought, and so on.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(DEEPEST_LEVEL)
  level: number;

  /**
   * Share of their commission, in hundredths of a per cent.
   * @example 1000
   */
  @IsInt()
  @Min(1)
  @Max(10_000)
  rateBps: number;
}

/** A share of the commission of partners whom the inviter brought, by level. */
export class SubAffiliateStrategyDto extends CappedStrategyDto {
  /** @example "sub_affiliate" */
  @ApiProperty({ enum: ['sub_affiliate'] })
  @Equals('sub_affiliate')
  type: 'sub_affiliate';

  /** In ascending order; levels that are left out pay nothing. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(DEEPEST_LEVEL)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => LevelRateDto)
  levels: LevelRateDto[];

  /**
   * Whether it is paid only for periods in which the inviter earned commission of its own; not so unless given.
   * @example true
   */
  @MayBeAbsent()
  @IsBoolean()
  onlyWhenInviterEarned?: boolean;
}

/** A strategy of unknown type: it only serves to say so. */
class UnknownStrategyDto {
  @IsIn(STRATEGY_TYPES)
  type: string;
}

/** A strategy as the API takes and shows it. */
export type StrategyDto =
  CplStrategyDto | CpaStrategyDto | SaleStrategyDto | RevshareStrategyDto | SubAffiliateStrategyDto;

/** The classes that check and document strategies, by type. */
export const STRATEGY_CLASSES: Record<StrategyDto['type'], new () => StrategyDto> = {
  cpl: CplStrategyDto,
  cpa: CpaStrategyDto,
  sale: SaleStrategyDto,
  revshare: RevshareStrategyDto,
  sub_affiliate: SubAffiliateStrategyDto,
};

/** The class to check a strategy by. */
export function strategyClassOf(type: unknown): new () => object {
  const known = STRATEGY_TYPES.find((name) => name === type);
  return known === undefined ? UnknownStrategyDto : STRATEGY_CLASSES[known];
}
