import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  Config,
  dropDayPartitions,
  ensureDayPartitions,
  type Tx,
  UnitOfWork,
  uuidV7Floor,
  uuidV7Time,
} from '../../platform/index.js';

/** Every visit is looked at twice: soon after the click, and late, when those that came to the table late are there. */
export type Pass = 'soon' | 'late';

const KEYS = 'visit_keys';
const DAY_MS = 24 * 60 * 60 * 1_000;

/** SQL of what visits of one visitor to one promo share; null where the address is not known. */
const keyOf = (visit: string): string => `CASE WHEN ${visit}.ip IS NOT NULL THEN
  substr(sha256(convert_to(concat_ws(' ', ${visit}.promo_id, host(${visit}.ip), ${visit}.user_agent), 'UTF8')), 1, 16) END`;

/** SQL of the milliseconds that an id of UUIDv7 begins with. */
const msOf = (id: string): string => `('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint`;

/** The ids of the first and the last visit that are looked at. */
interface Batch {
  readonly first: string;
  readonly last: string;
}

/** Which visits are next: those after the id, of the one UTC day, made before the time. */
interface Next {
  readonly after: string;
  readonly day: Date;
  readonly before: Date;
  readonly limit: number;
}

/**
 * Flags duplicates (rules §2.2): a visit is one when an earlier visit to the same promo came from the same address
 * with the same user agent less than the window before. Earlier is what has the smaller id, and times are those of ids.
 *
 * A flag is only ever set, and only because of a visit that exists: to look at visits again sets what is missing and
 * spoils nothing. So the pass that comes too soon errs towards unique, and the late one makes it good.
 */
@Injectable()
export class DuplicateVisits {
  private readonly windowMs: number;
  /** Days whose partition of keys is there. */
  private readonly days = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    config: Config,
  ) {
    this.windowMs = config.duplicateVisitMs;
  }

  /**
   * Looks at the next visits of the pass, at most `limit` and all of one UTC day, in a transaction of its own.
   * @param before only visits whose id was made before this time
   * @returns whether there may be more; false also while another process is at it
   */
  async flagNext(pass: Pass, before: Date, limit: number): Promise<boolean> {
    const next = await this.nextVisitTime(pass, before);
    if (!next) return false;
    await this.makeRoom(next);
    return this.unitOfWork.run((tx) => this.flag(tx, pass, { before, day: startOfDay(next), limit }));
  }

  /** Forgets who clicked when nothing is compared with it any more. */
  async forget(): Promise<void> {
    const seen = uuidV7Time(await this.seenUpTo('late')).getTime();
    await dropDayPartitions(this.dataSource, KEYS, new Date(seen - this.windowMs));
    this.days.clear();
  }

  private async nextVisitTime(pass: Pass, before: Date): Promise<Date | null> {
    // Two statements: the planner looks only at the days that the ids it is given leave.
    const [next] = await this.dataSource.query<{ id: string }[]>(
      'SELECT id FROM visits WHERE id > $1 AND id < $2 ORDER BY id LIMIT 1',
      [await this.seenUpTo(pass), uuidV7Floor(before)],
    );
    return next ? uuidV7Time(next.id) : null;
  }

  private async seenUpTo(pass: Pass): Promise<string> {
    const [mark] = await this.dataSource.query<[{ seen: string }]>(
      'SELECT seen_up_to AS seen FROM visit_passes WHERE name = $1',
      [pass],
    );
    return mark.seen;
  }

  private async makeRoom(at: Date): Promise<void> {
    const day = at.toISOString().slice(0, 10);
    if (this.days.has(day)) return;
    await ensureDayPartitions(this.dataSource, KEYS, at, 1);
    this.days.add(day);
  }

  private async flag(tx: Tx, pass: Pass, next: Omit<Next, 'after'>): Promise<boolean> {
    const [mark] = await tx.query<{ seen: string }[]>(
      'SELECT seen_up_to AS seen FROM visit_passes WHERE name = $1 FOR UPDATE SKIP LOCKED',
      [pass],
    );
    if (!mark) return false;
    // Another process may have gone on to another day meanwhile, for which no room was made here: then nothing is found.
    const batch = await this.remember(tx, { ...next, after: mark.seen });
    if (batch) {
      await this.flagRepeated(tx, batch);
      await tx.query('UPDATE visit_passes SET seen_up_to = $2 WHERE name = $1', [pass, batch.last]);
    }
    return true;
  }

  /** Writes down who made the next visits; null when there are none. */
  private async remember(tx: Tx, { after, day, before, limit }: Next): Promise<Batch | null> {
    const end = new Date(Math.min(before.getTime(), day.getTime() + DAY_MS));
    const rows = await tx.query<{ id: string }[]>(
      `WITH batch AS MATERIALIZED (
         SELECT id, ${keyOf('v')} AS key FROM visits v
          WHERE id > $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4),
       added AS (
         INSERT INTO ${KEYS} (key, visit_id) SELECT key, id FROM batch WHERE key IS NOT NULL ORDER BY key, id
         ON CONFLICT DO NOTHING)
       SELECT id FROM batch ORDER BY id`,
      [after, uuidV7Floor(day), uuidV7Floor(end), limit],
    );
    const [first, last] = [rows[0], rows.at(-1)];
    return first && last ? { first: first.id, last: last.id } : null;
  }

  /**
   * Flags those of the batch that have an earlier visit in the window. Only the last one before each is looked up: if
   * that is too far away, all others are. So a flood of clicks by one visitor costs no more than as many visitors.
   */
  private async flagRepeated(tx: Tx, { first, last }: Batch): Promise<void> {
    const oldest = uuidV7Floor(new Date(uuidV7Time(first).getTime() - this.windowMs));
    await tx.query(
      `UPDATE visits SET duplicate = true
        WHERE id >= $1 AND id <= $2 AND NOT duplicate AND id = ANY (ARRAY(
          SELECT b.id FROM visits b CROSS JOIN LATERAL (
            SELECT visit_id AS id FROM ${KEYS}
             WHERE key = ${keyOf('b')} AND visit_id >= $3 AND visit_id < b.id
             ORDER BY visit_id DESC LIMIT 1) earlier
           WHERE b.id >= $1 AND b.id <= $2 AND ${msOf('b.id')} - ${msOf('earlier.id')} < $4))`,
      [first, last, oldest, this.windowMs],
    );
  }
}

function startOfDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
}
