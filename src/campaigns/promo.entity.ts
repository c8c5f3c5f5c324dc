import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RotationTarget } from './domain/rotation.js';

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

  /** What stands in the link (`LINK_CODE`); former codes of the promo keep leading to it. */
  @Column('text')
  code: string;

  @Column('text')
  title: string;

  /** Set once and never changed (A04). */
  @Column('uuid', { nullable: true })
  trafficSourceId: string | null;

  /** Also where visitors go whom none of the `targets` fits. */
  @Column('uuid')
  landingId: string;

  /** Landings that take turns; empty for a link that always leads to `landingId`. */
  @Column('jsonb', { default: [] })
  targets: RotationTarget[];

  /** Null for a direct link. */
  @Column('uuid', { nullable: true })
  mediaId: string | null;

  @Column('timestamptz')
  createdAt: Date;
}
