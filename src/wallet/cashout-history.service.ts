import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { idOfCursor, mapPage, Money, notFound, type Page, toPage } from '../platform/index.js';
import type { CashoutState } from './domain/cashout-state.js';
import type { PaymentMethodTypeCode } from './domain/payment-method-fields.js';
import { type MaskedMethod, PaymentMethods } from './payment-methods.service.js';

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
  /** When the state became what it is; null while pending. */
  finishedAt: Date | null;
  /** The payment that a refund gave back; null for every other state. */
  originalPayment: { cashoutId: string; acceptedAt: Date } | null;
}

/** Which cash-outs to list. */
export interface CashoutFilter {
  ownerId?: string;
  state?: CashoutState;
  currency?: string;
  limit: number;
  cursor?: string;
}

interface CashoutRow {
  id: string;
  owner_id: string;
  currency: string;
  amount_minor: string;
  state: CashoutState;
  comment: string | null;
  created_at: Date;
  accepted_at: Date | null;
  finished_at: Date | null;
  payment_method_id: string;
  type_code: PaymentMethodTypeCode;
  sealed_fields: string;
  title: string;
}

const SELECT = `
  SELECT c.id, c.owner_id, c.currency, c.amount_minor, c.state, c.comment, c.created_at, c.accepted_at,
         c.finished_at, c.payment_method_id, m.type_code, m.sealed_fields, t.title
    FROM cashouts c
    JOIN payment_methods m ON m.id = c.payment_method_id
    JOIN payment_method_types t ON t.code = m.type_code
`;

/** Cash-outs as their owners and operators read them (A12, T10). */
@Injectable()
export class CashoutHistory {
  constructor(private readonly methods: PaymentMethods) {}

  /** Cash-outs, newest first. */
  async list(db: EntityManager, filter: CashoutFilter): Promise<Page<Cashout>> {
    const before = idOfCursor(filter.cursor);
    const rows = await db.query<CashoutRow[]>(
      `${SELECT}
        WHERE ($1::uuid IS NULL OR c.owner_id = $1) AND ($2::text IS NULL OR c.state = $2)
          AND ($3::text IS NULL OR c.currency = $3) AND ($4::uuid IS NULL OR c.id < $4)
        ORDER BY c.id DESC LIMIT $5`,
      [filter.ownerId ?? null, filter.state ?? null, filter.currency ?? null, before, filter.limit + 1],
    );
    const page = toPage(rows, filter.limit, ({ id }) => [id]);
    return mapPage(page, (row) => this.toCashout(row));
  }

  /**
   * One cash-out.
   * @param ownerId whose it must be; another owner's does not exist
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager, id: string, ownerId?: string): Promise<Cashout> {
    const [row] = await db.query<CashoutRow[]>(
      `${SELECT} WHERE c.id = $1 AND ($2::uuid IS NULL OR c.owner_id = $2)`,
      [id, ownerId ?? null],
    );
    if (!row) throw notFound('cash-out');
    return this.toCashout(row);
  }

  private toCashout(row: CashoutRow): Cashout {
    const sealed = { id: row.payment_method_id, typeCode: row.type_code, sealedFields: row.sealed_fields };
    const refunded = row.state === 'refund' && row.accepted_at;
    return {
      id: row.id,
      ownerId: row.owner_id,
      amount: Money.of(BigInt(row.amount_minor), row.currency),
      state: row.state,
      paymentMethod: { ...this.methods.mask(sealed), title: row.title },
      comment: row.comment,
      createdAt: row.created_at,
      acceptedAt: row.accepted_at,
      finishedAt: row.finished_at,
      originalPayment: refunded ? { cashoutId: row.id, acceptedAt: refunded } : null,
    };
  }
}
