import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  Conditions,
  EXPONENTS_BUT_TWO,
  mapPage,
  Money,
  notFound,
  type Page,
  toPage,
} from '../platform/index.js';
import { cashoutOrder, type CashoutSort } from './cashout-order.js';
import type { CashoutState } from './domain/cashout-state.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-types.js';
import { type MaskedMethod, PaymentMethods } from './payment-methods.service.js';

/** Money of a payment that came back. */
export interface Refund {
  id: string;
  amount: Money;
  comment: string | null;
  createdAt: Date;
}

/** A request to be paid, and what became of it. */
export interface Cashout {
  id: string;
  ownerId: string;
  amount: Money;
  state: CashoutState;
  /** Masked; `title` is the payment system's. */
  paymentMethod: MaskedMethod & { title: string };
  comment: string | null;
  createdAt: Date;
  acceptedAt: Date | null;
  /** When the state became what it is, or was refunded last; null while pending. */
  finishedAt: Date | null;
  /** How much of the payment came back. */
  refunded: Money;
  /** By which steps, in their order. */
  refunds: Refund[];
  /** The payment that a refund gave back; null for every other state. */
  originalPayment: { cashoutId: string; amount: Money; acceptedAt: Date } | null;
}

/** Which cash-outs to list. Amounts are decimal strings in major units, compared within each currency. */
export interface CashoutFilter {
  ownerId?: string;
  state?: CashoutState;
  currency?: string;
  /** The payment system. */
  type?: PaymentMethodTypeCode;
  minAmount?: string;
  maxAmount?: string;
  /** When it was created and when it was finished: inclusive and exclusive. */
  from?: Date;
  before?: Date;
  finishedFrom?: Date;
  finishedBefore?: Date;
  sort: CashoutSort;
  limit: number;
  cursor?: string;
}

interface CashoutRow {
  id: string;
  owner_id: string;
  currency: string;
  amount_minor: string;
  refunded_minor: string;
  state: CashoutState;
  comment: string | null;
  created_at: Date;
  accepted_at: Date | null;
  finished_at: Date | null;
  payment_method_id: string;
  type_code: PaymentMethodTypeCode;
  sealed_fields: string;
  title: string;
  refunds: { id: string; amount: string; comment: string | null; createdAt: string }[];
}

const SELECT = `
  SELECT c.id, c.owner_id, c.currency, c.amount_minor, c.refunded_minor, c.state, c.comment, c.created_at,
         c.accepted_at, c.finished_at, c.payment_method_id, m.type_code, m.sealed_fields, t.title,
         CASE WHEN c.refunded_minor = 0 THEN '[]' ELSE (
           -- As text: JSON numbers would lose digits.
           SELECT json_agg(json_build_object('id', r.id, 'amount', r.amount_minor::text, 'comment', r.comment,
                                             'createdAt', r.created_at) ORDER BY r.id)
             FROM cashout_refunds r WHERE r.cashout_id = c.id) END AS refunds
    FROM cashouts c
    JOIN payment_methods m ON m.id = c.payment_method_id
    JOIN payment_method_types t ON t.code = m.type_code
`;

/** The amount in minor units of the row's currency, exact and not rounded; `?` are the amount and the exponents. */
const IN_MINOR_UNITS = '?::numeric * power(10::numeric, coalesce((?::jsonb ->> c.currency)::int, 2))';

/** Cash-outs as their owners and operators read them (A12, T10). */
@Injectable()
export class CashoutHistory {
  constructor(private readonly methods: PaymentMethods) {}

  /**
   * A page of cash-outs.
   * @throws DomainError INVALID_CURSOR (400)
   */
  async list(db: EntityManager, { limit, cursor, sort, ...filter }: CashoutFilter): Promise<Page<Cashout>> {
    const order = cashoutOrder(sort, cursor);
    const exponents = JSON.stringify(EXPONENTS_BUT_TWO);
    const conditions = new Conditions();
    conditions.add('c.owner_id = ?', filter.ownerId);
    conditions.add('c.state = ?', filter.state);
    conditions.add('c.currency = ?', filter.currency);
    conditions.add('m.type_code = ?', filter.type);
    conditions.add(`c.amount_minor >= ${IN_MINOR_UNITS}`, filter.minAmount, exponents);
    conditions.add(`c.amount_minor <= ${IN_MINOR_UNITS}`, filter.maxAmount, exponents);
    conditions.add('c.created_at >= ?', filter.from);
    conditions.add('c.created_at < ?', filter.before);
    conditions.add('c.finished_at >= ?', filter.finishedFrom);
    conditions.add('c.finished_at < ?', filter.finishedBefore);
    if (order.condition !== null) conditions.add(order.condition, ...order.after);
    const rows = await db.query<CashoutRow[]>(
      `${SELECT} WHERE ${conditions.sql} ORDER BY ${order.sql} LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return mapPage(toPage(rows, limit, order.keyOf), (row) => this.toCashout(row));
  }

  /**
   * One cash-out.
   * @param ownerId whose it must be; another owner's does not exist
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager, id: string, ownerId?: string): Promise<Cashout> {
    const conditions = new Conditions();
    conditions.add('c.id = ?', id);
    conditions.add('c.owner_id = ?', ownerId);
    const [row] = await db.query<CashoutRow[]>(`${SELECT} WHERE ${conditions.sql}`, conditions.parameters);
    if (!row) throw notFound('cash-out');
    return this.toCashout(row);
  }

  private toCashout(row: CashoutRow): Cashout {
    const sealed = { id: row.payment_method_id, typeCode: row.type_code, sealedFields: row.sealed_fields };
    const refunded = row.state === 'refund' && row.accepted_at;
    const inCurrency = (minor: string): Money => Money.of(BigInt(minor), row.currency);
    return {
      id: row.id,
      ownerId: row.owner_id,
      amount: inCurrency(row.amount_minor),
      state: row.state,
      paymentMethod: { ...this.methods.mask(sealed), title: row.title },
      comment: row.comment,
      createdAt: row.created_at,
      acceptedAt: row.accepted_at,
      finishedAt: row.finished_at,
      refunded: inCurrency(row.refunded_minor),
      refunds: row.refunds.map(({ amount, createdAt, ...refund }) => {
        return { ...refund, amount: inCurrency(amount), createdAt: new Date(createdAt) };
      }),
      originalPayment: refunded
        ? { cashoutId: row.id, amount: inCurrency(row.amount_minor), acceptedAt: refunded }
        : null,
    };
  }
}
