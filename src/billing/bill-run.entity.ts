import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Life of a bill run; `failed` means that some partners were left out and are billed by the next run. */
export const BILL_RUN_STATES = ['queued', 'running', 'finished', 'failed'] as const;
export type BillRunState = (typeof BILL_RUN_STATES)[number];

/** Who asked for a run. */
export const BILL_RUN_SOURCES = ['operator', 'command', 'schedule'] as const;
export type BillRunSource = (typeof BILL_RUN_SOURCES)[number];

/** One run over everything that is due by a date. */
@Entity('bill_runs')
export class BillRun {
  @PrimaryColumn('uuid')
  id: string;

  /** Null for all plans. */
  @Column('uuid', { nullable: true })
  planId: string | null;

  /** Inclusive, in each plan's zone. */
  @Column('date')
  through: string;

  @Column('text')
  source: BillRunSource;

  @Column('uuid', { nullable: true })
  requestedBy: string | null;

  @Column('timestamptz', { nullable: true })
  scheduledFor: Date | null;

  @Column('text', { default: 'queued' })
  state: BillRunState;

  /** How many partners will have been considered in the end, as far as is known; null before the run starts. */
  @Column('int', { nullable: true })
  partnersExpected: number | null;

  @Column('int', { default: 0 })
  partnersConsidered: number;

  @Column('int', { default: 0 })
  partnersFailed: number;

  @Column('int', { default: 0 })
  billsMade: number;

  @Column('int', { default: 0 })
  linesMade: number;

  @Column('uuid', { nullable: true })
  cursorPlanId: string | null;

  @Column('uuid', { nullable: true })
  cursorPartnerId: string | null;

  @Column('uuid', { nullable: true })
  leaseHolder: string | null;

  @Column('timestamptz', { nullable: true })
  leaseUntil: Date | null;

  @Column('text', { nullable: true })
  lastError: string | null;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  startedAt: Date | null;

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null;
}
