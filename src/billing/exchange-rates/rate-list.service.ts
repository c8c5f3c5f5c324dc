import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import {
  decodeCursor,
  invalidCursor,
  notFound,
  type Page,
  refuseBackwards,
  toPage,
} from '../../platform/index.js';
import { dayFault, type DayRate, RATE_SOURCES, type RateSource } from './domain/rate-fields.js';

/** A stored rate as operators see it. */
export interface ListedRate extends DayRate {
  readonly id: string;
  readonly source: RateSource;
  /** Whether conversions take it: no source of higher precedence has a rate of that day. */
  readonly inForce: boolean;
  readonly enteredBy: string | null;
  readonly enteredAt: Date;
}

/** Which rates to list; days are YYYY-MM-DD, inclusive. */
export interface RateFilter {
  readonly from?: string;
  readonly to?: string;
  readonly currency?: string;
  readonly source?: RateSource;
  readonly limit: number;
  readonly cursor?: string;
}

const RATES = `
  SELECT id, day::text AS day, currency, source, trim_scale(per_euro)::text AS rate, entered_by AS "enteredBy",
         entered_at AS "enteredAt",
         NOT EXISTS (SELECT FROM exchange_rates AS other
                      WHERE other.currency = listed.currency AND other.day = listed.day
                        AND array_position($1::text[], other.source) < array_position($1::text[], listed.source)
         ) AS "inForce"
    FROM exchange_rates AS listed`;

/** Cursors only name days that are in the table, whatever today is. */
const LAST_DAY = '9999-12-31';

/** The stored rates of all sources. */
@Injectable()
export class RateList {
  /** Rates, the latest day first. @throws DomainError INVALID_CURSOR, VALIDATION_FAILED (400) for `to` before `from` */
  async list(db: DataSource, filter: RateFilter): Promise<Page<ListedRate>> {
    const { from, to, currency, source, limit, cursor } = filter;
    refuseBackwards({ from, to });
    const rows = await db.query<ListedRate[]>(
      `${RATES}
        WHERE ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)
          AND ($4::text IS NULL OR currency = $4) AND ($5::text IS NULL OR source = $5)
          AND ($6::date IS NULL OR (day, currency, source) < ($6, $7, $8))
        ORDER BY day DESC, currency DESC, source DESC LIMIT $9`,
      [RATE_SOURCES, from, to, currency, source, ...placeOf(cursor), limit + 1],
    );
    return toPage(rows, limit, (rate) => [rate.day, rate.currency, rate.source]);
  }

  /** One rate. @throws DomainError NOT_FOUND */
  async get(db: EntityManager, id: string): Promise<ListedRate> {
    const [rate] = await db.query<ListedRate[]>(`${RATES} WHERE id = $2`, [RATE_SOURCES, id]);
    if (!rate) throw notFound('exchange rate');
    return rate;
  }
}

/** Day, currency and source behind which the page begins; nulls for the first one. */
function placeOf(cursor: string | undefined): (string | null)[] {
  if (cursor === undefined) return [null, null, null];
  const place = decodeCursor(cursor, 3);
  if (dayFault(place[0]!, LAST_DAY) !== null || place.some((part) => part.includes('\0')))
    throw invalidCursor();
  return place;
}
