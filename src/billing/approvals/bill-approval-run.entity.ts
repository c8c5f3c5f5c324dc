import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An approval of many bills at once. */
@Entity('bill_approval_runs')
export class BillApprovalRun {
  @PrimaryColumn('uuid')
  id: string;

  /** As the operator gave them. */
  @Column('jsonb')
  filters: object;

  @Column('uuid')
  requestedBy: string;

  @Column('text')
  requestId: string;

  @Column('timestamptz')
  createdAt: Date;

  /** Null while bills wait for their turn. */
  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null;
}
