import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who signs in. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  email: string;

  /** Null while the person is invited. */
  @Column('text', { nullable: true })
  passwordHash: string | null;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  phone: string | null;

  /** Currency that reports are shown in by default. */
  @Column('text', { nullable: true })
  reportCurrency: string | null;

  /** Kinds of mail that the user does not want. */
  @Column('text', { array: true, default: '{}' })
  mailOptOuts: string[];

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  emailVerifiedAt: Date | null;

  @Column('timestamptz', { nullable: true })
  lastSignInAt: Date | null;

  @Column('timestamptz', { nullable: true })
  lockedAt: Date | null;

  @Column('timestamptz', { nullable: true })
  blockedAt: Date | null;

  /** Blocked by an owner of the own team, who may unblock too; otherwise an operator blocked. */
  @Column('boolean', { default: false })
  blockedByTeam: boolean;

  /** Why an operator blocked. */
  @Column('text', { nullable: true })
  blockedReason: string | null;

  /** When the person was shut out for good, as its partner is erased; such a block is never lifted. */
  @Column('timestamptz', { nullable: true })
  shutOutAt: Date | null;

  /** When the invitation was mailed last; null once the person joined by setting a password. */
  @Column('timestamptz', { nullable: true })
  invitedAt: Date | null;

  /** Sealed secret that waits for its first code. */
  @Column('text', { nullable: true })
  twoFactorPending: string | null;

  /** Sealed secret in force. */
  @Column('text', { nullable: true })
  twoFactorSecret: string | null;

  @Column('timestamptz', { nullable: true })
  twoFactorEnabledAt: Date | null;

  @Column('bigint', { default: 0 })
  twoFactorLastStep: string;
}
