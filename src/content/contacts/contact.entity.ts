import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody of a brand, or of the program, whom partners may write to or call (A21). */
@Entity('contacts')
export class Contact {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contacts_pk' })
  id: string;

  /** Null for a contact of the whole program. */
  @Column('uuid', { nullable: true })
  brandId: string | null;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  role: string | null;

  @Column('text', { nullable: true })
  email: string | null;

  /** E.164. */
  @Column('text', { nullable: true })
  phone: string | null;

  @Column('text', { nullable: true })
  messenger: string | null;

  /** Contacts of lower positions come first. */
  @Column('integer', { default: 0 })
  position: number;

  @Column('timestamptz')
  createdAt: Date;
}
