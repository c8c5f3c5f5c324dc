import { ApiProperty } from '@nestjs/swagger';

export class UploadAdFileDto {
  /** A .png, .jpg, .jpeg, .gif, .webp, .mp4 or .webm file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

/** An image or a video for ads. */
export class AdFileDto {
  id: string;
  /** @example "autumn.png" */
  fileName: string;
  /** @example "image/png" */
  mediaType: string;
  /** @example 48213 */
  sizeBytes: number;
  /**
   * Pixels; null for a video.
   * @example 300
   */
  width: number | null;
  /**
   * Pixels; null for a video.
   * @example 250
   */
  height: number | null;
  createdAt: Date;
}

export class AdFilePage {
  items: AdFileDto[];
  nextCursor: string | null;
}
