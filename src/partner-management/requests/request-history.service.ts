import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { csvLine, Money, type Page, timeAndIdOfCursor, toPage } from '../../platform/index.js';
import type { RequestHistoryItem, RequestHistoryQuery } from './request-history.dto.js';

const ROWS_AT_ONCE = 500;

const CSV_HEADER = [
  'Requested',
  'Decided',
  'Partner',
  'Type',
  'Title',
  'Price',
  'Currency',
  'State',
  'Decided by',
  'Description',
];

type Filter = Pick<RequestHistoryQuery, 'partnerId' | 'partner' | 'state' | 'type'>;

interface HistoryRow extends Omit<RequestHistoryItem, 'price'> {
  priceMinor: string;
  currency: string;
}

/** What became of partners' requests (O02, O07); it only grows. */
@Injectable()
export class RequestHistory {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of decided requests, the last decided first. */
  async list(query: Filter & { limit: number; cursor?: string }): Promise<Page<RequestHistoryItem>> {
    const [decidedAt, id] = timeAndIdOfCursor(query.cursor);
    const rows = await this.dataSource.query<HistoryRow[]>(
      `SELECT r.id, r.kind AS type, r.title, r.partner_id AS "partnerId", p.name AS "partnerName", r.state,
              r.price_minor AS "priceMinor", r.currency, r.requested_at AS "requestedAt",
              r.decided_at AS "decidedAt", u.email AS "decidedBy", r.rejection_description AS "rejectionDescription"
         FROM partner_requests r
         JOIN partners p ON p.id = r.partner_id
         LEFT JOIN users u ON u.id = r.decided_by
        WHERE r.state <> 'pending' AND ($1::uuid IS NULL OR r.partner_id = $1)
          AND ($2::text IS NULL OR strpos(lower(p.name), lower($2)) > 0)
          AND ($3::text IS NULL OR r.state = $3)
          AND ($4::text[] IS NULL OR r.kind = ANY ($4))
          AND ($5::timestamptz IS NULL OR (r.decided_at, r.id) < ($5, $6::uuid))
        ORDER BY r.decided_at DESC, r.id DESC LIMIT $7`,
      [
        query.partnerId ?? null,
        query.partner ?? null,
        query.state ?? null,
        query.type ?? null,
        decidedAt,
        id,
        query.limit + 1,
      ],
    );
    return toPage(rows.map(toItem), query.limit, (item) => [item.decidedAt.toISOString(), item.id]);
  }

  /** The whole history as CSV, read page by page so that its length does not matter. */
  async *csv(filter: Filter): AsyncGenerator<string> {
    yield csvLine(CSV_HEADER);
    let cursor: string | undefined;
    do {
      const page = await this.list({ ...filter, limit: ROWS_AT_ONCE, cursor });
      yield page.items.map(toCsv).join('');
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

function toCsv(item: RequestHistoryItem): string {
  return csvLine([
    item.requestedAt.toISOString(),
    item.decidedAt.toISOString(),
    item.partnerName,
    item.type,
    item.title,
    item.price.amount,
    item.price.currency,
    item.state,
    item.decidedBy,
    item.rejectionDescription,
  ]);
}

function toItem({ priceMinor, currency, ...row }: HistoryRow): RequestHistoryItem {
  return { ...row, price: Money.of(BigInt(priceMinor), currency).toJSON() };
}
