import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PeriodKind } from './domain/periods.js';

export const AVAILABILITIES = ['default', 'individual'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

export const PLAN_STATES = ['active', 'archived'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** What partners of a brand are paid by; its terms stand in its versions. */
@Entity('commission_plans')
export class CommissionPlan {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'commission_plans_pk' })
  id: string;

  @Column('uuid')
  brandId: string;

  @Column('text')
  name: string;

  /** The brand's. */
  @Column('text')
  currency: string;

  /** The coin that bills are paid out in; null for the plan's own currency. */
  @Column('text', { nullable: true })
  payoutCurrency: string | null;

  @Column('text')
  period: PeriodKind;

  /** IANA name; the periods follow this zone's calendar. */
  @Column('text')
  timeZone: string;

  /** `default` plans are for every partner, `individual` ones for the named. */
  @Column('text')
  availability: Availability;

  /** As in the newest version. */
  @Column('boolean')
  negativeCarryOver: boolean;

  /** An archived plan takes no new campaigns; those that have it keep earning by it. */
  @Column('text')
  state: PlanState;

  @Column('integer')
  currentVersion: number;

  @Column('timestamptz')
  createdAt: Date;
}
