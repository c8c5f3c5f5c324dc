import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Realm } from './domain/permissions.js';

/** Where a user works, and as what. */
@Entity('memberships')
export class Membership {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  userId: string;

  @Column('text')
  realm: Realm;

  @Column('text')
  role: string;

  @Column('uuid', { nullable: true })
  partnerId: string | null;

  @Column('uuid', { nullable: true })
  brandId: string | null;

  @Column('boolean')
  active: boolean;
}
