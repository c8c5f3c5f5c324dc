import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Brand } from './brand.entity.js';

export const MEDIA_KINDS = ['image', 'html', 'video', 'text'] as const;

export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A banner or other creative of the brand. */
@Entity('media')
@Index('media_brand_idx', ['brandId', 'id'])
@Check('media_kind_known', `kind IN ('image', 'html', 'video', 'text')`)
@Check('media_size_positive', 'width > 0 AND height > 0')
@Check('media_url_http', `url ~* '^https?://'`)
export class Medium {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'media_pk' })
  id: string;

  @Column('uuid')
  @ForeignKey(() => Brand, { name: 'media_brand_fk' })
  brandId: string;

  @Column('text')
  title: string;

  @Column('text')
  kind: MediaKind;

  @Column('text')
  url: string;

  @Column('integer', { nullable: true })
  width: number | null;

  @Column('integer', { nullable: true })
  height: number | null;

  @Column('text', { nullable: true })
  language: string | null;

  @Column('timestamptz')
  createdAt: Date;
}
