import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Why a bill is on hold: its plan's holding time, an open question about its traffic, or an operator's decision.
 * It is pending again when no reason is left.
 */
export const HOLD_REASONS = ['holding_time', 'review', 'operator'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** One reason for which a bill is, or was, on hold. */
@Entity('bill_holds')
export class BillHold {
  @PrimaryColumn('uuid')
  billId: string;

  @PrimaryColumn('text')
  reason: HoldReason;

  /** When a holding time is over; null for other reasons. */
  @Column('timestamptz', { nullable: true })
  until: Date | null;

  @Column('timestamptz')
  placedAt: Date;

  /** Null while it holds the bill. */
  @Column('timestamptz', { nullable: true })
  liftedAt: Date | null;
}
