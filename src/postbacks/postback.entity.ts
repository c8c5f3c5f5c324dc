import { Column, Entity, PrimaryColumn } from 'typeorm';

export const POSTBACK_SCOPES = ['account', 'campaign', 'promo'] as const;
export const POSTBACK_ACTIONS = [
  'registration',
  'first_deposit',
  'deposit',
  'qualification',
  'order_created',
  'order_approved',
  'order_declined',
] as const;
export const POSTBACK_METHODS = ['GET', 'POST'] as const;
export const POSTBACK_STATES = ['active', 'disabled'] as const;

export type PostbackScope = (typeof POSTBACK_SCOPES)[number];
export type PostbackAction = (typeof POSTBACK_ACTIONS)[number];
export type PostbackMethod = (typeof POSTBACK_METHODS)[number];
export type PostbackState = (typeof POSTBACK_STATES)[number];
export type DisabledReason = 'partner' | 'gone' | 'failing';

/** A partner's tracker that is called when an action happens (A09). */
@Entity('postbacks')
export class Postback {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'postbacks_pk' })
  id: string;

  @Column('uuid')
  partnerId: string;

  @Column('text')
  scope: PostbackScope;

  /** Of a campaign's postback, and of a promo's. */
  @Column('uuid', { nullable: true })
  campaignId: string | null;

  @Column('uuid', { nullable: true })
  promoId: string | null;

  @Column('text')
  action: PostbackAction;

  /** Template. */
  @Column('text')
  url: string;

  @Column('text')
  method: PostbackMethod;

  @Column('jsonb')
  headers: Record<string, string>;

  /** Template of the body of a POST. */
  @Column('text', { nullable: true })
  body: string | null;

  @Column('text')
  state: PostbackState;

  @Column('text', { nullable: true })
  disabledReason: DisabledReason | null;

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
