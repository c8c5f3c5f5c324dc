import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, Length } from 'class-validator';
import type { Actor } from '../identity/index.js';
import { IsId, MayBeAbsent, PageQuery } from '../platform/index.js';
import { MAX_BODY_BYTES } from './domain/length-limits.js';
import { maskHeaders } from './domain/request-headers.js';
import { MAX_TEMPLATE_LENGTH } from './domain/template.js';
import { seesHeaderValues } from './header-values.js';
import {
  type Postback,
  POSTBACK_ACTIONS,
  POSTBACK_METHODS,
  POSTBACK_SCOPES,
  POSTBACK_STATES,
  type PostbackAction,
  type PostbackMethod,
  type PostbackScope,
  type PostbackState,
} from './postback.entity.js';

/** A new postback. */
export class CreatePostbackDto {
  /**
   * Which actions it hears of: all, those of one campaign, or those of one promo.
   * @example "campaign"
   */
  @IsIn(POSTBACK_SCOPES)
  scope: PostbackScope;

  /**
   * For the scope campaign.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  @MayBeAbsent()
  @IsId()
  campaignId?: string;

  /**
   * For the scope promo.
   * @example "01900000-0000-7000-8000-000000000801"
   */
  @MayBeAbsent()
  @IsId()
  promoId?: string;

  /** @example "first_deposit" */
  @IsIn(POSTBACK_ACTIONS)
  action: PostbackAction;

  /**
   * Template of the URL: `${name}` as a query value is filled in; `GET /partner/postback-variables` lists the names.
   * Without a fragment, which is never sent. With its values it has at most 8,192 characters: what is longer is not sent.
   * @example "https://tracker.example.com/postback?clickid=${clickid}&sum=${amount}"
   */
  @IsString()
  @Length(1, MAX_TEMPLATE_LENGTH)
  url: string;

  /** @example "GET" */
  // A property with a default would pass for a required one.
  @ApiPropertyOptional({ enum: POSTBACK_METHODS })
  @MayBeAbsent()
  @IsIn(POSTBACK_METHODS)
  method: PostbackMethod = 'GET';

  /**
   * Request headers by name.
   * @example { "x-api-key": "k-123" }
   */
  @MayBeAbsent()
  @IsObject()
  headers: Record<string, string> = {};

  /**
   * Template of the body, for POST: JSON, a form, XML, or text by the header content-type. At most 16 KiB, as it stands
   * and with its values: what is longer then is not sent.
   * @example "{\"click\":\"${clickid}\"}"
   */
  @IsOptional()
  @IsString()
  @Length(1, MAX_BODY_BYTES)
  body?: string | null;
}

/** What may be changed of a postback; absent fields stay. */
export class UpdatePostbackDto {
  /** @example "deposit" */
  @MayBeAbsent()
  @IsIn(POSTBACK_ACTIONS)
  action?: PostbackAction;

  /** @example "https://tracker.example.com/postback?clickid=${clickid}" */
  @MayBeAbsent()
  @IsString()
  @Length(1, MAX_TEMPLATE_LENGTH)
  url?: string;

  /** @example "POST" */
  @MayBeAbsent()
  @IsIn(POSTBACK_METHODS)
  method?: PostbackMethod;

  /**
   * All of them, with their values: those that are not named are taken away.
   * @example { "x-api-key": "k-456" }
   */
  @MayBeAbsent()
  @IsObject()
  headers?: Record<string, string>;

  /**
   * Null takes the body away.
   * @example "click=${clickid}"
   */
  @IsOptional()
  @IsString()
  @Length(1, MAX_BODY_BYTES)
  body?: string | null;

  /**
   * Disabling cancels what waits; activating forgives past failures.
   * @example "active"
   */
  @MayBeAbsent()
  @IsIn(POSTBACK_STATES)
  state?: PostbackState;
}

/** Filters of the postback list. */
export class PostbacksQuery extends PageQuery {
  /** @example "account" */
  @IsOptional()
  @IsIn(POSTBACK_SCOPES)
  scope?: PostbackScope;

