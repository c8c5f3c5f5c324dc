import { Column, Entity, PrimaryColumn } from 'typeorm';

export const WEBHOOK_STATES = ['active', 'disabled'] as const;

export type WebhookState = (typeof WEBHOOK_STATES)[number];
export type WebhookDisabledReason = 'owner' | 'operator' | 'gone' | 'failing';

/** A server of a partner or brand that is told of events, signed (B05). */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_endpoints_pk' })
  id: string;

  @Column('uuid', { nullable: true })
  partnerId: string | null;

  /** Set exactly when there is no partner. */
  @Column('uuid', { nullable: true })
  brandId: string | null;

  @Column('text')
  url: string;

  @Column('text', { nullable: true })
  description: string | null;

  /** Types of events that it hears of; null for all. */
  @Column('text', { array: true, nullable: true })
  eventTypes: string[] | null;

  @Column('text')
  secretSealed: string;

  /** The secret before the last rotation, and until when it signs too. */
  @Column('text', { nullable: true })
  previousSecretSealed: string | null;

  @Column('timestamptz', { nullable: true })
  previousSecretUntil: Date | null;

  @Column('text')
  state: WebhookState;

  @Column('text', { nullable: true })
  disabledReason: WebhookDisabledReason | null;

  /** What the operator said who disabled it. */
  @Column('text', { nullable: true })
  disabledComment: string | null;

  @Column('timestamptz', { nullable: true })
  disabledAt: Date | null;

  /** Failures in a row. */
  @Column('integer', { default: 0 })
  failures: number;

  @Column('timestamptz', { nullable: true })
  failingSince: Date | null;

  /** When the mail at half of the way to being disabled was sent. */
  @Column('timestamptz', { nullable: true })
  warnedAt: Date | null;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz')
  updatedAt: Date;
}
