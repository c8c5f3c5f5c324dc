import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { FromDigits, IsDayOrTime, IsId, MayBeAbsent, TimeRangeQuery } from '../../platform/index.js';
import { TestResult } from '../postbacks.dto.js';

/** Filters of a webhook's attempts. */
export class WebhookAttemptsQuery extends TimeRangeQuery {
  /** @example "bill.approved" */
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  type?: string;

  /** @example "failed" */
  @MayBeAbsent()
  @IsIn(['delivered', 'failed'])
  outcome?: 'delivered' | 'failed';

  /** @example 503 */
  @MayBeAbsent()
  @FromDigits()
  @IsInt()
  @Min(100)
  @Max(999)
  responseCode?: number;

  /**
   * The `webhook-id` that was sent.
   * @example "01900000-0000-7000-8000-000000000b01"
   */
  @MayBeAbsent()
  @IsId()
  eventId?: string;
}

/** One attempt to tell a webhook of an event. */
export class WebhookAttempt {
  /** @example "01900000-0000-7000-8000-000000000a01" */
  id: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  sentAt: string;
  /**
   * The `webhook-id`: the same at every attempt, and at replays.
   * @example "01900000-0000-7000-8000-000000000b01"
   */
  eventId: string;
  /** @example "bill.approved" */
  type: string;
  /** What it was: told by an event, a replay, or a test with an example. */
  kind: 'event' | 'resend' | 'test';
  /**
   * Which try of the delivery, from 1.
   * @example 1
   */
  attempt: number;
  /**
   * HTTP status of the answer; null when there was none.
   * @example 204
   */
  responseCode: number | null;
  /**
   * Why there was no answer.
   * @example null
   */
  error: string | null;
  /**
   * Milliseconds.
   * @example 84
   */
  durationMs: number;
  /** @example "01900000-0000-7000-8000-000000000951" */
  deliveryId: string;
  /** @example "https://hooks.example.com/tributary" */
  url: string;
}

/** A page of attempts, newest first. */
export class WebhookAttemptPage {
  items: WebhookAttempt[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** Which events to send again. */
export class ReplayWebhookDto {
  /**
   * Those that happened from this time or UTC day on.
   * @example "2026-10-01T10:00:00Z"
   */
  @IsDayOrTime()
  since: string;

  /**
   * Those up to this time or through this UTC day; up to now when it is absent.
   * @example "2026-10-02"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  until?: string;

  /**
   * Only those that never arrived; false sends what arrived as well.
   * @example true
   */
  // A property with a default would pass for a required one.
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsBoolean()
  failedOnly: boolean = true;
}

/** What a replay sends. */
export class WebhookReplayResponse {
  /**
   * Events that are sent again, at most 10,000.
   * @example 12
   */
  queued: number;
  /**
   * There were more: go on with this as `since`.
   * @example null
   */
  nextSince: string | null;
}

/** Which example to send. */
export class TestWebhookDto {
  /**
   * The first type that the webhook hears of when it is absent.
   * @example "bill.approved"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  type?: string;
}

/** A test that was queued. */
export class WebhookTestResponse {
  /** @example "01900000-0000-7000-8000-000000000951" */
  deliveryId: string;
  /** @example "01900000-0000-7000-8000-000000000b01" */
  eventId: string;
  /** @example "bill.approved" */
  type: string;
  /** Null when it took longer than a few seconds: then the deliveries show it by `eventId`. */
  @ApiProperty({ type: TestResult, nullable: true })
  result: TestResult | null;
}

/** A type of event, with an example of what is sent. */
export class WebhookEventType {
  /** @example "bill.approved" */
  type: string;
  /** @example "A bill was approved: 125.50 EUR is in your available balance." */
  description: string;
  /** The body, as it may be. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {
      type: 'bill.approved',
      timestamp: '2026-10-01T10:00:00.000Z',
      data: {
        billId: '01900000-0000-7000-8000-000000000b01',
        amount: { amount: '125.50', currency: 'EUR' },
      },
    },
  })
  example: Record<string, unknown>;
}

/** All types of events. */
export class WebhookEventTypeList {
  items: WebhookEventType[];
  nextCursor: string | null;
}
