import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';
import { IsHttpUrl, IsId, IsText, MayBeAbsent } from '../platform/index.js';
import { type Reviewed, type Side, type State, stateOf } from './domain/publication-state.js';
import type { PublicationComment } from './comments.service.js';
import type { PublicationFile } from './files/publication-files.service.js';
import { PublicationResponse, toPublicationResponse } from './publications.dto.js';
import type { PublicationDetail, PublicationEvent } from './publications.service.js';
import type { Submission } from './submissions.service.js';

const MAX_LINKS = 20;

/** How a creator takes part in an offer. */
export class ApplyDto {
  /**
   * The verified social account to publish by; the first one that fits when absent.
   * @example "01900000-0000-7000-8000-000000001601"
   */
  @MayBeAbsent()
  @IsId()
  socialAccountId?: string;
}

/** What a creator hands in. */
export class HandInDto {
  /**
   * For the brand.
   * @example "The second half is new."
   */
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  note?: string | null;

  /**
   * Where it is to be seen.
   * @example ["https://www.instagram.com/reel/abc/"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @IsHttpUrl({ each: true })
  links?: string[];

  /**
   * Files that were uploaded to the publication before, by `…/files`.
   * @example ["01900000-0000-7000-8000-000000001701"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @ArrayUnique()
  @IsId({ each: true })
  fileIds?: string[];
}

/** Why something is declined or rejected. */
export class ReviewReasonDto {
  /**
   * Shown to the creator.
   * @example "The logo is not to be seen."
   */
  @IsText(2_000)
  reason: string;
}

/** Why a reward is taken back. */
export class ReverseDto {
  /**
   * Shown to the creator.
   * @example "The post was deleted the next day."
   */
  @IsText(2_000)
  comment: string;

  /** Confirms that the creator's available balance may go below zero. */
  @MayBeAbsent()
  @IsBoolean()
  overdraw: boolean = false;
}

/** A comment for the other side. */
export class CommentDto {
  /** @example "Could you show the sole as well?" */
  @IsText(4_000)
  text: string;
}

/** A comment. */
export class CommentResponse {
  /** @example "01900000-0000-7000-8000-000000001801" */
  id: string;
  side: 'partner' | 'brand';
  text: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of comments. */
export class CommentPage {
  items: CommentResponse[];
  nextCursor: string | null;
}

/** A file to upload. */
export class UploadFileDto {
  /** A .png, .jpg, .jpeg, .webp, .gif or .pdf file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

/** A file of a publication. */
export class PublicationFileResponse {
  /** @example "01900000-0000-7000-8000-000000001701" */
  id: string;
  /** @example "screenshot.png" */
  fileName: string;
  /** @example "image/png" */
  mediaType: string;
  sizeBytes: number;
}

/** A version of the content, or what shows that it was published. */
export class SubmissionResponse {
  id: string;
  kind: 'content' | 'evidence';
  /** From 1 on, of its kind. */
  version: number;
  note: string | null;
  links: string[];
  files: PublicationFileResponse[];
  submittedAt: string;
  /** Null until the brand has decided. */
  decision: 'approved' | 'declined' | null;
  reason: string | null;
  decidedAt: string | null;
}

/** A line of the history. */
export class PublicationEventResponse {
  /** @example "approve_content" */
  action: string;
  /** Null where it began. */
  from: State | null;
  fromReviewOf: Reviewed | null;
  to: State;
  toReviewOf: Reviewed | null;
  /** Who did it; `system` when time did. */
  side: Side;
  reason: string | null;
  occurredAt: string;
}

/** A publication with all that belongs to it. */
export class PublicationDetailResponse extends PublicationResponse {
  /** All versions, in the order of time. */
  submissions: SubmissionResponse[];
  history: PublicationEventResponse[];
}

/** The publication with all that belongs to it, as the API answers it. */
export function toPublicationDetail(detail: PublicationDetail): PublicationDetailResponse {
  return {
    ...toPublicationResponse(detail),
    submissions: detail.submissions.map(toSubmissionResponse),
    history: detail.history.map(toEventResponse),
  };
}

/** The comment as the API answers it. */
export function toCommentResponse({ createdAt, ...comment }: PublicationComment): CommentResponse {
  return { ...comment, createdAt: createdAt.toISOString() };
}

/** The file as the API answers it. */
export function toFileResponse({
  id,
  fileName,
  mediaType,
  sizeBytes,
}: PublicationFile): PublicationFileResponse {
  return { id, fileName, mediaType, sizeBytes };
}

function toSubmissionResponse({ submittedAt, decidedAt, ...submission }: Submission): SubmissionResponse {
  return {
    ...submission,
    submittedAt: submittedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
  };
}

function toEventResponse(event: PublicationEvent): PublicationEventResponse {
  const from = event.from && stateOf(event.from);
  const to = stateOf(event.to);
  return {
    action: event.action,
    from: from?.state ?? null,
    fromReviewOf: from?.reviewOf ?? null,
    to: to.state,
    toReviewOf: to.reviewOf,
    side: event.side,
    reason: event.reason,
    occurredAt: event.occurredAt.toISOString(),
  };
}
