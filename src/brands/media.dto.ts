import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import {
  IMAGE_FORMATS,
  type ImageFormat,
  IsHttpUrl,
  IsId,
  IsLabel,
  IsLanguage,
  MayBeAbsent,
  PageQuery,
} from '../platform/index.js';
import { TAG } from './domain/media-terms.js';
import { type Orientation, orientationOf, ORIENTATIONS } from './domain/orientation.js';
import {
  addressOf,
  MEDIA_KINDS,
  type MediaKind,
  type Medium,
  PRIVACIES,
  type Privacy,
} from './media.entity.js';

/** The field is a list of tags. */
function AreTags(): PropertyDecorator {
  return applyDecorators(
    Matches(TAG, { each: true, message: 'each of tags must be words without commas' }),
    MaxLength(50, { each: true }),
    ArrayMaxSize(30),
    IsArray(),
  );
}

/** The field is a list of ids. */
function AreIds(): PropertyDecorator {
  return applyDecorators(IsId({ each: true }), ArrayMaxSize(1_000), IsArray());
}

/** A field of a form holds one text: the items of a list stand in it with commas between them. */
function OfCommas(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
  );
}

/** What operators say of any medium. */
class MediumTermsDto {
  /**
   * BCP 47 tag.
   * @example "en"
   */
  @IsOptional()
  @IsLanguage()
  language?: string | null;

  /**
   * A private medium is for the partners named in `partnerIds` only.
   * @example "private"
   */
  @MayBeAbsent()
  @IsIn(PRIVACIES)
  privacy?: Privacy;
}

/** The same, with its lists. */
class MediumListsDto extends MediumTermsDto {
  /**
   * Kept in lower case; without commas.
   * @example ["autumn", "slots"]
   */
  @MayBeAbsent()
  @AreTags()
  tags?: string[];

  /**
   * Whom a private medium is for.
   * @example ["01900000-0000-7000-8000-000000000601"]
   */
  @MayBeAbsent()
  @AreIds()
  partnerIds?: string[];
}

/** A new medium that is not uploaded: something at an address, or a text link. */
export class CreateMediumDto extends MediumListsDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsId()
  brandId: string;

  /** @example "Fox 300×250" */
  @IsLabel(200)
  title: string;

  /** @example "image" */
  @IsIn(MEDIA_KINDS)
  kind: MediaKind;

  /**
   * Where it lies; not for a text link.
   * @example "https://cdn.lucky-fox.example/fox-300x250.png"
   */
  @MayBeAbsent()
  @IsHttpUrl()
  url?: string;

  /**
   * What visitors read of a text link; for no other kind.
   * @example "100 free spins at Lucky Fox"
   */
  @MayBeAbsent()
  @IsLabel(500)
  text?: string;

  /**
   * Of an image.
   * @example "png"
   */
  @IsOptional()
  @IsIn(IMAGE_FORMATS)
  format?: ImageFormat | null;

  /**
   * Pixels.
   * @example 300
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20_000)
  width?: number | null;

  /**
   * Pixels.
   * @example 250
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20_000)
  height?: number | null;
}

/** What comes with an image's file. */
export class UploadMediumFields extends MediumTermsDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsId()
  brandId: string;

  /**
   * The file's name when absent.
   * @example "Fox 300×250"
   */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /** Comma-separated. */
  @ApiProperty({ type: 'string', example: 'autumn,slots' })
  @MayBeAbsent()
  @OfCommas()
  @AreTags()
  tags?: string[];

  /** Comma-separated: whom a private medium is for. */
  @ApiProperty({ type: 'string', example: '01900000-0000-7000-8000-000000000601' })
  @MayBeAbsent()
  @OfCommas()
  @AreIds()
  partnerIds?: string[];
}

export class UploadMediumDto extends UploadMediumFields {
  /** A .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

/** What may be changed of a medium; absent fields stay. */
export class UpdateMediumDto extends MediumListsDto {
  /** @example "Fox, autumn" */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /**
   * An inactive medium takes no new promos; those that have it keep it.
   * @example false
   */
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}

/** Filters of media lists. */
export class MediaQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsId()
  brandId?: string;

  /**
   * Part of the title, in any case.
   * @example "fox"
   */
  @IsOptional()
  @IsLabel(200)
  title?: string;

  /** @example "image" */
  @IsOptional()
  @IsIn(MEDIA_KINDS)
  kind?: MediaKind;

  /** @example "en" */
  @IsOptional()
  @IsLanguage()
  language?: string;

  /** @example "png" */
  @IsOptional()
  @IsIn(IMAGE_FORMATS)
  format?: ImageFormat;

  /** @example "private" */
  @IsOptional()
  @IsIn(PRIVACIES)
  privacy?: Privacy;

  /**
   * Width and height in pixels.
   * @example "300x250"
   */
  @IsOptional()
  @Matches(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, { message: 'resolution must be width and height such as 300x250' })
  resolution?: string;

  /** @example "autumn" */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  tag?: string;

  /** @example "landscape" */
  @IsOptional()
  @IsIn(ORIENTATIONS)
  orientation?: Orientation;
}

export class OperatorMediaQuery extends MediaQuery {
  /** @example "active" */
  @IsOptional()
  @IsIn(['active', 'inactive'])
  state?: 'active' | 'inactive';
}

/** A medium. */
export class MediumResponse {
  /** @example "01900000-0000-7000-8000-000000000301" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Fox 300×250" */
  title: string;
  /** @example "image" */
  kind: 'image' | 'html' | 'video' | 'text';
  /**
   * Where it lies; null for a text link.
   * @example "https://partners.example/m/01900000-0000-7000-8000-000000000301.png"
   */
  url: string | null;
  /**
   * What visitors read of a text link; null for the others.
   * @example "100 free spins at Lucky Fox"
   */
  text: string | null;
  /** @example "png" */
  format: 'png' | 'jpg' | 'gif' | 'webp' | null;
  /**
   * Of an uploaded image.
   * @example 48213
   */
  sizeBytes: number | null;
  /** @example 300 */
  width: number | null;
  /** @example 250 */
  height: number | null;
  /** @example "300x250" */
  resolution: string | null;
  /** @example "landscape" */
  orientation: 'landscape' | 'portrait' | 'square' | null;
  /** @example "en" */
  language: string | null;
  /** @example ["autumn", "slots"] */
  tags: string[];
  /** @example "public" */
  privacy: 'public' | 'private';
  /** @example true */
  active: boolean;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of media. */
export class MediaPage {
  items: MediumResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A medium as operators see it. */
export class OperatorMediumResponse extends MediumResponse {
  /**
   * Whom a private medium is for.
   * @example ["01900000-0000-7000-8000-000000000601"]
   */
  partnerIds: string[];
}

/** A page of media as operators see them. */
export class OperatorMediaPage {
  items: OperatorMediumResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/**
 * The medium as the API answers it.
 * @param publicUrl origin of uploaded media, without a slash at its end
 */
export function toMediumResponse(medium: Medium, publicUrl: string): MediumResponse {
  const { width, height } = medium;
  return {
    ...medium,
    url: addressOf(medium, publicUrl),
    resolution: width === null || height === null ? null : `${width}x${height}`,
    orientation: orientationOf(width, height),
    createdAt: medium.createdAt.toISOString(),
  };
}
