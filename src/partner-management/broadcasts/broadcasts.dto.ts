import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, MaxLength, ValidateBy } from 'class-validator';
import {
  IsCountry,
  IsHttpUrl,
  IsId,
  IsLabel,
  IsText,
  IsTime,
  MayBeAbsent,
  PageQuery,
} from '../../platform/index.js';
import { canonicalLanguage } from '../channels/person-record.js';
import { OperatorRequestDto } from '../requests/requests.dto.js';
import { BROADCAST_STATES, type BroadcastState } from './domain/broadcast-state.js';
import { ENGAGEMENT_TYPE_NAMES, type EngagementType } from './domain/engagement-type.js';

/** As RFC 5646 (4.4.1) advises. */
const LONGEST_LANGUAGE = 35;

/** Whom a broadcast is for: the channel's followers, or the users of the program's apps as well. */
export const AUDIENCES = ['followers', 'end_users'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What a broadcast says, to whom, and when. */
export class CreateBroadcastDto {
  /** @example "01900000-0000-7000-8000-000000000701" */
  @IsId()
  channelId: string;

  /**
   * What it is called in lists and requests; recipients do not see it.
   * @example "Autumn poll"
   */
  @IsLabel(200)
  title: string;

  /** See `GET /partner/engagement-types` for what each must hold. */
  @ApiProperty({ enum: ENGAGEMENT_TYPE_NAMES })
  @IsIn(ENGAGEMENT_TYPE_NAMES)
  engagementType: EngagementType;

  /**
   * Subject of the mail; `${name}` and `${channel}` are filled.
   * @example "Which gadget shall we test next, ${name}?"
   */
  @IsLabel(200)
  subject: string;

  /**
   * Text of the mail, with the same variables. Empty lines part paragraphs.
   * @example "Hello ${name},\n\nyou decide."
   */
  @IsText(20_000)
  body: string;

  /** @example "Which one?" */
  @IsOptional()
  @IsLabel(500)
  question?: string | null;

  /** @example ["The kettle", "The toaster"] */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsLabel(200, { each: true })
  options?: string[];

  /** @example "https://ann-tests.example/poll" */
  @IsOptional()
  @IsHttpUrl()
  linkUrl?: string | null;

  /** @example "Vote" */
  @IsOptional()
  @IsLabel(100)
  linkLabel?: string | null;

  /** `followers` of the channel; `end_users` beyond them takes the approval of an operator. */
  @IsIn(AUDIENCES)
  audience: Audience;

  /**
   * Only people of these countries; all without one.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[];

  /**
   * Only people with these languages, `pt` among them with `pt-BR` as well; all without one. BCP 47, in whatever case.
   * @example ["de"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @AreLanguages()
  languages?: string[];

  /**
   * When it begins; followers without one get it at once.
   * @example "2026-12-01T09:00:00Z"
   */
  @IsOptional()
  @IsTime()
  startAt?: string | null;
}

/** Each is a BCP 47 tag; they are kept in the canonical spelling, which people's languages have as well. */
function AreLanguages(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map((tag: unknown) => canonicalLanguage(tag) ?? tag) : value,
    ),
    ValidateBy(
      {
        name: 'isLanguage',
        validator: {
          validate: (value: unknown) => canonicalLanguage(value) !== null,
          defaultMessage: (check) => `each of ${check?.property} must be a BCP 47 tag such as en or pt-BR`,
        },
      },
      { each: true },
    ),
    MaxLength(LONGEST_LANGUAGE, { each: true }),
  );
}

export class ChangeBroadcastDto extends PartialType(CreateBroadcastDto, { skipNullProperties: false }) {}

export class BroadcastsQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn([...BROADCAST_STATES, 'all'])
  state: BroadcastState | 'all' = 'all';

  /** @example "01900000-0000-7000-8000-000000000701" */
  @MayBeAbsent()
  @IsId()
  channelId?: string;
}

