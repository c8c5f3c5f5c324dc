import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { IsLabel, MoneyDto } from '../platform/index.js';

export class CreatePackageDto {
  /** @example "Gold" */
  @IsLabel(100)
  name: string;

  /** Zero or more. */
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price: MoneyDto;
}

/** A package that partners apply for. */
export class PackageDto {
  id: string;
  name: string;
  price: MoneyDto;
  /** Whether sign-ups that name no package take this one. */
  isDefault: boolean;
}

export class PackageList {
  items: PackageDto[];
}
