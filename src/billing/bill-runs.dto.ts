import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { IsId, MoneyDto } from '../platform/index.js';
import { BILL_RUN_SOURCES, BILL_RUN_STATES } from './bill-run.entity.js';
import type { BillRunSource, BillRunState } from './bill-run.entity.js';
import type { BillRunView } from './bill-runs.service.js';
import { estimatedEnd } from './domain/run-progress.js';

/** What to bill. */
export class StartBillRunDto {
  /** Only this commission plan; all plans when absent. */
  @IsOptional()
  @IsId()
  planId?: string | null;

  /**
   * Bills every period that is over and ends on or before this day, in each plan's zone.
   * @example "2026-10-31"
   */
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'through must be a date such as 2026-10-31' })
  through: string;
}

/** A bill run and how far it is. */
export class BillRunDto {
  id: string;
  /** `failed` means that some partners were left out; the next run bills them. */
  @ApiProperty({ enum: BILL_RUN_STATES })
  state: BillRunState;
  /** Null for all plans. */
  @ApiProperty({ type: String, nullable: true })
  planId: string | null;
  /** @example "2026-10-31" */
  through: string;
  @ApiProperty({ enum: BILL_RUN_SOURCES })
  source: BillRunSource;
  /** User who asked for it; null for the schedule and the command. */
  @ApiProperty({ type: String, nullable: true })
  requestedBy: string | null;
  /** Partners with something new that were looked at so far, once per plan. */
  partnersConsidered: number;
  /** How many it will be in the end, as far as is known by now; null before the run starts. */
  @ApiProperty({ type: Number, nullable: true })
  partnersExpected: number | null;
  /** When the run will be over if it goes on as fast as so far; null unless it is running. */
  @ApiProperty({ type: Date, nullable: true })
  estimatedEnd: Date | null;
  /** Partners that a fault kept from being billed. */
  partnersFailed: number;
  billsMade: number;
  linesMade: number;
  /** Sums of the bills made, one per currency. */
  issued: MoneyDto[];
  /** What went wrong last. */
  @ApiProperty({ type: String, nullable: true })
  lastError: string | null;
  createdAt: Date;
  @ApiProperty({ type: Date, nullable: true })
  startedAt: Date | null;
  @ApiProperty({ type: Date, nullable: true })
  finishedAt: Date | null;
}

/** A page of bill runs, newest first. */
export class BillRunPageDto {
  items: BillRunDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** The run as the API answers it. */
export function toBillRun({ run, issued, now }: BillRunView): BillRunDto {
  return {
    id: run.id,
    state: run.state,
    planId: run.planId,
    through: run.through,
    source: run.source,
    requestedBy: run.requestedBy,
    partnersConsidered: run.partnersConsidered,
    partnersExpected: run.partnersExpected,
    estimatedEnd: estimatedEnd(run, now),
    partnersFailed: run.partnersFailed,
    billsMade: run.billsMade,
    linesMade: run.linesMade,
    issued: issued.map((sum) => sum.toJSON()),
    lastError: run.lastError,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  };
}