export class OperatorBroadcastsQuery extends BroadcastsQuery {
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** How far a broadcast has come. */
export class BroadcastProgressDto {
  /**
   * Recipients, as they were when it began.
   * @example 1200
   */
  total: number;
  /** @example 800 */
  sent: number;
  /**
   * Who unsubscribed, was removed or was forgotten meanwhile.
   * @example 3
   */
  skipped: number;
  /**
   * Whose mail server refused the mail for good.
   * @example 1
   */
  failed: number;
}

/** An engagement that is mailed to many. */
export class BroadcastDto {
  id: string;
  channelId: string;
  /** @example "Ann’s gadget tests" */
  channelName: string;
  /** @example "Autumn poll" */
  title: string;
  @ApiProperty({ enum: ENGAGEMENT_TYPE_NAMES })
  engagementType: EngagementType;
  /** @example "Which gadget shall we test next, ${name}?" */
  subject: string;
  body: string;
  question: string | null;
  options: string[];
  linkUrl: string | null;
  linkLabel: string | null;
  @ApiProperty({ enum: AUDIENCES })
  audience: Audience;
  countries: string[];
  languages: string[];
  startAt: Date | null;
  /** `pending` waits for an operator; undecided at its start it is `expired`. */
  @ApiProperty({ enum: BROADCAST_STATES })
  state: BroadcastState;
  /** The request that operators decide; null for one to followers. */
  requestId: string | null;
  /** Why it was cancelled, where it was not you who did. */
  endReason: string | null;
  progress: BroadcastProgressDto;
  createdAt: Date;
  submittedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export class BroadcastPage {
  items: BroadcastDto[];
  nextCursor: string | null;
}

/** A broadcast as operators see it. */
export class OperatorBroadcastDto extends BroadcastDto {
  partnerId: string;
  partnerName: string;
}

export class OperatorBroadcastPage {
  items: OperatorBroadcastDto[];
  nextCursor: string | null;
}

/** A broadcast as it will look, for a reader called Ann. */
export class BroadcastPreviewDto {
  subject: string;
  text: string;
  html: string;
  /**
   * How many followers would get it now; null beyond followers, where the number would tell who uses the program's
   * apps. Operators see it.
   * @example 1200
   */
  recipients: number | null;
}

export class TestSentDto {
  /**
   * Where the test mail goes: your own address.
   * @example "ann@example.com"
   */
  to: string;
}

export class CancelBroadcastDto {
  /** Why; the partner is told. */
  @IsText(2_000)
  reason: string;
}

/** A type of engagement. */
export class EngagementTypeDto {
  @ApiProperty({ enum: ENGAGEMENT_TYPE_NAMES })
  type: EngagementType;
  title: string;
  description: string;
  /**
   * Fields that it must have, beside subject and body.
   * @example ["linkUrl"]
   */
  needs: string[];
  /** Fields that it may have. */
  allows: string[];
}

export class EngagementTypeList {
  items: EngagementTypeDto[];
  nextCursor: string | null;
}

/** What operators see of a broadcast before they decide. */
export class BroadcastRequestPreviewDto {
  channelId: string;
  /** @example "Ann’s gadget tests" */
  channelName: string;
  @ApiProperty({ enum: ENGAGEMENT_TYPE_NAMES })
  engagementType: EngagementType;
  /** Undecided by then, the request expires. */
  startAt: Date;
  countries: string[];
  languages: string[];
  /** The mail for a reader called Ann. */
  subject: string;
  text: string;
  html: string;
  /**
   * Who would get it now; of a decided one, who was to get it when it started.
   * @example 1200
   */
  recipients: number;
}

export class BroadcastRequestDto extends OperatorRequestDto {
  preview: BroadcastRequestPreviewDto | null;
}

export class BroadcastRequestPage {
  items: BroadcastRequestDto[];
  nextCursor: string | null;
}
