import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PaymentMethodTypeCode } from './domain/payment-method-types.js';

/** An owner's account at a bank or payment provider, to which cash-outs are paid. */
@Entity('payment_methods')
export class PaymentMethod {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  ownerId: string;

  @Column('text')
  typeCode: PaymentMethodTypeCode;

  /** JSON of the fields, sealed. */
  @Column('text')
  sealedFields: string;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  deletedAt: Date | null;
}
