import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import {
  Clock,
  Config,
  setLocally,
  startOfDay,
  type Tx,
  UnitOfWork,
  uuidV7Floor,
} from '../../platform/index.js';
import { FAMILIES, type Family, type Grain, tableOf } from '../domain/catalogue/rollups.js';
import {
  addUpSql,
  deleteDirtyDaysSql,
  markedDaySql,
  moveDirtyDaysSql,
  sumDayOfVisitsSql,
  sumDirtyDaysSql,
  sumEverythingSql,
} from '../domain/rollup-sql.js';
import { VISIT_LAG_MS } from '../domain/catalogue/sources.js';

/** Marks that are dealt with in one transaction. */
const MARKS_AT_ONCE = 5_000;
/**
 * How long after its end a day's visits are summed: later than the second look for duplicates, three hours after the
 * click, by which whatever hung has long been committed or given up.
 */
const REST_MS = 4 * 60 * 60 * 1_000;
const COARSER: readonly Exclude<Grain, 'day'>[] = ['month', 'brand'];
const FACTS: Family = FAMILIES.facts;
const VISITS: Family = FAMILIES.visits;

interface RollupState {
  readonly time_zone: string | null;
  readonly visits_before: string | null;
}

/**
 * Sums of facts by day, month and brand. Reports answer from them and from the raw facts of what is not summed yet, so
 * they are exact whatever of this has been done. One process at a time works on them.
 */
@Injectable()
export class Rollups {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Does the next piece of work: sums everything for the first time or in another zone, else what is marked as
   * changed, else a day of visits.
   * @returns whether there may be more; false also while another process is at it
   */
  async goOn(): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      const state = await lock(tx);
      if (!state) return false;
      if (state.time_zone !== this.config.timeZone) {
        await this.sumEverything(tx);
        return true;
      }
      if (await this.sumMarked(tx)) return true;
      return this.sumNextVisits(tx, state.visits_before);
    });
  }

  /** Forgets all sums; they are made anew by {@link goOn}. Reports read raw facts meanwhile. */
  async forget(): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await tx.query('SELECT FROM report_rollups FOR UPDATE');
      await tx.query('UPDATE report_rollups SET time_zone = NULL, visits_before = NULL');
    });
  }

  private async sumEverything(tx: Tx): Promise<void> {
    await setLocally(tx, { statement_timeout: 0 });
    await tx.query('DELETE FROM report_marks');
    for (const family of [FACTS, VISITS]) {
      for (const grain of ['day', ...COARSER] as const)
        await tx.query(`DELETE FROM ${tableOf(family, grain)}`);
    }
    // Marks that come from here on are of facts that these sums may lack; those before are of facts that they have.
    await tx.query(sumEverythingSql(FACTS), [this.config.timeZone]);
    for (const grain of COARSER) await tx.query(addUpSql(FACTS, grain, { sign: 1, which: '' }));
    await tx.query('UPDATE report_rollups SET time_zone = $1, visits_before = NULL', [this.config.timeZone]);
  }

  /** Whether there was anything to do. */
  private async sumMarked(tx: Tx): Promise<boolean> {
    const [marks] = await tx.query<[{ partner_id: string; day: string }[], number]>(
      `DELETE FROM report_marks WHERE id IN (SELECT id FROM report_marks ORDER BY id LIMIT $1)
       RETURNING partner_id, ${markedDaySql('$2')}::text AS day`,
      [MARKS_AT_ONCE, this.config.timeZone],
    );
    if (marks.length === 0) return false;
    const dirty = [
      marks.map(({ partner_id }) => partner_id),
      marks.map(({ day }) => day),
      this.config.timeZone,
    ];
    for (const grain of COARSER) await tx.query(moveDirtyDaysSql(FACTS, grain, -1), dirty);
    await tx.query(deleteDirtyDaysSql(FACTS), dirty);
    await tx.query(sumDirtyDaysSql(FACTS), dirty);
    for (const grain of COARSER) await tx.query(moveDirtyDaysSql(FACTS, grain, 1), dirty);
    return true;
  }

  /** Sums the visits of the next day that is over and has any; whether there may be more. */
  private async sumNextVisits(tx: Tx, before: string | null): Promise<boolean> {
    const zone = this.config.timeZone;
    const today = DateTime.fromMillis(this.clock.now().getTime() - REST_MS, { zone }).toISODate()!;
    const end = startOfDay(zone, today);
    const start = before === null ? new Date(0) : startOfDay(zone, before);
    if (start >= end || !(await this.allLookedAt(tx, end))) return false;
    const [next] = await tx.query<{ day: string }[]>(
      `SELECT (visited_at AT TIME ZONE $1)::date::text AS day FROM visits
        WHERE id >= $2 AND visited_at >= $3 ORDER BY id LIMIT 1`,
      [zone, floorOf(start, -VISIT_LAG_MS), start],
    );
    const day = next?.day ?? today;
    if (day >= today) {
      await tx.query('UPDATE report_rollups SET visits_before = $1::date', [today]);
      return false;
    }
    await this.sumVisitsOf(tx, day);
    await tx.query('UPDATE report_rollups SET visits_before = $1::date + 1', [day]);
    return true;
  }

  private async sumVisitsOf(tx: Tx, day: string): Promise<void> {
    const zone = this.config.timeZone;
    const [start, end] = [startOfDay(zone, day), startOfDay(zone, day, 1)];
    await tx.query(sumDayOfVisitsSql(VISITS), [
      zone,
      day,
      start,
      end,
      floorOf(start, -VISIT_LAG_MS),
      floorOf(end, VISIT_LAG_MS),
    ]);
    for (const grain of COARSER) {
      await tx.query(addUpSql(VISITS, grain, { sign: 1, which: 'WHERE r.starts_on = $1::date' }), [day]);
    }
  }

  /** Whether the second look for duplicates is past everything before that time. */
  private async allLookedAt(tx: Tx, end: Date): Promise<boolean> {
    const [left] = await tx.query<unknown[]>(
      `SELECT FROM visits WHERE id > (SELECT seen_up_to FROM visit_passes WHERE name = 'late') AND id < $1 LIMIT 1`,
      [uuidV7Floor(new Date(end.getTime() + VISIT_LAG_MS))],
    );
    return left === undefined;
  }
}

/** The state, held until the transaction ends; null while somebody else holds it. */
async function lock(tx: Tx): Promise<RollupState | null> {
  const [state] = await tx.query<RollupState[]>(
    'SELECT time_zone, visits_before::text AS visits_before FROM report_rollups FOR UPDATE SKIP LOCKED',
  );
  return state ?? null;
}

function floorOf(at: Date, lagMs: number): string {
  return uuidV7Floor(new Date(at.getTime() + lagMs));
}
