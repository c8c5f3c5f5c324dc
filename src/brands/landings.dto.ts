import { IsBoolean, IsIn, IsInt, IsOptional, IsUUID, Matches, Max, Min } from 'class-validator';
import { IsLabel, MayBeAbsent, PageQuery } from '../platform/index.js';
import { IsHttpUrl } from './http-url.validator.js';
import { AUDIENCES, type Audience, type Landing } from './landing.entity.js';
import { MEDIA_KINDS, type MediaKind, type Medium } from './media.entity.js';

/** A new landing. */
export class CreateLandingDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsUUID()
  brandId: string;

  /** @example "Welcome bonus" */
  @IsLabel(200)
  title: string;

  /**
   * Where visitors are sent; the visit id is added to its query.
   * @example "https://lucky-fox.example/welcome"
   */
  @IsHttpUrl()
  url: string;

  /** @example "players" */
  @IsIn(AUDIENCES)
  audience: Audience;
}

/** What may be changed of a landing; absent fields stay. */
export class UpdateLandingDto {
  /** @example "Welcome bonus" */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /**
   * Links that lead to the landing follow at once.
   * @example "https://lucky-fox.example/hello"
   */
  @MayBeAbsent()
  @IsHttpUrl()
  url?: string;

  /**
   * An inactive landing takes no new promos; those that have it keep it.
   * @example false
   */
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}

/** Filters of landing lists. */
export class LandingsQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsUUID()
  brandId?: string;

  /** @example "players" */
  @IsOptional()
  @IsIn(AUDIENCES)
  audience?: Audience;
}

/** A landing. */
export class LandingResponse {
  /** @example "01900000-0000-7000-8000-000000000201" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Welcome bonus" */
  title: string;
  /** @example "https://lucky-fox.example/welcome" */
  url: string;
  /** @example "players" */
  audience: 'players' | 'sub_affiliates';
  /** @example true */
  active: boolean;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of landings. */
export class LandingPage {
  items: LandingResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A new medium. */
export class CreateMediumDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsUUID()
  brandId: string;

  /** @example "Fox 300×250" */
  @IsLabel(200)
  title: string;

  /** @example "image" */
  @IsIn(MEDIA_KINDS)
  kind: MediaKind;

  /** @example "https://cdn.lucky-fox.example/fox-300x250.png" */
  @IsHttpUrl()
  url: string;

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

  /**
   * BCP 47 tag.
   * @example "en"
   */
  @IsOptional()
  @Matches(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, {
    message: 'language must be a BCP 47 tag such as en or pt-BR',
  })
  language?: string | null;
}

/** Filters of media lists. */
export class MediaQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsUUID()
  brandId?: string;
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
  /** @example "https://cdn.lucky-fox.example/fox-300x250.png" */
  url: string;
  /** @example 300 */
  width: number | null;
  /** @example 250 */
  height: number | null;
  /** @example "en" */
  language: string | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of media. */
export class MediaPage {
  items: MediumResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The landing as the API answers it. */
export function toLandingResponse(landing: Landing): LandingResponse {
  return { ...landing, createdAt: landing.createdAt.toISOString() };
}

/** The medium as the API answers it. */
export function toMediumResponse(medium: Medium): MediumResponse {
  return { ...medium, createdAt: medium.createdAt.toISOString() };
}
