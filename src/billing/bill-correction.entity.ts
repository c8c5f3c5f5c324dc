import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which way a correction goes. */
export const CORRECTION_TYPES = ['add', 'subtract'] as const;
export type CorrectionType = (typeof CORRECTION_TYPES)[number];

/** An operator's change of what a bill pays (rule 3.6). The amount is positive; `type` gives its sign. */
@Entity('bill_corrections')
export class BillCorrection {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  billId: string;

  @Column('text')
  type: CorrectionType;

  @Column('bigint')
  amountMinor: string;

  @Column('text')
  comment: string;

  @Column('uuid')
  createdBy: string;

  @Column('timestamptz')
  createdAt: Date;
}
