import { Column, Entity, PrimaryColumn } from 'typeorm';

export const TERMS_KINDS = ['terms', 'privacy', 'brand_terms'] as const;
export type TermsKind = (typeof TERMS_KINDS)[number];

/** A version of the program's terms, its privacy policy, or the terms of a brand (A21). */
@Entity('terms_versions')
export class TermsVersion {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'terms_versions_pk' })
  id: string;

  @Column('text')
  kind: TermsKind;

  /** Set exactly for `brand_terms`. */
  @Column('uuid', { nullable: true })
  brandId: string | null;

  /** From 1 on, by kind and brand. */
  @Column('integer')
  version: number;

  @Column('text')
  title: string;

  /** Markdown. */
  @Column('text')
  body: string;

  /** Whether partners are to accept it. */
  @Column('boolean')
  mustAccept: boolean;

  /** In force from then on, until a later one is; null for a draft. */
  @Column('timestamptz', { nullable: true })
  publishAt: Date | null;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz')
  updatedAt: Date;
}
