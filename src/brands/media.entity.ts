import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ImageFormat } from '../platform/index.js';
import { Brand } from './brand.entity.js';

export const MEDIA_KINDS = ['image', 'html', 'video', 'text'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export const PRIVACIES = ['public', 'private'] as const;
export type Privacy = (typeof PRIVACIES)[number];

/** A banner or other creative of the brand: an uploaded image, something at an address elsewhere, or a text. */
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

  /** For finding it; visitors see it as an image's alternative text. */
  @Column('text')
  title: string;

  @Column('text')
  kind: MediaKind;

  /** Where a medium lies that was not uploaded; null for uploaded ones and texts. */
  @Column('text', { nullable: true })
  url: string | null;

  /** What visitors read of a text link; null for the others. */
  @Column('text', { nullable: true })
  text: string | null;

  /** Of an image; null when nobody said. */
  @Column('text', { nullable: true })
  format: ImageFormat | null;

  /** Of an uploaded file; null for the others. */
  @Column('bigint', { nullable: true, transformer: { from: numberOrNull, to: (value: unknown) => value } })
  sizeBytes: number | null;

  @Column('integer', { nullable: true })
  width: number | null;

  @Column('integer', { nullable: true })
  height: number | null;

  @Column('text', { nullable: true })
  language: string | null;

  /** In lower case. */
  @Column('text', { array: true, default: [] })
  tags: string[];

  /** A private one is for the partners named in `media_partners`. */
  @Column('text', { default: 'public' })
  privacy: Privacy;

  /** An inactive one takes no new promos; those that have it keep it. */
  @Column('boolean', { default: true })
  active: boolean;

  @Column('timestamptz')
  createdAt: Date;
}

/** PostgreSQL's bigint comes as text. */
function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value);
}

/** Path of an uploaded image under our own origin; null for what lies elsewhere, and for texts. */
export function uploadedPathOf({ id, format, sizeBytes }: Medium): string | null {
  return sizeBytes === null ? null : `/m/${id}.${format}`;
}

/**
 * Where a medium lies; null for a text.
 * @param publicUrl origin of uploaded media, without a slash at its end
 */
export function addressOf(medium: Medium, publicUrl: string): string | null {
  const path = uploadedPathOf(medium);
  return path === null ? medium.url : `${publicUrl}${path}`;
}

/** Key of an uploaded medium's content in the store of files. */
export function mediumKey(id: string): string {
  return `media/${id}`;
}
