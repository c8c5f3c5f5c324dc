import { Column, Entity, PrimaryColumn } from 'typeorm';

export const CAMPAIGN_STATES = ['active', 'archived'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** A partner's work for one brand under one commission plan. */
@Entity('campaigns')
export class Campaign {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'campaigns_pk' })
  id: string;

  @Column('uuid')
  partnerId: string;

  @Column('uuid')
  brandId: string;

  @Column('uuid')
  commissionPlanId: string;

  @Column('text')
  name: string;

  /** An archived campaign keeps tracking and earning, and refuses new promos and edits (A05). */
  @Column('text')
  state: CampaignState;

  @Column('timestamptz')
  createdAt: Date;
}
