import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BillState } from './domain/bill-state.js';

/** A partner's bill for one plan and period. Amounts in minor units as decimal text. */
@Entity('bills')
export class Bill {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  partnerId: string;

  @Column('uuid')
  planId: string;

  @Column('int')
  planVersion: number;

  @Column('uuid')
  brandId: string;

  @Column('text')
  currency: string;

  @Column('timestamptz')
  periodStart: Date;

  @Column('timestamptz')
  periodEnd: Date;

  @Column('text')
  timeZone: string;

  @Column('date')
  firstDay: string;

  @Column('date')
  lastDay: string;

  @Column('text')
  state: BillState;

  @Column('bigint')
  issuedMinor: string;

  @Column('bigint')
  payableMinor: string;

  @Column('text', { nullable: true })
  cancelReason: string | null;

  @Column('uuid')
  runId: string;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  processedAt: Date | null;

  @Column('uuid', { nullable: true })
  processedBy: string | null;

  /** The first of two operators who approve it; null when nobody has, or it was corrected since. */
  @Column('uuid', { nullable: true })
  approvedOnceBy: string | null;

  @Column('timestamptz', { nullable: true })
  approvedOnceAt: Date | null;
}
