import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { PARTNER_KINDS, type PartnerKind } from '../../partner-management/index.js';
import {
  IsCountry,
  IsId,
  IsLabel,
  IsLanguage,
  IsText,
  IsTime,
  MayBeAbsent,
  PageQuery,
} from '../../platform/index.js';
import { NEWS_STATES, type NewsState } from '../domain/news-state.js';

/** Whom news is for. An empty list leaves nobody out; several lists must all fit. */
class NewsAudienceDto {
  /**
   * Only for partners of these kinds.
   * @example ["creator"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @IsIn(PARTNER_KINDS, { each: true })
  partnerKinds?: PartnerKind[];

  /** Only for partners with one of these packages. */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(200)
  @IsId({ each: true })
  packageIds?: string[];

  /** Only for partners who have a campaign of one of these brands. */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(200)
  @IsId({ each: true })
  brandIds?: string[];

  /**
   * Only for partners in these countries, ISO 3166-1 alpha-2.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(250)
  @IsCountry({ each: true })
  countries?: string[];

  /**
   * BCP 47 tag of the language that it is in, for readers who ask for theirs.
   * @example "en"
   */
  @IsOptional()
  @IsLanguage()
  language?: string | null;

  /**
   * What lists show of it.
   * @example "New brand with 30 % for the first three months."
   */
  @IsOptional()
  @IsText(500)
  summary?: string | null;
}

/** News, which stays a draft until it is published. */
export class CreateNewsDto extends NewsAudienceDto {
  /** @example "Lucky Fox joins the program" */
  @IsLabel(200)
  title: string;

  /**
   * Markdown (CommonMark). HTML in it is shown as text.
   * @example "From today on you may promote **Lucky Fox**."
   */
  @IsText(50_000)
  body: string;
}

export class UpdateNewsDto extends NewsAudienceDto {
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /** Markdown. */
  @MayBeAbsent()
  @IsText(50_000)
  body?: string;
}

export class PublishNewsDto {
  /**
   * When partners see it; at once unless given.
   * @example "2026-12-01T08:00:00Z"
   */
  @MayBeAbsent()
  @IsTime()
  publishAt?: string;
}

export class OperatorNewsQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(NEWS_STATES)
  state?: NewsState;
}

export class NewsQuery extends PageQuery {
  /**
   * Only what is in this language or in no particular one.
   * @example "en"
   */
  @MayBeAbsent()
  @IsLanguage()
  language?: string;
}

export class NewsImageFields {
  /**
   * What stands for the image where it cannot be seen; the file's name unless given.
   * @example "A fox with a coin"
   */
  @MayBeAbsent()
  @IsLabel(200)
  alt?: string;
}

export class UploadNewsImageDto extends NewsImageFields {
  /** A .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

/** An image that belongs to news. */
export class NewsImageDto {
  id: string;
  alt: string;
  /** @example "image/png" */
  mediaType: string;
  sizeBytes: number;
  /**
   * Path of the content, for those who may see the news.
   * @example "/api/v1/partner/news/01920000-0000-7000-8000-000000000001/images/01920000-0000-7000-8000-000000000002"
   */
  path: string;
}

/** News as the list shows it. */
export class NewsHeadlineDto {
  id: string;
  title: string;
  summary: string | null;
  publishAt: Date;
  /** @example "en" */
  language: string | null;
  /** Whether you have read it. */
  read: boolean;
  images: NewsImageDto[];
}

export class NewsPage {
  /** Newest first. */
  items: NewsHeadlineDto[];
  nextCursor: string | null;
  /** How many of all that you may see, on this page or not, you have not read. */
  unreadCount: number;
}

/** Whole news. */
export class NewsDto extends NewsHeadlineDto {
  /** As it was written: Markdown. */
  body: string;
  /** The same as HTML in which nothing is executed. */
  bodyHtml: string;
}

/** News as operators see it. */
export class OperatorNewsDto {
  id: string;
  @ApiProperty({ enum: NEWS_STATES })
  state: NewsState;
  title: string;
  summary: string | null;
  /** Markdown. */
  body: string;
  /** The same as partners see it: HTML in which nothing is executed. */
  bodyHtml: string;
  /** Of a published one: partners see it from then on. */
  publishAt: Date | null;
  partnerKinds: string[];
  packageIds: string[];
  brandIds: string[];
  countries: string[];
  language: string | null;
  images: NewsImageDto[];
  createdAt: Date;
  updatedAt: Date;
}

export class OperatorNewsPage {
  items: OperatorNewsDto[];
  nextCursor: string | null;
}