  /**
   * Those of the campaign and of its promos.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  @IsOptional()
  @IsId()
  campaignId?: string;

  /** @example "01900000-0000-7000-8000-000000000801" */
  @IsOptional()
  @IsId()
  promoId?: string;

  /** @example "deposit" */
  @IsOptional()
  @IsString()
  @IsIn(POSTBACK_ACTIONS)
  action?: PostbackAction;

  /** @example "disabled" */
  @IsOptional()
  @IsIn(POSTBACK_STATES)
  state?: PostbackState;
}

/** A postback. */
export class PostbackResponse {
  /** @example "01900000-0000-7000-8000-000000000901" */
  id: string;
  /** @example "campaign" */
  scope: 'account' | 'campaign' | 'promo';
  /** @example "01900000-0000-7000-8000-000000000701" */
  campaignId: string | null;
  /** @example null */
  promoId: string | null;
  /** @example "first_deposit" */
  @ApiProperty({ enum: POSTBACK_ACTIONS })
  action: PostbackAction;
  /** @example "https://tracker.example.com/postback?clickid=${clickid}&sum=${amount}" */
  url: string;
  /** @example "GET" */
  method: 'GET' | 'POST';
  /**
   * By name; each value is `****` for who may not change postbacks, and for an operator in the partner's place.
   * @example { "x-api-key": "k-123" }
   */
  headers: Record<string, string>;
  /** @example null */
  body: string | null;
  /** @example "active" */
  state: 'active' | 'disabled';
  /** Why it is disabled: by a partner's user, because the server answered 410, or because it kept failing. */
  disabledReason: 'partner' | 'gone' | 'failing' | null;
  /** @example null */
  disabledAt: string | null;
  /**
   * Failures in a row; 100 of them, or five days, disable it.
   * @example 0
   */
  failures: number;
  /** @example null */
  failingSince: string | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  updatedAt: string;
}

/** A page of postbacks. */
export class PostbackPage {
  items: PostbackResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A variable that every template may use. */
export class PostbackVariable {
  /** @example "amount" */
  name: string;
  /** @example "Decimal amount of the deposit." */
  meaning: string;
  /** @example "125.50" */
  example: string;
}

/** The built-in variables. Every other name is a custom parameter, filled from the tracking link's query. */
export class PostbackVariableList {
  items: PostbackVariable[];
  nextCursor: string | null;
}

/** A delivery that was queued by hand. */
export class QueuedDeliveryResponse {
  /** @example "01900000-0000-7000-8000-000000000951" */
  deliveryId: string;
  /** @example "01900000-0000-7000-8000-000000000901" */
  postbackId: string;
  /** @example "5f0c6ee5-52a4-5b0f-8e55-7a0c2a9f5e10" */
  eventId: string;
  /** @example "resend" */
  kind: 'resend' | 'test';
  /** @example "GET" */
  method: 'GET' | 'POST';
  /** @example "https://tracker.example.com/postback?clickid=7&sum=12.50" */
  url: string;
}

/** How a test-fire ended. */
export class TestResult {
  /** @example "2026-11-02T09:00:00.000Z" */
  sentAt: string;
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
}

/** A test-fire and how it ended. */
export class PostbackTestResponse extends QueuedDeliveryResponse {
  /** Null when it took longer than a few seconds: then the log shows it by `deliveryId`. */
  @ApiProperty({ type: TestResult, nullable: true })
  result: TestResult | null;
}

/** The postback as the API answers it to the actor; see `headers` for who is shown their values. */
export function toPostbackResponse(postback: Postback, actor: Actor): PostbackResponse {
  const { partnerId: _partnerId, warnedAt: _warnedAt, headers, ...shown } = postback;
  return {
    ...shown,
    headers: seesHeaderValues(actor) ? headers : maskHeaders(headers),
    disabledAt: shown.disabledAt?.toISOString() ?? null,
    failingSince: shown.failingSince?.toISOString() ?? null,
    createdAt: shown.createdAt.toISOString(),
    updatedAt: shown.updatedAt.toISOString(),
  };
}
