import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  Conditions,
  idOfCursor,
  mapPage,
  Money,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';

/** Waiting for a second operator, in the ledger, or refused. */
export const CORRECTION_STATES = ['pending', 'posted', 'rejected'] as const;
export type CorrectionState = (typeof CORRECTION_STATES)[number];

/** An operator's correction of an available balance. */
export interface BalanceCorrection {
  id: string;
  ownerId: string;
  /** Signed: what is added to the available balance. */
  amount: Money;
  comment: string;
  /** Whether it was confirmed that the balance may go below zero. */
  mayOverdraw: boolean;
  state: CorrectionState;
  requestedBy: string;
  createdAt: Date;
  /** The second operator, where one was needed. */
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionComment: string | null;
}

/** Which corrections to list. */
export interface CorrectionFilter {
  ownerId?: string;
  state?: CorrectionState;
  limit: number;
  cursor?: string;
}

interface Decision {
  state: 'posted' | 'rejected';
  comment: string | null;
  by: string;
  at: Date;
}

interface Row extends Omit<BalanceCorrection, 'amount'> {
  amountMinor: string;
  currency: string;
}

const SELECT = `
  SELECT id, owner_id AS "ownerId", currency, amount_minor AS "amountMinor", comment, may_overdraw AS "mayOverdraw",
         state, requested_by AS "requestedBy", created_at AS "createdAt", decided_by AS "decidedBy",
         decided_at AS "decidedAt", decision_comment AS "decisionComment"
    FROM balance_corrections`;

/** Where corrections are written down. */
@Injectable()
export class CorrectionBook {
  /** A page of corrections, newest first. */
  async list(
    db: EntityManager,
    { limit, cursor, ...filter }: CorrectionFilter,
  ): Promise<Page<BalanceCorrection>> {
    const conditions = new Conditions();
    conditions.add('owner_id = ?', filter.ownerId);
    conditions.add('state = ?', filter.state);
    conditions.add('id < ?', idOfCursor(cursor));
    const rows = await db.query<Row[]>(
      `${SELECT} WHERE ${conditions.sql} ORDER BY id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return mapPage(
      toPage(rows, limit, ({ id }) => [id]),
      toCorrection,
    );
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager, id: string): Promise<BalanceCorrection> {
    const [row] = await db.query<Row[]>(`${SELECT} WHERE id = $1`, [id]);
    if (!row) throw notFound('balance correction');
    return toCorrection(row);
  }

  /**
   * A correction that nobody else decides about until the transaction ends.
   * @throws DomainError NOT_FOUND
   */
  async lock(tx: Tx, id: string): Promise<BalanceCorrection> {
    await tx.query('SELECT FROM balance_corrections WHERE id = $1 FOR UPDATE', [id]);
    return this.get(tx, id);
  }

  async add(
    tx: Tx,
    { amount, ...correction }: Omit<BalanceCorrection, 'decidedBy' | 'decidedAt' | 'decisionComment'>,
  ): Promise<void> {
    const { id, ownerId, comment, mayOverdraw, state, requestedBy, createdAt } = correction;
    await tx.query(
      `INSERT INTO balance_corrections
              (id, owner_id, currency, amount_minor, comment, may_overdraw, state, requested_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        ownerId,
        amount.currency,
        amount.minor.toString(),
        comment,
        mayOverdraw,
        state,
        requestedBy,
        createdAt,
      ],
    );
  }

  async decide(tx: Tx, id: string, { state, comment, by, at }: Decision): Promise<void> {
    await tx.query(
      `UPDATE balance_corrections SET state = $2, decision_comment = $3, decided_by = $4, decided_at = $5
        WHERE id = $1`,
      [id, state, comment, by, at],
    );
  }
}

function toCorrection({ amountMinor, currency, ...row }: Row): BalanceCorrection {
  return { ...row, amount: Money.of(BigInt(amountMinor), currency) };
}
