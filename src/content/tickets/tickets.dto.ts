import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, isUUID, ValidateBy, ValidateIf } from 'class-validator';
import { IsId, IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { TICKET_STATES, type TicketState } from './domain/ticket-state.js';

export const TICKET_CATEGORIES = [
  'general',
  'account',
  'payments',
  'tracking',
  'offers',
  'technical',
] as const;
export type TicketCategory = (typeof TICKET_CATEGORIES)[number];

const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
type Priority = (typeof PRIORITIES)[number];

const LONGEST_MESSAGE = 20_000;

/** A message of a thread. */
export class MessageDto {
  /**
   * Plain text: nothing in it is markup.
   * @example "My promo code does not work since yesterday."
   */
  @IsText(LONGEST_MESSAGE)
  body: string;

  /** Files that you uploaded before; each goes with one message. */
  @MayBeAbsent()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(5)
  @IsId({ each: true })
  attachmentIds?: string[];
}

/** A new ticket with its first message. */
export class OpenTicketDto extends MessageDto {
  /** @example "Promo code does not work" */
  @IsLabel(200)
  subject: string;

  /** What it is about; `general` unless given. */
  @MayBeAbsent()
  @IsIn(TICKET_CATEGORIES)
  category?: TicketCategory;
}

export class UploadAttachmentDto {
  /** A .pdf, .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

export class TicketsQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(TICKET_STATES)
  state?: TicketState;
}

const QUEUES = [...TICKET_STATES, 'waiting', 'all'] as const;

export class TicketQueueQuery extends PageQuery {
  /**
   * `waiting` are those in which an operator is waited for: `open` and `waiting_for_operator`. They come with the one
   * that waits longest first; all others with the latest message first.
   */
  @ApiProperty({ enum: QUEUES, required: false })
  @MayBeAbsent()
  @IsIn(QUEUES)
  state: (typeof QUEUES)[number] = 'waiting';

  @MayBeAbsent()
  @IsIn(PRIORITIES)
  priority?: Priority;

  /**
   * Id of the operator who looks after it; `none` for those that nobody looks after.
   * @example "none"
   */
  @ApiProperty({ pattern: '^(none|[\\da-fA-F-]{36})$' })
  @MayBeAbsent()
  @ValidateBy({
    name: 'isIdOrNone',
    validator: {
      validate: (value) => value === 'none' || isUUID(value),
      defaultMessage: () => 'assigneeId must be a UUID, or none',
    },
  })
  assigneeId?: string;

  /** Only this partner's. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** Only this brand's. */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

export class ChangeTicketDto {
  /** Operator who looks after it from now on; null for nobody. */
  @MayBeAbsent()
  @ValidateIf((_, value) => value !== null)
  @IsId()
  assigneeId?: string | null;

  @MayBeAbsent()
  @IsIn(PRIORITIES)
  priority?: Priority;
}

/** A file that was uploaded. */
export class AttachmentDto {
  id: string;
  /** @example "screenshot.png" */
  fileName: string;
  /** @example "image/png" */
  mediaType: string;
  /** @example 48213 */
  sizeBytes: number;
}

export class MessageAuthorDto {
  /** `asker` is of the partner or brand that asked. */
  @ApiProperty({ enum: ['asker', 'operator'] })
  kind: 'asker' | 'operator';
  name: string;
}

export class TicketMessageDto {
  id: string;
  author: MessageAuthorDto;
  /** Plain text. */
  body: string;
  /** Whether it came by e-mail. */
  byMail: boolean;
  attachments: AttachmentDto[];
  createdAt: Date;
}

/** A ticket. */
export class TicketDto {
  id: string;
  /**
   * Stands in the subject of every mail about it.
   * @example "TKT-7F3K9Q2M4A"
   */
  reference: string;
  subject: string;
  @ApiProperty({ enum: TICKET_CATEGORIES })
  category: TicketCategory;
  /** Whose turn it is; `partner` stands for whoever asked, a brand too. */
  @ApiProperty({ enum: TICKET_STATES })
  state: TicketState;
  createdAt: Date;
  lastMessageAt: Date;
  closedAt: Date | null;
}

export class TicketPage {
  /** The latest message first. */
  items: TicketDto[];
  nextCursor: string | null;
}

export class TicketThreadDto extends TicketDto {
  /** Oldest first. */
  messages: TicketMessageDto[];
}

export class OperatorTicketMessageDto extends TicketMessageDto {
  authorId: string;
  /** A note among operators: whoever asked never sees it. */
  internal: boolean;
}

/** A ticket as operators see it. */
export class OperatorTicketDto extends TicketDto {
  partnerId: string | null;
  brandId: string | null;
  /** Name of the partner or brand. */
  askerName: string;
  @ApiProperty({ enum: PRIORITIES })
  priority: Priority;
  /** The operator who looks after it. */
  assigneeId: string | null;
  assigneeName: string | null;
}

export class OperatorTicketPage {
  items: OperatorTicketDto[];
  nextCursor: string | null;
}

export class OperatorTicketThreadDto extends OperatorTicketDto {
  /** Oldest first, notes included. */
  messages: OperatorTicketMessageDto[];
}

/** What whoever asked sees of a ticket. */
export function toTicket({
  partnerId: _partnerId,
  brandId: _brandId,
  askerName: _askerName,
  priority: _priority,
  assigneeId: _assigneeId,
  assigneeName: _assigneeName,
  ...ticket
}: OperatorTicketDto): TicketDto {
  return ticket;
}

/** What whoever asked sees of a message that is no note. */
export function toMessage({
  authorId: _authorId,
  internal: _internal,
  ...message
}: OperatorTicketMessageDto): TicketMessageDto {
  return message;
}
