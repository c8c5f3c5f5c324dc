import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { FromDigits } from '../platform/index.js';
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
  @FromDigits()
  @IsInt()
  @Min(128)
  @Max(1_024)
  size: number = 512;
}
