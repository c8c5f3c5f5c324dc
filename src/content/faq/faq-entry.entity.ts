import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A question that partners ask, with its answer (T11, T12). */
@Entity('faq_entries')
export class FaqEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'faq_entries_pk' })
  id: string;

  @Column('text')
  topic: string;

  @Column('text')
  question: string;

  /** Markdown. */
  @Column('text')
  answer: string;

  /** Entries of lower positions come first in their topic. */
  @Column('integer', { default: 0 })
  position: number;

  /** Whether partners see it. */
  @Column('boolean')
  published: boolean;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz')
  updatedAt: Date;
}
