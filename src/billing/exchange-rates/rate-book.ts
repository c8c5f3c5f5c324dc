import { Injectable } from '@nestjs/common';
import { Clock, Ids, Jobs, type Tx } from '../../platform/index.js';
import type { DayRate, RateSource } from './domain/rate-fields.js';

/** Rates of one source, and which user enters them; nobody where the program reads them from the ECB. */
export interface RatesToKeep {
  readonly source: RateSource;
  readonly enteredBy: string | null;
  readonly rates: readonly DayRate[];
}

/** A stored rate. */
export interface StoredRate extends DayRate {
  readonly id: string;
}

const COLUMNS = `id, day::text AS day, currency, trim_scale(per_euro)::text AS rate`;
/** Rates go to the database in pieces, so that one statement stays small. */
const RATES_PER_STATEMENT = 5_000;
/** In one order, so that two who keep the same rates wait for each other instead of deadlocking. */
const GIVEN = `
  (SELECT * FROM json_to_recordset($2) AS row (id uuid, day date, currency text, rate numeric)
    ORDER BY currency, day) AS given`;

/** Sent with new rates, for what waits for them. */
export const RATES_CHANGED_JOB = 'billing.rates-changed';

/** The table of rates, always inside the caller's transaction. */
@Injectable()
export class RateBook {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  /** The last day that the source has a rate of, or null. */
  async newestDay(tx: Tx, source: RateSource): Promise<string | null> {
    const [row] = await tx.query<[{ day: string | null }]>(
      'SELECT max(day)::text AS day FROM exchange_rates WHERE source = $1',
      [source],
    );
    return row.day;
  }

  /** Adds those rates that the source does not have yet for their day; gives how many these were. */
  async add(tx: Tx, { source, enteredBy, rates }: RatesToKeep): Promise<number> {
    let added = 0;
    for (const piece of piecesOf(rates)) {
      const rows = await tx.query<object[]>(
        `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_by, entered_at)
         SELECT given.id, given.day, given.currency, $1, given.rate, $3, $4 FROM ${GIVEN}
         ON CONFLICT (currency, day, source) DO NOTHING
         RETURNING id`,
        [source, this.rowsOf(piece), enteredBy, this.clock.now()],
      );
      added += rows.length;
    }
    if (added > 0) await this.jobs.send(tx, RATES_CHANGED_JOB, {});
    return added;
  }

  /** The source's stored rates that differ from the given ones, locked. */
  async differing(tx: Tx, { source, rates }: RatesToKeep): Promise<StoredRate[]> {
    const differing: StoredRate[] = [];
    for (const piece of piecesOf(rates)) {
      const rows = await tx.query<StoredRate[]>(
        `SELECT ${COLUMNS} FROM exchange_rates AS stored
          WHERE source = $1 AND EXISTS (
                SELECT FROM ${GIVEN}
                 WHERE given.currency = stored.currency AND given.day = stored.day AND given.rate <> stored.per_euro)
          ORDER BY currency, day FOR UPDATE`,
        [source, this.rowsOf(piece)],
      );
      differing.push(...rows);
    }
    return differing;
  }

  /** Puts the given rates in the place of the source's stored ones. */
  async replace(tx: Tx, { source, enteredBy, rates }: RatesToKeep): Promise<void> {
    for (const piece of piecesOf(rates)) {
      await tx.query(
        `UPDATE exchange_rates AS stored SET per_euro = given.rate, entered_by = $3, entered_at = $4
           FROM ${GIVEN}
          WHERE stored.source = $1 AND given.currency = stored.currency AND given.day = stored.day`,
        [source, this.rowsOf(piece), enteredBy, this.clock.now()],
      );
    }
  }

  private rowsOf(rates: readonly DayRate[]): string {
    return JSON.stringify(rates.map((rate) => ({ ...rate, id: this.ids.next() })));
  }
}

function* piecesOf(rates: readonly DayRate[]): Generator<readonly DayRate[]> {
  for (let from = 0; from < rates.length; from += RATES_PER_STATEMENT) {
    yield rates.slice(from, from + RATES_PER_STATEMENT);
  }
}
