import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who signs in. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  email: string;

  @Column('text')
  passwordHash: string;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  phone: string | null;

  /** Currency that reports are shown in by default. */
  @Column('text', { nullable: true })
  reportCurrency: string | null;

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
