import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { type ActingUser, EventLog } from '../identity/index.js';
import { Clock, Ids, notFound, SecretBox, type Tx } from '../platform/index.js';
import { OPEN_CASHOUT_STATES } from './domain/cashout-state.js';
import { maskMethodFields, readMethodFields } from './domain/payment-method-fields.js';
import type { MethodFields, PaymentMethodTypeCode } from './domain/payment-method-types.js';
import { PaymentMethodTypes } from './payment-method-types.service.js';
import { PaymentMethod } from './payment-method.entity.js';
import { WalletOwners } from './wallet-owners.service.js';
import {
  paymentMethodExists,
  paymentMethodFieldsInvalid,
  paymentMethodInUse,
  paymentMethodTypeDisabled,
} from './wallet.errors.js';

/** Whose wallet, and who acts. */
export interface Owner {
  ownerId: string;
  actor: ActingUser;
}

/** A payment method as it may be shown. */
export interface MaskedMethod {
  id: string;
  type: PaymentMethodTypeCode;
  fields: Record<string, string>;
}

/** What of a stored method is needed to read its fields. */
export type SealedMethod = Pick<PaymentMethod, 'id' | 'typeCode' | 'sealedFields'>;

/** The accounts that an owner is paid to: sealed at rest, masked in every answer, one per type (rule 4.2). */
@Injectable()
export class PaymentMethods {
  constructor(
    private readonly types: PaymentMethodTypes,
    private readonly owners: WalletOwners,
    private readonly secretBox: SecretBox,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The owner's present methods, oldest first. */
  async list(db: EntityManager, ownerId: string): Promise<PaymentMethod[]> {
    const where = { ownerId, deletedAt: IsNull() };
    return db.getRepository(PaymentMethod).find({ where, order: { id: 'ASC' } });
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager, ownerId: string, id: string): Promise<PaymentMethod> {
    const method = await db.getRepository(PaymentMethod).findOneBy({ id, ownerId, deletedAt: IsNull() });
    if (!method) throw notFound('payment method');
    return method;
  }

  /**
   * Adds a method.
   * @throws DomainError INVALID_PAYMENT_METHOD (422) with every wrong field, PAYMENT_METHOD_TYPE_DISABLED (422),
   *   PAYMENT_METHOD_EXISTS, PARTNER_ERASED (409)
   */
  async add(
    tx: Tx,
    owner: Owner,
    type: PaymentMethodTypeCode,
    input: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    await this.owners.refuseErased(tx, owner.ownerId);
    const { enabled } = await this.types.get(tx, type);
    if (!enabled) throw paymentMethodTypeDisabled('type');
    const { fields, faults } = readMethodFields(type, input);
    if (faults.length > 0) throw paymentMethodFieldsInvalid(faults);
    const id = this.ids.next();
    const sealedFields = this.secretBox.seal(JSON.stringify(fields), contextOf(id));
    const added = await tx.query<unknown[]>(
      `INSERT INTO payment_methods (id, owner_id, type_code, sealed_fields, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (owner_id, type_code) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [id, owner.ownerId, type, sealedFields, this.clock.now()],
    );
    if (added.length === 0) throw paymentMethodExists();
    await this.tell(tx, owner, id, 'payment_method_added');
    return id;
  }

  /**
   * Deletes a method; what was paid to it goes on naming it.
   * @throws DomainError NOT_FOUND, PAYMENT_METHOD_IN_USE (409) while a pending cash-out uses it
   */
  async delete(tx: Tx, owner: Owner, id: string): Promise<void> {
    await this.lock(tx, owner.ownerId, id, 'pessimistic_write');
    // Asked only after the lock: a request for a cash-out holds the method until it commits.
    const [use] = await tx.query<unknown[]>(
      `SELECT id FROM cashouts WHERE payment_method_id = $1 AND state = ANY ($2) LIMIT 1`,
      [id, OPEN_CASHOUT_STATES],
    );
    if (use) throw paymentMethodInUse();
    await tx.query(`UPDATE payment_methods SET deleted_at = $2 WHERE id = $1`, [id, this.clock.now()]);
    await this.tell(tx, owner, id, 'payment_method_deleted');
  }

  /** Deletes all methods of an owner and wipes their fields, also of those deleted before; nothing brings them back. */
  async wipe(tx: Tx, ownerId: string): Promise<void> {
    const methods = await tx.query<{ id: string }[]>(
      'SELECT id FROM payment_methods WHERE owner_id = $1 ORDER BY id FOR UPDATE',
      [ownerId],
    );
    for (const { id } of methods) {
      await tx.query(
        'UPDATE payment_methods SET sealed_fields = $2, deleted_at = coalesce(deleted_at, $3) WHERE id = $1',
        [id, this.secretBox.seal('{}', contextOf(id)), this.clock.now()],
      );
    }
  }

  /**
   * Holds a method against deletion, and its owner against erasure, until the transaction ends.
   * @throws DomainError NOT_FOUND, PARTNER_ERASED (409)
   */
  async hold(tx: Tx, ownerId: string, id: string): Promise<PaymentMethod> {
    await this.owners.refuseErased(tx, ownerId);
    return this.lock(tx, ownerId, id, 'pessimistic_read');
  }

  /** The method's fields in the clear: for paying, never for answers. */
  open({ id, sealedFields }: SealedMethod): MethodFields {
    return JSON.parse(this.secretBox.open(sealedFields, contextOf(id))) as MethodFields;
  }

  /** The method as it may be shown. */
  mask(method: SealedMethod): MaskedMethod {
    const { id, typeCode: type } = method;
    return { id, type, fields: maskMethodFields(type, this.open(method)) };
  }

  private async lock(
    tx: Tx,
    ownerId: string,
    id: string,
    mode: 'pessimistic_read' | 'pessimistic_write',
  ): Promise<PaymentMethod> {
    const where = { id, ownerId, deletedAt: IsNull() };
    const method = await tx.getRepository(PaymentMethod).findOne({ where, lock: { mode } });
    if (!method) throw notFound('payment method');
    return method;
  }

  private async tell(
    tx: Tx,
    { ownerId: partnerId, actor }: Owner,
    id: string,
    type: 'payment_method_added' | 'payment_method_deleted',
  ): Promise<void> {
    await this.eventLog.record(tx, actor, { partnerId, type, subjectId: id, data: { paymentMethodId: id } });
  }
}

function contextOf(id: string): string {
  return `payment_methods.sealed_fields:${id}`;
}
