import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { idOfCursor, mapPage, Money, notFound, type Page, toPage } from '../../platform/index.js';
import type { PayoutBatchState } from '../domain/payout-batch-state.js';
import { PAYOUT_LINE_STATES, type PayoutLineState } from '../domain/payout-line-state.js';
import { type MaskedMethod, PaymentMethods, type SealedMethod } from '../payment-methods.service.js';
import { BATCH_COLUMNS, type PayoutBatch } from './payout-batch.js';

/** Lines of one state, together. */
export interface PayoutSum {
  readonly state: PayoutLineState;
  readonly lines: number;
  readonly amount: Money;
}

/** A batch with its progress: sums of the states that its lines are in, in the order of the states. */
export interface PayoutBatchView {
  readonly batch: PayoutBatch;
  readonly sums: readonly PayoutSum[];
}

/** A line as it may be shown. */
export interface PayoutLineView {
  readonly id: string;
  readonly cashoutId: string;
  readonly ownerId: string;
  readonly state: PayoutLineState;
  readonly amount: Money;
  readonly paymentMethod: MaskedMethod;
  readonly reason: string | null;
  readonly changedAt: Date;
}

/** Which batches to list. */
export interface PayoutBatchFilter {
  readonly state?: PayoutBatchState;
  readonly paymentMethodType?: string;
  readonly currency?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** Which lines of a batch to list. */
export interface PayoutLineFilter {
  readonly state?: PayoutLineState;
  readonly limit: number;
  readonly cursor?: string;
}

type BatchRow = PayoutBatch & { sums: { state: PayoutLineState; lines: number; minor: string }[] };
type LineRow = SealedMethod & {
  lineId: string;
  cashoutId: string;
  ownerId: string;
  state: PayoutLineState;
  minor: string;
  currency: string;
  reason: string | null;
  changedAt: Date;
};

const BATCHES = `
  SELECT ${BATCH_COLUMNS}, s.sums
    FROM payout_batches b
    CROSS JOIN LATERAL (
      -- As text: JSON numbers would lose digits.
      SELECT coalesce(json_agg(json_build_object('state', state, 'lines', lines, 'minor', minor::text)), '[]') AS sums
        FROM (SELECT l.state, count(*)::int AS lines, sum(c.amount_minor) AS minor
                FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id
               WHERE l.batch_id = b.id GROUP BY l.state) AS by_state) AS s`;

const LINES = `
  SELECT l.id AS "lineId", l.cashout_id AS "cashoutId", c.owner_id AS "ownerId", l.state, c.amount_minor AS minor,
         c.currency, l.reason, l.changed_at AS "changedAt", m.id, m.type_code AS "typeCode",
         m.sealed_fields AS "sealedFields"
    FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id JOIN payment_methods m ON m.id = c.payment_method_id`;

/** Payout batches as operators see them (B09). */
@Injectable()
export class PayoutOverview {
  constructor(private readonly methods: PaymentMethods) {}

  /** Batches, newest first. */
  async list(db: EntityManager, filter: PayoutBatchFilter): Promise<Page<PayoutBatchView>> {
    const rows = await db.query<BatchRow[]>(
      `${BATCHES}
        WHERE ($1::text IS NULL OR b.state = $1) AND ($2::text IS NULL OR b.type_code = $2)
          AND ($3::text IS NULL OR b.currency = $3) AND ($4::uuid IS NULL OR b.id < $4)
        ORDER BY b.id DESC LIMIT $5`,
      [
        filter.state ?? null,
        filter.paymentMethodType ?? null,
        filter.currency ?? null,
        idOfCursor(filter.cursor),
        filter.limit + 1,
      ],
    );
    return mapPage(
      toPage(rows, filter.limit, ({ id }) => [id]),
      toBatchView,
    );
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager, id: string): Promise<PayoutBatchView> {
    const [row] = await db.query<BatchRow[]>(`${BATCHES} WHERE b.id = $1`, [id]);
    if (!row) throw notFound('payout batch');
    return toBatchView(row);
  }

  /** The lines of a batch, in the order of its file. @throws DomainError NOT_FOUND */
  async lines(db: EntityManager, batchId: string, filter: PayoutLineFilter): Promise<Page<PayoutLineView>> {
    const [batch] = await db.query<unknown[]>('SELECT id FROM payout_batches WHERE id = $1', [batchId]);
    if (!batch) throw notFound('payout batch');
    const rows = await db.query<LineRow[]>(
      `${LINES} WHERE l.batch_id = $1 AND ($2::text IS NULL OR l.state = $2) AND ($3::uuid IS NULL OR l.id > $3)
        ORDER BY l.id LIMIT $4`,
      [batchId, filter.state ?? null, idOfCursor(filter.cursor), filter.limit + 1],
    );
    return mapPage(
      toPage(rows, filter.limit, ({ lineId }) => [lineId]),
      (row) => this.toLineView(row),
    );
  }

  /** @throws DomainError NOT_FOUND */
  async line(db: EntityManager, batchId: string, lineId: string): Promise<PayoutLineView> {
    const [row] = await db.query<LineRow[]>(`${LINES} WHERE l.batch_id = $1 AND l.id = $2`, [
      batchId,
      lineId,
    ]);
    if (!row) throw notFound('payout line');
    return this.toLineView(row);
  }

  private toLineView(row: LineRow): PayoutLineView {
    const { lineId: id, cashoutId, ownerId, state, minor, currency, reason, changedAt } = row;
    const amount = Money.of(BigInt(minor), currency);
    return {
      id,
      cashoutId,
      ownerId,
      state,
      amount,
      paymentMethod: this.methods.mask(row),
      reason,
      changedAt,
    };
  }
}

function toBatchView({ sums, ...batch }: BatchRow): PayoutBatchView {
  const known = new Map(sums.map((sum) => [sum.state, sum]));
  return {
    batch,
    sums: PAYOUT_LINE_STATES.flatMap((state) => {
      const sum = known.get(state);
      if (!sum) return [];
      return [{ state, lines: sum.lines, amount: Money.of(BigInt(sum.minor), batch.currency) }];
    }),
  };
}
