import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

export type BrandState = 'active' | 'archived';

/** An advertiser whose landings partners promote. */
@Entity('brands')
@Unique('brands_slug_unique', ['slug'])
@Check('brands_state_known', `state IN ('active', 'archived')`)
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

  @Column('timestamptz')
  createdAt: Date;
}
