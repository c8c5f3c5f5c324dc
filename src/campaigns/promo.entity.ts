import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One tracking link of a campaign. */
@Entity('promos')
export class Promo {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'promos_pk' })
  id: string;

  @Column('uuid')
  campaignId: string;

  /** As in the campaign. */
  @Column('uuid')
  partnerId: string;

  /** As in the campaign. */
  @Column('uuid')
  brandId: string;

  /** What stands in the link: ten base-62 characters. */
  @Column('text')
  code: string;

  @Column('text')
  title: string;

  /** Set once and never changed (A04). */
  @Column('uuid', { nullable: true })
  trafficSourceId: string | null;

  @Column('uuid')
  landingId: string;

  /** Null for a direct link. */
  @Column('uuid', { nullable: true })
  mediaId: string | null;

  @Column('timestamptz')
  createdAt: Date;
}
