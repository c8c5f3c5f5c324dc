import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsLabel, MayBeAbsent, MoneyDto } from '../../platform/index.js';
import { OperatorRequestDto } from '../requests/requests.dto.js';

/** As many as one package may have, so that no sum of them leaves the whole numbers. */
const MOST_IMPRESSIONS = 1_000_000_000;

export class CreateAdPackageDto {
  /** @example "100,000 impressions" */
  @IsLabel(100)
  name: string;

  /** @example 100000 */
  @IsInt()
  @Min(1)
  @Max(MOST_IMPRESSIONS)
  impressions: number;

  /** Zero or more. */
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price: MoneyDto;
}

/** What may be changed of an advertising package; what was asked for before keeps its impressions and price. */
export class ChangeAdPackageDto {
  /** @example "100,000 impressions" */
  @MayBeAbsent()
  @IsLabel(100)
  name?: string;

  /** @example 100000 */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MOST_IMPRESSIONS)
  impressions?: number;

  /** Zero or more. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price?: MoneyDto;

  /** Whether partners may ask for it. */
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}

/** Impressions to be bought. */
export class AdPackageDto {
  id: string;
  name: string;
  /** @example 100000 */
  impressions: number;
  price: MoneyDto;
}

export class AdPackageList {
  items: AdPackageDto[];
  nextCursor: string | null;
}

/** An advertising package as operators see it. */
export class OperatorAdPackageDto extends AdPackageDto {
  /** Whether partners may ask for it. */
  active: boolean;
  createdAt: Date;
}

export class OperatorAdPackageList {
  items: OperatorAdPackageDto[];
  nextCursor: string | null;
}

export class AskForAdPackageDto {
  /** What the operator should know. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;
}

/** What a request for an advertising package is about. */
export class AdPackagePreview {
  adPackageId: string;
  packageName: string;
  /** Impressions that the approval credits: those of the package when it was asked for. */
  impressions: number;
}

/** A request for an advertising package as operators see it. */
export class AdPackageRequestDto extends OperatorRequestDto {
  preview: AdPackagePreview | null;
}

export class AdPackageRequestPage {
  items: AdPackageRequestDto[];
  nextCursor: string | null;
}
