import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LineKind } from './domain/bill-lines.js';

/** One line of a bill with its explanation (rule 3.5). Amounts in minor units as decimal text. */
@Entity('bill_lines')
export class BillLine {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  billId: string;

  @Column('uuid')
  partnerId: string;

  @Column('uuid')
  planId: string;

  @Column('int')
  position: number;

  @Column('text')
  kind: LineKind;

  @Column('timestamptz')
  periodStart: Date;

  @Column('text')
  lineKey: string;

  @Column('text', { nullable: true })
  strategy: string | null;

  @Column('uuid', { nullable: true })
  campaignId: string | null;

  @Column('uuid', { nullable: true })
  promoId: string | null;

  @Column('bigint')
  quantity: string;

  @Column('bigint', { nullable: true })
  baseMinor: string | null;

  @Column('text', { nullable: true })
  rate: string | null;

  @Column('bigint')
  amountMinor: string;

  @Column('jsonb')
  explanation: Record<string, unknown>;
}
