import type { DataSource, EntityManager } from 'typeorm';
import { encodeCursor, type Page } from '../http/pagination.js';
import { uuidV7Floor, uuidV7Time } from '../time/ids.js';

/** Which rows of a table in day partitions by UUIDv7 a page is made of. */
export interface LookedThrough {
  readonly table: string;
  /** The columns to read, `id` among them. */
  readonly columns: string;
  /** Conditions that an index leads by, together with the id; their values are `$3` and on. */
  readonly ledBy: readonly string[];
  /** Conditions that are tried on each row that is looked at. */
  readonly fits: readonly string[];
  readonly parameters: readonly unknown[];
  /** The first id that the list may hold. */
  readonly lowest: string;
  /** The id below which the page begins. */
  readonly highest: string;
  readonly limit: number;
  /** Rows that are looked at, at most, in one piece. */
  readonly mostSeen: number;
  /**
   * The pieces of time that are looked through for one page, until it is full, in days. So few partitions are opened
   * where there is much, and not very many where there is little, however many there are.
   */
  readonly piecesDays: readonly number[];
}

/** A row that was looked at: whether it fits, and how many were looked at up to it. */
interface Seen {
  readonly fits: boolean;
  readonly place: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/**
 * A page of rows, newest first. How long it takes depends neither on the history nor on how many rows fit: a page
 * looks at a bounded number of rows and days. Where few of them fit, it holds fewer than `limit`, maybe none, and its
 * cursor leads on; the last page has none.
 */
export async function pageLookedThrough<Row extends { id: string }>(
  db: DataSource | EntityManager,
  wanted: LookedThrough,
): Promise<Page<Row>> {
  const { lowest, limit, mostSeen } = wanted;
  const found: Row[] = [];
  const pageTo = (next: string | null): Page<Row> => ({
    items: found.slice(0, limit),
    nextCursor: next && encodeCursor([next]),
  });
  let upper = wanted.highest;
  for (const days of wanted.piecesDays) {
    if (upper <= lowest) return pageTo(null);
    const lower = latestId(lowest, earlier(upper, days));
    const seen = await look<Row>(db, wanted, { lower, upper, limit: limit + 1 - found.length });
    for (const { fits, place: _, ...row } of seen) if (fits) found.push(row as unknown as Row);
    if (found.length > limit) return pageTo(found[limit - 1]!.id);
    const last = seen.at(-1);
    if (last?.place === mostSeen) return pageTo(last.id);
    upper = lower;
  }
  return pageTo(upper > lowest ? upper : null);
}

/** Ids are in the order of their texts. */
export function latestId(one: string, other: string): string {
  return one > other ? one : other;
}

/**
 * Those of the piece's newest rows that fit, at most `limit`, and after them the last one that was looked at when that
 * is not the piece's last. The bounds, as parameters, let the planner leave out the partitions of other days.
 */
async function look<Row extends { id: string }>(
  db: DataSource | EntityManager,
  { table, columns, ledBy, fits, parameters, mostSeen }: LookedThrough,
  { lower, upper, limit }: { lower: string; upper: string; limit: number },
): Promise<(Row & Seen)[]> {
  return db.query<(Row & Seen)[]>(
    `SELECT ${columns}, fits, place::int FROM (
       SELECT *, (${['true', ...fits].join(' AND ')}) IS TRUE AS fits, row_number() OVER (ORDER BY id DESC) AS place
         FROM ${table} WHERE ${['id >= $1', 'id < $2', ...ledBy].join(' AND ')}
        ORDER BY id DESC LIMIT ${mostSeen}) seen
      WHERE fits OR place = ${mostSeen} LIMIT ${limit}`,
    [lower, upper, ...parameters],
  );
}

/** The smallest id that was made at most so many days before this one. */
function earlier(id: string, days: number): string {
  return uuidV7Floor(new Date(uuidV7Time(id).getTime() - days * DAY_MS));
}
