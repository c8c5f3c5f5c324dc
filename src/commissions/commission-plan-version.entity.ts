import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredStrategy } from './domain/strategy-json.js';

/** The terms of a plan at one time; never changed (rules §3.1). */
@Entity('commission_plan_versions')
export class CommissionPlanVersion {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'commission_plan_versions_pk' })
  id: string;

  @Column('uuid')
  planId: string;

  /** Counts from 1. */
  @Column('integer')
  version: number;

  @Column('jsonb')
  strategies: StoredStrategy[];

  @Column('integer')
  adminFeeBps: number;

  @Column('boolean')
  negativeCarryOver: boolean;

  @Column('integer', { default: 0 })
  holdDays: number;

  /** Start of the first period that the version pays; null for the first version. */
  @Column('timestamptz', { nullable: true })
  effectiveFrom: Date | null;

  @Column('timestamptz')
  createdAt: Date;

  @Column('uuid', { nullable: true })
  createdBy: string | null;
}
