import { ApiProperty } from '@nestjs/swagger';
import { REASON_CODES, type ReasonCode } from '../domain/reasons.js';
import { POSTBACK_ACTIONS, type PostbackAction } from '../postback.entity.js';

/** A reason: a stable code and a sentence. */
export class PostbackReasonDto {
  @ApiProperty({ enum: REASON_CODES, enumName: 'PostbackReason' })
  code: ReasonCode;
  /** @example "Sent at 2026-10-01T10:00:00.000Z: the tracker answered 200." */
  message: string;
}

/** Something worth knowing of a postback: a parameter that the link lacked, a value that looks corrupted. */
export class PostbackNoteDto extends PostbackReasonDto {
  /**
   * The parameter that it is about.
   * @example "publisherID"
   */
  parameter?: string;
  /**
   * The name under which the link seems to have carried it.
   * @example "btag"
   */
  carriedAs?: string;
}

/** What happened, and was or was not told. */
export class ExplainedEventDto {
  /** The same in every attempt and resend. */
  id: string;
  /** The player or order, by our id. */
  subjectId: string;
  occurredAt: Date;
}

/** One attempt to send. */
export class ExplainedAttemptDto {
  sentAt: Date;
  /** @example 200 */
  @ApiProperty({ type: Number, nullable: true })
  responseCode: number | null;
  /** @example null */
  @ApiProperty({ type: String, nullable: true })
  error: string | null;
  /** @example 84 */
  durationMs: number;
}

/** What was made of an event for a postback. */
export class ExplainedDeliveryDto {
  id: string;
  /** `resend` when somebody sent it again. */
  @ApiProperty({ enum: ['event', 'resend'] })
  kind: 'event' | 'resend';
  @ApiProperty({ enum: ['pending', 'delivered', 'failed', 'cancelled'] })
  state: 'pending' | 'delivered' | 'failed' | 'cancelled';
  /**
   * As it is sent; of one that is too long, the beginning.
   * @example "https://tracker.example.com/postback?clickid=7&sum=12.50"
   */
  url: string;
  /**
   * 0 for one that is too long to be sent.
   * @example 1
   */
  attempts: number;
  /** Null when none is to come. */
  @ApiProperty({ type: Date, nullable: true })
  nextAttemptAt: Date | null;
  @ApiProperty({ type: ExplainedAttemptDto, nullable: true })
  lastAttempt: ExplainedAttemptDto | null;
}

/** Why one event was or was not sent, or why there is no event yet. */
export class PostbackVerdictDto extends PostbackReasonDto {
  /** Null while it has not happened. */
  @ApiProperty({ type: ExplainedEventDto, nullable: true })
  event: ExplainedEventDto | null;
  /** Null where nothing was queued. */
  @ApiProperty({ type: ExplainedDeliveryDto, nullable: true })
  delivery: ExplainedDeliveryDto | null;
}

/** A postback with its verdicts. */
export class ExplainedPostbackDto {
  id: string;
  @ApiProperty({ enum: ['account', 'campaign', 'promo'] })
  scope: 'account' | 'campaign' | 'promo';
  @ApiProperty({ enum: POSTBACK_ACTIONS })
  action: PostbackAction;
  /** @example "GET" */
  method: string;
  /**
   * The template.
   * @example "https://tracker.example.com/postback?clickid=${clickid}&sum=${amount}"
   */
  url: string;
  @ApiProperty({ enum: ['active', 'disabled'] })
  state: 'active' | 'disabled';
  notes: PostbackNoteDto[];
  /** At least one; the latest event first. */
  verdicts: PostbackVerdictDto[];
}

/** What the question is about. */
export class ExplainedSubjectDto {
  @ApiProperty({ enum: ['visit', 'player', 'order'] })
  kind: 'visit' | 'player' | 'order';
  id: string;
  /** The visit that it goes back to; null for a promo code, and where it is no longer kept. */
  @ApiProperty({ type: String, nullable: true })
  visitId: string | null;
  campaignId: string;
  /** @example "Autumn reviews" */
  campaignName: string;
  promoId: string;
  /** @example "aB3dE6gH9j" */
  promoCode: string;
  /** When it began: the time of the visit, of the sign-up or of the order. */
  since: Date;
  /** The parameters that the link was called with, as they are stored. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { clickid: 'c-1' } })
  query: Record<string, string>;
}

/** For a visit, a player or an order: every postback that hears of it, and why it was or was not sent. */
export class PostbackExplanationDto {
  subject: ExplainedSubjectDto;
  notes: PostbackReasonDto[];
  /** All of them, by their ids. */
  postbacks: ExplainedPostbackDto[];
  /**
   * How many of the partner's postbacks for these actions hear of other campaigns or promos only.
   * @example 0
   */
  elsewhere: number;
}
