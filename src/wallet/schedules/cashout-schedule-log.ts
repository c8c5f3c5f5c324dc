import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, idOfCursor, Ids, mapPage, Money, type Page, toPage, type Tx } from '../../platform/index.js';
import type { Occurrence } from '../domain/cashout-schedule.js';
import type { RunOutcome } from '../domain/schedule-state.js';
import type { CashoutSchedule } from './cashout-schedule-book.js';

/** What became of an occurrence. */
export interface ScheduleRun {
  id: string;
  /** Local date of the occurrence. */
  date: string;
  dueAt: Date;
  ranAt: Date;
  outcome: RunOutcome;
  cashout: { id: string; amount: Money } | null;
  /** What was available then; null when it was not looked at. */
  available: Money | null;
  /** Why it was refused. */
  reason: { code: string; message: string } | null;
}

/** What a run came to. */
export type NewRun =
  | { outcome: 'requested'; cashoutId: string; available: Money }
  | { outcome: 'below_minimum'; available: Money }
  | { outcome: 'refused'; available: Money | null; reason: { code: string; message: string } };

interface RunRow {
  id: string;
  date: string;
  due_at: Date;
  ran_at: Date;
  outcome: RunOutcome;
  cashout_id: string | null;
  amount_minor: string | null;
  available_minor: string | null;
  currency: string;
  reason_code: string | null;
  reason: string | null;
}

/** The log of what schedules did; it only grows, and has each occurrence once. */
@Injectable()
export class CashoutScheduleLog {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The schedule's runs, the latest first. */
  async list(
    db: EntityManager,
    scheduleId: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<ScheduleRun>> {
    const rows = await db.query<RunRow[]>(
      `SELECT r.id, r.local_date::text AS date, r.due_at, r.ran_at, r.outcome, r.cashout_id, c.amount_minor,
              r.available_minor, r.currency, r.reason_code, r.reason
         FROM cashout_schedule_runs r LEFT JOIN cashouts c ON c.id = r.cashout_id
        WHERE r.schedule_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
        ORDER BY r.id DESC LIMIT $3`,
      [scheduleId, idOfCursor(cursor), limit + 1],
    );
    return mapPage(
      toPage(rows, limit, ({ id }) => [id]),
      toRun,
    );
  }

  /** The last date that was worked off; null when none was. */
  async lastDate(db: EntityManager, scheduleId: string): Promise<string | null> {
    const [row] = await db.query<[{ date: string | null }]>(
      'SELECT max(local_date)::text AS date FROM cashout_schedule_runs WHERE schedule_id = $1',
      [scheduleId],
    );
    return row.date;
  }

  /** Writes down what became of an occurrence, once. */
  async add(tx: Tx, schedule: CashoutSchedule, { date, at }: Occurrence, run: NewRun): Promise<void> {
    const reason = run.outcome === 'refused' ? run.reason : null;
    await tx.query(
      `INSERT INTO cashout_schedule_runs (id, schedule_id, owner_id, local_date, due_at, ran_at, outcome, cashout_id,
                                          available_minor, currency, reason_code, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        this.ids.next(),
        schedule.id,
        schedule.ownerId,
        date,
        at,
        this.clock.now(),
        run.outcome,
        run.outcome === 'requested' ? run.cashoutId : null,
        run.available?.minor.toString() ?? null,
        schedule.currency,
        reason?.code ?? null,
        reason?.message ?? null,
      ],
    );
  }

  /** Writes down occurrences that nobody worked off in their time. */
  async miss(tx: Tx, schedule: CashoutSchedule, missed: readonly Occurrence[]): Promise<void> {
    if (missed.length === 0) return;
    await tx.query(
      `INSERT INTO cashout_schedule_runs (id, schedule_id, owner_id, local_date, due_at, ran_at, outcome, currency)
       SELECT o.id, $1, $2, o.date, o.at, $3, 'missed', $4
         FROM unnest($5::uuid[], $6::date[], $7::timestamptz[]) AS o (id, date, at)`,
      [
        schedule.id,
        schedule.ownerId,
        this.clock.now(),
        schedule.currency,
        missed.map(() => this.ids.next()),
        missed.map(({ date }) => date),
        missed.map(({ at }) => at),
      ],
    );
  }
}

function toRun(row: RunRow): ScheduleRun {
  const money = (minor: string) => Money.of(BigInt(minor), row.currency);
  return {
    id: row.id,
    date: row.date,
    dueAt: row.due_at,
    ranAt: row.ran_at,
    outcome: row.outcome,
    cashout:
      row.cashout_id && row.amount_minor ? { id: row.cashout_id, amount: money(row.amount_minor) } : null,
    available: row.available_minor === null ? null : money(row.available_minor),
    reason: row.reason_code && row.reason ? { code: row.reason_code, message: row.reason } : null,
  };
}
