import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { mailboxHash, nameHash, sha256Hex } from '../platform/index.js';
import type { MethodFields } from './domain/payment-method-types.js';
import { PaymentMethods, type SealedMethod } from './payment-methods.service.js';

/** Who an account to be paid to belongs to, as far as it tells, to be compared and not read. */
interface AccountHolder {
  readonly ownerId: string;
  readonly paymentMethodId: string;
  readonly type: string;
  /** What of the account may be shown. */
  readonly masked: Readonly<Record<string, string>>;
  /** Of an account that is named by an e-mail address (`mailboxHash`). */
  readonly mailboxHash: string | null;
  /** Of an account that names its holder (`nameHash`). */
  readonly nameHash: string | null;
  /** Of the account itself; null where it was wiped. */
  readonly accountHash: string | null;
}

/** Tells whose accounts wallets are paid to without giving them away: fields leave the room masked or hashed only. */
@Injectable()
export class AccountHolders {
  constructor(private readonly methods: PaymentMethods) {}

  /** Holders of all accounts of the owners, those deleted since included. */
  async ofOwners(db: EntityManager | DataSource, ownerIds: readonly string[]): Promise<AccountHolder[]> {
    const rows = await db.query<(SealedMethod & { ownerId: string })[]>(
      `SELECT id, owner_id AS "ownerId", type_code AS "typeCode", sealed_fields AS "sealedFields"
         FROM payment_methods WHERE owner_id = ANY($1) ORDER BY id`,
      [ownerIds],
    );
    return rows.map(({ ownerId, ...method }) => {
      const fields = this.methods.open(method);
      const { email, holder } = fields;
      return {
        ownerId,
        paymentMethodId: method.id,
        type: method.typeCode,
        masked: this.methods.mask(method).fields,
        mailboxHash: email === undefined ? null : mailboxHash(email),
        nameHash: holder === undefined ? null : nameHash(holder),
        accountHash: accountHash(method.typeCode, fields),
      };
    });
  }
}

/** What is no part of an account's own name: the same IBAN is the same account whatever holder is named. */
const BESIDE = ['holder', 'bic', 'coin'];

function accountHash(type: string, fields: MethodFields): string | null {
  const named = Object.entries(fields).filter(([name]) => !BESIDE.includes(name));
  return named.length === 0 ? null : sha256Hex(JSON.stringify([type, ...named.sort()]));
}
