import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCountry, IsId } from '../platform/index.js';
import { type Device, DEVICES } from './domain/rotation.js';

/** A landing that takes turns with others under one link. */
export class RotationTargetDto {
  /**
   * A landing of the campaign's brand, for the same audience as the promo's own one.
   * @example "01900000-0000-7000-8000-000000000202"
   */
  @IsId()
  landingId: string;

  /**
   * Its share beside the weights of the others: of weights 3 and 1 the first gets three visitors of four.
   * @example 3
   */
  @IsInt()
  @Min(1)
  @Max(1_000)
  weight: number;

  /**
   * Only visitors of these countries (ISO 3166-1 alpha-2); any when absent or null.
   * @example ["DE", "AT"]
   */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[] | null;

  /**
   * Only visitors on these devices; any when absent or null.
   * @example ["mobile", "tablet"]
   */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(DEVICES, { each: true })
  devices?: Device[] | null;
}

/** A landing that takes turns, as the API answers it. */
export class RotationTargetResponse {
  /** @example "01900000-0000-7000-8000-000000000202" */
  landingId: string;
  /** @example 3 */
  weight: number;
  /** @example ["DE", "AT"] */
  countries: string[] | null;
  /** @example ["mobile", "tablet"] */
  devices: ('mobile' | 'tablet' | 'desktop')[] | null;
}

/** The field is a list of landings that take turns. */
export function IsRotation(): PropertyDecorator {
  return applyDecorators(
    Type(() => RotationTargetDto),
    ValidateNested({ each: true }),
    IsObject({ each: true }),
    ArrayMaxSize(20),
    IsArray(),
  );
}
