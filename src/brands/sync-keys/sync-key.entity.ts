import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Brand } from '../brand.entity.js';

/** The credentials with which a brand's server signs its batches (rules §2.3). */
@Entity('sync_keys')
@Unique('sync_keys_auth_key_unique', ['authKey'])
@Index('sync_keys_brand_idx', ['brandId', 'id'])
export class SyncKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sync_keys_pk' })
  id: string;

  @Column('uuid')
  @ForeignKey(() => Brand, { name: 'sync_keys_brand_fk' })
  brandId: string;

  @Column('text')
  authKey: string;

  @Column('text')
  secretSealed: string;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  revokedAt: Date | null;
}
