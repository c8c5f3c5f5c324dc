import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Brand } from './brand.entity.js';

export const AUDIENCES = ['players', 'sub_affiliates'] as const;

export type Audience = (typeof AUDIENCES)[number];

/** A page of the brand that tracking links lead to. */
@Entity('landings')
@Index('landings_brand_idx', ['brandId', 'id'])
@Check('landings_audience_known', `audience IN ('players', 'sub_affiliates')`)
@Check('landings_url_http', `url ~* '^https?://'`)
export class Landing {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'landings_pk' })
  id: string;

  @Column('uuid')
  @ForeignKey(() => Brand, { name: 'landings_brand_fk' })
  brandId: string;

  @Column('text')
  title: string;

  @Column('text')
  url: string;

  @Column('text')
  audience: Audience;

  /** An inactive landing is not offered for new promos; promos that have it keep it. */
  @Column('boolean', { default: true })
  active: boolean;

  @Column('timestamptz')
  createdAt: Date;
}
