import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SharedExplanations } from './domain/shared-explanations.js';

/** What the explanations of a bill's lines have in common; kept once, since a bill may have very many lines. */
@Entity('bill_explanations')
export class BillExplanation {
  @PrimaryColumn('uuid')
  billId: string;

  @Column('jsonb')
  shared: SharedExplanations;
}
