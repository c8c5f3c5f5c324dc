import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { QR_FORMATS, type QrFormat } from './promo-qr.js';

/** How a QR code is to be drawn. */
export class PromoQrQuery {
  /** @example "svg" */
  // A property with a default would pass for a required one.
  @ApiPropertyOptional({ enum: QR_FORMATS, default: 'svg' })
  @IsOptional()
  @IsIn(QR_FORMATS)
  format: QrFormat = 'svg';

  /**
   * Width and height in pixels.
   * @example 512
   */
  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(128)
  @Max(1_024)
  size: number = 512;
}
