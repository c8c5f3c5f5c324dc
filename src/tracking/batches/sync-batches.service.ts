import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  decodeCursor,
  idOfCursor,
  invalidCursor,
  notFound,
  type Page,
  toPage,
} from '../../platform/index.js';
import type { Refusal } from '../domain/item-fault.js';

export const BATCH_KINDS = ['players', 'activity', 'orders'] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

/** A worked batch as it is kept. */
export interface BatchRow {
  readonly id: string;
  readonly kind: BatchKind;
  readonly receivedAt: Date;
  readonly accepted: number;
  readonly duplicate: number;
  readonly corrected: number;
  readonly rejected: number;
}

/** A refusal as it is kept; of items that came in a file with their line, from 1. */
export interface ListedRefusal extends Refusal {
  readonly line: number | null;
}

/** A batch and one page of what was refused of it. */
export interface BatchRefusals {
  readonly batch: BatchRow;
  readonly page: Page<ListedRefusal>;
}

interface Paging {
  readonly limit: number;
  readonly cursor?: string;
}

/** What the list of batches is narrowed to. */
interface BatchFilter extends Paging {
  readonly kind?: BatchKind;
  /** `true`: only those of which something was refused. */
  readonly refused?: 'true' | 'false';
}

const COLUMNS = `id, kind, received_at AS "receivedAt", accepted, duplicate, corrected, rejected`;

/** What became of the batches that brands' servers sent (A07). */
@Injectable()
export class SyncBatches {
  /** The brand's batches, newest first. */
  async list(db: DataSource, brandId: string, filter: BatchFilter): Promise<Page<BatchRow>> {
    const rows = await db.query<BatchRow[]>(
      `SELECT ${COLUMNS} FROM sync_batches
        WHERE brand_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR kind = $3)
          ${filter.refused === 'true' ? 'AND rejected > 0' : ''}
        ORDER BY id DESC LIMIT $4`,
      [brandId, idOfCursor(filter.cursor), filter.kind ?? null, filter.limit + 1],
    );
    return toPage(rows, filter.limit, ({ id }) => [id]);
  }

  /**
   * The batch of that brand, with a page of its refusals in the order of the batch.
   * @throws DomainError NOT_FOUND, INVALID_CURSOR
   */
  async get(db: DataSource, brandId: string, id: string, { limit, cursor }: Paging): Promise<BatchRefusals> {
    const [batch] = await db.query<BatchRow[]>(
      `SELECT ${COLUMNS} FROM sync_batches WHERE brand_id = $1 AND id = $2`,
      [brandId, id],
    );
    if (!batch) throw notFound('sync batch');
    const refusals = await db.query<ListedRefusal[]>(
      `SELECT (item->>'index')::int AS index, item->>'code' AS code, item->>'message' AS message,
              (item->>'line')::int AS line
         FROM sync_batches, jsonb_array_elements(refusals) AS item
        WHERE id = $1 AND (item->>'index')::int > $2
        ORDER BY 1 LIMIT $3`,
      [id, placeOfCursor(cursor), limit + 1],
    );
    return { batch, page: toPage(refusals, limit, ({ index }) => [String(index)]) };
  }
}

/** The place after which the page begins. */
function placeOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return -1;
  const [place = ''] = decodeCursor(cursor, 1);
  if (/^\d{1,9}$/.test(place)) return Number(place);
  throw invalidCursor();
}
