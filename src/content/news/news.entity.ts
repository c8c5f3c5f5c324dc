import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NewsState } from '../domain/news-state.js';

/** What operators tell partners (A21). */
@Entity('news')
export class News {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'news_pk' })
  id: string;

  @Column('text')
  state: NewsState;

  @Column('text')
  title: string;

  /** What lists show of it. */
  @Column('text', { nullable: true })
  summary: string | null;

  /** Markdown. */
  @Column('text')
  body: string;

  /** Of a published one: partners see it from then on. */
  @Column('timestamptz', { nullable: true })
  publishAt: Date | null;

  /** Whom it is for: an empty list leaves nobody out. */
  @Column('text', { array: true, default: [] })
  partnerKinds: string[];

  @Column('uuid', { array: true, default: [] })
  packageIds: string[];

  /** Partners with a campaign of one of these brands. */
  @Column('uuid', { array: true, default: [] })
  brandIds: string[];

  @Column('text', { array: true, default: [] })
  countries: string[];

  /** BCP 47; null for readers of every language. */
  @Column('text', { nullable: true })
  language: string | null;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz')
  updatedAt: Date;
}
