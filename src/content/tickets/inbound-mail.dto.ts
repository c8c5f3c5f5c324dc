import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { MayBeAbsent } from '../../platform/index.js';

/** A mail that came to the support's address, as the mail gateway hands it on. */
export class InboundMailDto {
  /**
   * Its `Message-ID`: the same one is taken once.
   * @example "<CAF1x@mail.example>"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(998)
  messageId: string;

  /**
   * Address in its `From`, whose authenticity (SPF, DKIM, DMARC) the gateway has checked.
   * @example "Ann <ann@example.com>"
   */
  @IsString()
  @MaxLength(998)
  from: string;

  /**
   * Addresses that it was sent to.
   * @example ["support+TKT-7F3K9Q2M4A@program.example"]
   */
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(998, { each: true })
  to: string[];

  /** @example "Re: [TKT-7F3K9Q2M4A] Promo code does not work" */
  @IsString()
  @MaxLength(2_000)
  subject: string;

  /** Its plain text. */
  @IsString()
  @MaxLength(500_000)
  text: string;

  /**
   * Value of its header `Auto-Submitted`; what no person wrote is not taken (RFC 3834).
   * @example "no"
   */
  @IsOptional()
  @IsString()
  @MaxLength(998)
  autoSubmitted?: string | null;

  /** How many files it had; they are not taken, and the ticket says so. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(10_000)
  attachmentsCount?: number;
}

export const MAIL_OUTCOMES = ['appended', 'duplicate', 'refused'] as const;
export const MAIL_REFUSALS = [
  'UNKNOWN_TICKET',
  'SENDER_NOT_ALLOWED',
  'AUTOMATIC',
  'EMPTY',
  'TICKET_FULL',
] as const;

/** What became of a mail. */
export class InboundMailResponse {
  @ApiProperty({ enum: MAIL_OUTCOMES })
  outcome: (typeof MAIL_OUTCOMES)[number];
  /** Why it was refused. */
  @ApiProperty({ enum: MAIL_REFUSALS, nullable: true, type: String })
  reason: (typeof MAIL_REFUSALS)[number] | null;
}
