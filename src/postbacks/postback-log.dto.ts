import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { FromDigits, IsId, TimeRangeQuery } from '../platform/index.js';
import { POSTBACK_ACTIONS, type PostbackAction } from './postback.entity.js';

/** Filters of the postback log (A10); its times are those of sending. */
export class PostbackLogQuery extends TimeRangeQuery {
  /**
   * Part of the URL that was sent, in any case.
   * @example "tracker.example.com"
   */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  url?: string;

  /** @example "deposit" */
  @IsOptional()
  @IsIn(POSTBACK_ACTIONS)
  action?: PostbackAction;

  /** @example 500 */
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(100)
  @Max(999)
  responseCode?: number;

  /**
   * Part of the campaign's name, in any case.
   * @example "autumn"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  campaignName?: string;

  /** @example "01900000-0000-7000-8000-000000000701" */
  @IsOptional()
  @IsId()
  campaignId?: string;

  /** @example "aB3dE6gH9j" */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  promoCode?: string;

  /** @example "01900000-0000-7000-8000-000000000801" */
  @IsOptional()
  @IsId()
  promoId?: string;

  /** @example "01900000-0000-7000-8000-000000000901" */
  @IsOptional()
  @IsId()
  postbackId?: string;

  /**
   * Attempts of one delivery, such as a test's or a resend's.
   * @example "01900000-0000-7000-8000-000000000951"
   */
  @IsOptional()
  @IsId()
  deliveryId?: string;
}

/** The campaign that an attempt was about. */
export class LoggedCampaign {
  /** @example "01900000-0000-7000-8000-000000000701" */
  id: string;
  /** @example "Autumn reviews" */
  name: string;
}

/** The promo that an attempt was about. */
export class LoggedPromo {
  /** @example "01900000-0000-7000-8000-000000000801" */
  id: string;
  /** @example "aB3dE6gH9j" */
  code: string;
}

/** One attempt to deliver a postback. */
export class PostbackLogEntry {
  /** @example "01900000-0000-7000-8000-000000000a01" */
  id: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  sentAt: string;
  /** @example "GET" */
  method: string;
  /**
   * As it was sent; of one that was too long to be sent, the beginning.
   * @example "https://tracker.example.com/postback?clickid=7&sum=12.50"
   */
  url: string;
  /** @example "first_deposit" */
  @ApiProperty({ enum: POSTBACK_ACTIONS })
  action: PostbackAction;
  /**
   * What it was: told by an event, sent again by hand, or a test with sample values.
   * @example "event"
   */
  kind: 'event' | 'resend' | 'test';
  /**
   * Which try of the delivery, from 1; 0 for one that was too long to be sent.
   * @example 1
   */
  attempt: number;
  /**
   * HTTP status of the answer; null when there was none.
   * @example 200
   */
  responseCode: number | null;
  /**
   * Why there was no answer, or why it was not sent: `url_over_8192_characters`, `body_over_16384_bytes`.
   * @example null
   */
  error: string | null;
  /**
   * Milliseconds.
   * @example 84
   */
  durationMs: number;
  /** @example "01900000-0000-7000-8000-000000000901" */
  postbackId: string;
  /** @example "01900000-0000-7000-8000-000000000951" */
  deliveryId: string;
  /** @example "5f0c6ee5-52a4-5b0f-8e55-7a0c2a9f5e10" */
  eventId: string;
  campaign: LoggedCampaign | null;
  promo: LoggedPromo | null;
}

/** A page of the log, newest first; while `nextCursor` is not null there may be more, also when it is short or empty. */
export class PostbackLogPage {
  items: PostbackLogEntry[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}
