import { ApiProperty } from '@nestjs/swagger';

import { IsId, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import { BillLineDto, BillPlanDto } from '../bills.dto.js';

/** Which part of an explanation. */
export class ExplainLineQuery extends PageQuery {
  /** Only this player's part, with the events behind it; pages are then pages of events. */
  @MayBeAbsent()
  @IsId()
  playerId?: string;
}

/** What a line comes to. */
export class LineFiguresDto {
  /** @example 3 */
  quantity: number;
  @ApiProperty({ type: MoneyDto, nullable: true })
  base: MoneyDto | null;
  amount: MoneyDto;
}

/** What the line's period is worth by the facts of this moment. */
export class LineNowDto extends LineFiguresDto {
  /** @example "25%" */
  @ApiProperty({ type: String, nullable: true })
  rate: string | null;
  /** The calculation in words and figures; empty when nothing is due. */
  words: string[];
}

/** What is known of changes since the line was billed first. */
export class LineChangesDto {
  /** Since then. */
  since: Date;
  /**
   * Corrections of activity and deposits.
   * @example 2
   */
  corrections: number;
  /** Players whose facts were corrected. */
  players: number;
  @ApiProperty({ type: Date, nullable: true })
  lastAt: Date | null;
  /** Players whose qualification was taken back. */
  revoked: number;
}

const PART_KINDS = ['player', 'order', 'partner', 'line'] as const;

/** One of the things that a line rests on. */
export class LinePartDto {
  /** `line` is another line of a bill. */
  @ApiProperty({ enum: PART_KINDS })
  kind: (typeof PART_KINDS)[number];
  id: string;
  /**
   * The brand's own id of the player or order; of a partner, its name.
   * @example "p-1001"
   */
  @ApiProperty({ type: String, nullable: true })
  externalId: string | null;
  /** @example "DE" */
  @ApiProperty({ type: String, nullable: true })
  country: string | null;
  /** First activity in the period, qualification, registration or order. */
  @ApiProperty({ type: Date, nullable: true })
  at: Date | null;
  /**
   * The criterion that was met last, of a qualified player.
   * @example "First deposit"
   */
  @ApiProperty({ type: String, nullable: true })
  criterion: string | null;
  /** Where revenue is shared: the player's sums that the base is made of, exact, in the plan's currency. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  figures: Record<string, string> | null;
  /**
   * The part's base, exact; null where there is none.
   * @example "12.345"
   */
  @ApiProperty({ type: String, nullable: true })
  base: string | null;
  /** The line's base up to and with this player. */
  @ApiProperty({ type: String, nullable: true })
  runningBase: string | null;
  /** The same with the base of all other promos: it ends at the total that chooses the tier. */
  @ApiProperty({ type: String, nullable: true })
  runningTotal: string | null;
  /** The tier that the running total lies in, from 1. */
  @ApiProperty({ type: Number, nullable: true })
  runningTier: number | null;
  /** False when the cap on their number left it out. */
  paid: boolean;
  /** Its part of what the line comes to now; the parts of all pages add up to that. */
  amount: MoneyDto;
  /** Corrections of its facts since the line was billed. */
  corrections: number;
  /** The bill of a `line`. */
  @ApiProperty({ type: String, nullable: true })
  billId: string | null;
}

const EVENT_KINDS = ['registration', 'activity', 'deposit', 'correction'] as const;
const FIGURES = { type: 'object', additionalProperties: { type: 'string' }, nullable: true } as const;

/** An event behind a player's part. */
export class LineEventDto {
  @ApiProperty({ enum: EVENT_KINDS })
  kind: (typeof EVENT_KINDS)[number];
  /** When it happened; of activity and its corrections, the start of the interval. */
  at: Date;
  @ApiProperty({ type: Date, nullable: true })
  until: Date | null;
  /** Amounts in the plan's currency, and counts. */
  @ApiProperty(FIGURES)
  figures: Record<string, string> | null;
  /** What a correction changed … */
  @ApiProperty(FIGURES)
  before: Record<string, string> | null;
  /** … and into what; null where it took something away. */
  @ApiProperty(FIGURES)
  after: Record<string, string> | null;
  @ApiProperty({ type: Date, nullable: true })
  correctedAt: Date | null;
}

/** Why a line has its amount. */
export class LineExplanationDto {
  billId: string;
  line: BillLineDto;
  plan: BillPlanDto;
  /** The period that the line pays for. */
  periodStart: Date;
  periodEnd: Date;
  /**
   * How the line came to its amount when it was billed, in words and figures.
   * @example ["2 qualified players, 50.00 EUR each."]
   */
  words: string[];
  /**
   * What all bills together hold for the same line of the period, of a cancelled one no more than is still due; null for
   * lines about a whole bill.
   */
  @ApiProperty({ type: LineFiguresDto, nullable: true })
  asBilled: LineFiguresDto | null;
  /** What it comes to by the facts of this moment; null for lines about a whole bill. */
  @ApiProperty({ type: LineNowDto, nullable: true })
  now: LineNowDto | null;
  /** What the next bill adds or takes back; null for lines about a whole bill. */
  @ApiProperty({ type: MoneyDto, nullable: true })
  outstanding: MoneyDto | null;
  /** Null for lines about a whole bill. */
  @ApiProperty({ type: LineChangesDto, nullable: true })
  changes: LineChangesDto | null;
  /** What the line rests on by the facts of this moment: players by id, or by time where each is paid for. */
  parts: LinePartDto[];
  /** With `playerId`: the events behind that player's part; else null. */
  @ApiProperty({ type: [LineEventDto], nullable: true })
  events: LineEventDto[] | null;
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
