import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, Money, notFound, type Tx } from '../platform/index.js';
import { typeTakesCurrency } from './domain/account-currencies.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-types.js';
import type { WithdrawalLimits } from './domain/withdrawal-limits.js';
import { limitInvalid } from './wallet.errors.js';

/** A kind of account that money is paid to, as operators have set it. */
export interface PaymentMethodType {
  code: PaymentMethodTypeCode;
  title: string;
  enabled: boolean;
  /** One per currency that the type pays in. */
  limits: WithdrawalLimits[];
}

/** What operators change; what is absent stays. */
export interface PaymentMethodTypeChanges {
  title?: string;
  enabled?: boolean;
  /** Decimal strings per currency; they replace all limits of the type. */
  limits?: { currency: string; minimum: string; maximum: string }[];
}

interface TypeRow {
  code: PaymentMethodTypeCode;
  title: string;
  enabled: boolean;
  limits: { currency: string; minimum: string; maximum: string }[];
}

/** The types of payment methods with their limits and currencies (rule 4.2). */
@Injectable()
export class PaymentMethodTypes {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Every type, in the order in which they are offered. */
  async list(db: EntityManager): Promise<PaymentMethodType[]> {
    const rows = await db.query<TypeRow[]>(
      `SELECT t.code, t.title, t.enabled, coalesce(l.limits, '[]') AS limits
         FROM payment_method_types t
         LEFT JOIN (
           -- As text: JSON numbers would lose digits.
           SELECT type_code, json_agg(json_build_object('currency', currency, 'minimum', minimum_minor::text,
                                                        'maximum', maximum_minor::text) ORDER BY currency) AS limits
             FROM payment_method_limits GROUP BY type_code) l ON l.type_code = t.code
        ORDER BY t.position`,
    );
    return rows.map(({ limits, ...type }) => ({
      ...type,
      limits: limits.map(({ currency, minimum, maximum }) => ({
        minimum: Money.of(BigInt(minimum), currency),
        maximum: Money.of(BigInt(maximum), currency),
      })),
    }));
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager, code: string): Promise<PaymentMethodType> {
    const type = (await this.list(db)).find((candidate) => candidate.code === code);
    if (!type) throw notFound('payment method type');
    return type;
  }

  /**
   * Changes what operators set; cash-outs that were requested before are not looked at again.
   * @throws DomainError NOT_FOUND; INVALID_LIMITS, INVALID_AMOUNT and INVALID_CURRENCY (422) that name the field
   */
  async update(tx: Tx, actor: Actor, code: string, changes: PaymentMethodTypeChanges): Promise<void> {
    await tx.query(`SELECT FROM payment_method_types WHERE code = $1 FOR UPDATE`, [code]);
    const before = await this.get(tx, code);
    await tx.query(
      `UPDATE payment_method_types SET title = $2, enabled = $3, updated_at = $4 WHERE code = $1`,
      [code, changes.title ?? before.title, changes.enabled ?? before.enabled, this.clock.now()],
    );
    if (changes.limits) await this.replaceLimits(tx, before.code, readLimits(before.code, changes.limits));
    await this.auditLog.record(tx, actor, {
      action: 'payment_method_type.change',
      subject: { type: 'payment_method_type', id: null },
      before,
      after: await this.get(tx, code),
    });
  }

  private async replaceLimits(tx: Tx, code: string, limits: readonly WithdrawalLimits[]): Promise<void> {
    await tx.query(`DELETE FROM payment_method_limits WHERE type_code = $1`, [code]);
    await tx.query(
      `INSERT INTO payment_method_limits (type_code, currency, minimum_minor, maximum_minor)
       SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[])`,
      [
        code,
        limits.map(({ minimum }) => minimum.currency),
        limits.map(({ minimum }) => minimum.minor.toString()),
        limits.map(({ maximum }) => maximum.minor.toString()),
      ],
    );
  }
}

function readLimits(
  type: PaymentMethodTypeCode,
  limits: NonNullable<PaymentMethodTypeChanges['limits']>,
): WithdrawalLimits[] {
  return limits.map(({ currency, minimum, maximum }, index) => {
    const read = {
      minimum: Money.parse(minimum, currency, `limits.${index}.minimum`),
      maximum: Money.parse(maximum, currency, `limits.${index}.maximum`),
    };
    if (read.maximum.compare(read.minimum) < 0)
      throw limitInvalid(`limits.${index}.maximum`, 'must not be below the minimum');
    if (limits.findIndex((other) => other.currency === currency) < index)
      throw limitInvalid(`limits.${index}.currency`, 'is named twice');
    if (!typeTakesCurrency(type, currency))
      throw limitInvalid(`limits.${index}.currency`, `${currency} cannot be paid to accounts of this type`);
    return read;
  });
}
