import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { IsLabel, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { WEBHOOK_STATES, type WebhookEndpoint, type WebhookState } from './webhook-endpoint.entity.js';

const MAX_URL_LENGTH = 2_048;

/** A new webhook. */
export class CreateWebhookDto {
  /**
   * Where events are sent to by POST: https, on the public internet.
   * @example "https://hooks.example.com/tributary"
   */
  @IsString()
  @Length(1, MAX_URL_LENGTH)
  url: string;

  /** @example "Accounting" */
  @IsOptional()
  @IsLabel(200)
  description?: string | null;

  /**
   * Types of events to hear of; absent or null for all, those that are yet to come too.
   * @example ["bill.approved", "cashout.accepted"]
   */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  eventTypes?: string[] | null;
}

/** What may be changed of a webhook; absent fields stay. */
export class UpdateWebhookDto {
  /**
   * What waits is sent there too.
   * @example "https://hooks.example.com/tributary/2"
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, MAX_URL_LENGTH)
  url?: string;

  /** @example "Accounting" */
  @IsOptional()
  @IsLabel(200)
  description?: string | null;

  /**
   * Null for all types.
   * @example ["bill.approved"]
   */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  eventTypes?: string[] | null;
}

/** How a secret is replaced. */
export class RotateSecretDto {
  /**
   * For so many hours both secrets sign; 0 ends the old one at once, when somebody else has got it.
   * @example 24
   */
  // A property with a default would pass for a required one.
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(72)
  overlapHours: number = 24;
}

/** Filters of the list of webhooks. */
export class WebhooksQuery extends PageQuery {
  /** @example "disabled" */
  @MayBeAbsent()
  @IsIn(WEBHOOK_STATES)
  state?: WebhookState;
}

/** A webhook, without its secret. */
export class WebhookResponse {
  /** @example "01900000-0000-7000-8000-000000000c01" */
  id: string;
  /** @example "https://hooks.example.com/tributary" */
  url: string;
  /** @example "Accounting" */
  description: string | null;
  /**
   * Null when it hears of all.
   * @example ["bill.approved", "cashout.accepted"]
   */
  eventTypes: string[] | null;
  /**
   * Until when the secret before the last rotation signs too; null when it no longer does.
   * @example null
   */
  previousSecretUntil: string | null;
  /** @example "active" */
  state: 'active' | 'disabled';
  /**
   * Why it is disabled: by its owner, by an operator, because the server answered 410, or because it kept failing.
   * @example null
   */
  disabledReason: 'owner' | 'operator' | 'gone' | 'failing' | null;
  /**
   * What the operator said who disabled it.
   * @example null
   */
  disabledComment: string | null;
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

/** A webhook with the secret that was just made, which is never shown again. */
export class WebhookWithSecretResponse extends WebhookResponse {
  /**
   * Verifies the signatures, by any library for Standard Webhooks. Null when it was replaced, or the webhook deleted,
   * before this answer was given: to a request that is repeated later.
   * @example "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
   */
  secret: string | null;
}

/** Attempts of a time. */
export class WebhookWindow {
  /** @example 120 */
  attempts: number;
  /** @example 118 */
  delivered: number;
  /**
   * Delivered among the attempts; null without attempts.
   * @example 0.9833
   */
  successRate: number | null;
}

/** How long calls of the last 24 hours took, in milliseconds. */
export class WebhookDurations {
  /** @example 84 */
  p50: number | null;
  /** @example 310 */
  p95: number | null;
}

/** The last attempt that was not taken. */
export class WebhookFailure {
  /** @example "2026-10-01T10:00:00.000Z" */
  at: string;
  /**
   * HTTP status of the answer; null when there was none.
   * @example 503
   */
  responseCode: number | null;
  /**
   * Why there was no answer.
   * @example null
   */
  error: string | null;
}

/** How well a webhook does; test-fires do not count. */
export class WebhookHealth {
  last24Hours: WebhookWindow;
  last7Days: WebhookWindow;
  durationMs: WebhookDurations;
  /** @example "2026-10-01T10:00:00.000Z" */
  lastSuccessAt: string | null;
  lastFailure: WebhookFailure | null;
  /**
   * Events that wait to be sent, for the first time or again.
   * @example 0
   */
  waiting: number;
  /** @example null */
  nextAttemptAt: string | null;
}

/** A webhook with how well it does. */
export class WebhookDetailResponse extends WebhookResponse {
  health: WebhookHealth;
}

/** A page of webhooks. */
export class WebhookPage {
  items: WebhookResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The webhook as the API answers it. */
export function toWebhookResponse(endpoint: WebhookEndpoint): WebhookResponse {
  const { id, url, description, eventTypes, state, disabledReason, disabledComment, failures } = endpoint;
  return {
    id,
    url,
    description,
    eventTypes,
    previousSecretUntil: endpoint.previousSecretUntil?.toISOString() ?? null,
    state,
    disabledReason,
    disabledComment,
    disabledAt: endpoint.disabledAt?.toISOString() ?? null,
    failures,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}
