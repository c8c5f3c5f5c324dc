import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

export type BrandState = 'active' | 'archived';

/** Halves are exact as JavaScript numbers. */
const STARS = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (stars: number | null): number | null => stars,
};

/** An advertiser whose landings partners promote. */
@Entity('brands')
@Unique('brands_slug_unique', ['slug'])
@Check('brands_state_known', `state IN ('active', 'archived')`)
@Check('brands_rating_in_halves', `rating BETWEEN 0 AND 5 AND rating * 2 = trunc(rating * 2)`)
@Check('brands_tag_parameter_plain', `tag_parameter ~ '^[A-Za-z0-9_.-]{1,40}$'`)
export class Brand {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'brands_pk' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  slug: string;

  @Column('text')
  state: BrandState;

  @Column('text')
  currency: string;

  @Column('text', { nullable: true })
  category: string | null;

  @Column('text', { nullable: true })
  country: string | null;

  @Column('text', { nullable: true })
  website: string | null;

  /** Query parameter in which a landing receives the visit id. */
  @Column('text', { default: 'tag' })
  tagParameter: string;

  /** Where deep links may lead: hosts, or `*.` and a domain (`normalHostPattern`). */
  @Column('text', { array: true, default: [] })
  allowedHosts: string[];

  /** Stars from 0 to 5 in halves that operators give; null while nobody has. */
  @Column('numeric', { precision: 2, scale: 1, nullable: true, transformer: STARS })
  rating: number | null;

  @Column('timestamptz')
  createdAt: Date;
}
