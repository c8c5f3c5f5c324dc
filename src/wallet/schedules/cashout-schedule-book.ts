import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Mandate, Mandates, type MandateStanding } from '../../identity/index.js';
import { idOfCursor, mapPage, Money, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import type { Frequency, ScheduleTimes, Weekday } from '../domain/cashout-schedule.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import type { ScheduleState, Suspension } from '../domain/schedule-state.js';
import { type MaskedMethod, PaymentMethods } from '../payment-methods.service.js';

/** A standing order to withdraw what is available (A28, rule 4.4). */
export interface CashoutSchedule {
  id: string;
  ownerId: string;
  /** Masked; `title` is the payment system's. */
  paymentMethod: MaskedMethod & { title: string };
  paymentMethodDeleted: boolean;
  currency: string;
  times: ScheduleTimes;
  /** Null: as the payment method's type has it at the time. */
  minimum: Money | null;
  maximum: Money | null;
  /** As it stands now: suspended from the moment on at which there is a reason, not only once a run has found it. */
  state: ScheduleState;
  suspendedBecause: Suspension | null;
  mandate: Mandate;
  /** Whether its times are not worked off at present only because the partner is not active. */
  resting: boolean;
  /** The next occurrence while it is active; it may be due already. */
  next: { date: string; at: Date } | null;
  /** Tries of the next occurrence that failed. */
  failures: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Which schedules to list. */
export interface ScheduleFilter {
  ownerId?: string;
  limit: number;
  cursor?: string;
}

interface ScheduleRow {
  id: string;
  owner_id: string;
  payment_method_id: string;
  currency: string;
  minimum_minor: string | null;
  maximum_minor: string | null;
  frequency: Frequency;
  weekdays: Weekday[];
  dates: number[];
  time_of_day: string;
  time_zone: string;
  state: ScheduleState;
  suspended_because: Suspension | null;
  authorised_by: string;
  two_factor_since: Date;
  next_date: string | null;
  next_at: Date | null;
  failures: number;
  created_at: Date;
  updated_at: Date;
  type_code: PaymentMethodTypeCode;
  sealed_fields: string;
  title: string;
  method_deleted: boolean;
}

/** What whoever gives a schedule its mandate must be allowed to do. */
const PERMISSION = 'partner:wallet:withdraw';

const SELECT = `
  SELECT s.id, s.owner_id, s.payment_method_id, s.currency, s.minimum_minor, s.maximum_minor, s.frequency, s.weekdays,
         s.dates, s.time_of_day, s.time_zone, s.state, s.suspended_because, s.authorised_by, s.two_factor_since,
         s.next_date::text AS next_date, s.next_at, s.failures, s.created_at, s.updated_at,
         m.type_code, m.sealed_fields, t.title, m.deleted_at IS NOT NULL AS method_deleted
    FROM cashout_schedules s
    JOIN payment_methods m ON m.id = s.payment_method_id
    JOIN payment_method_types t ON t.code = m.type_code
`;

/** Schedules as their owners, operators and the runner read them. */
@Injectable()
export class CashoutScheduleBook {
  constructor(
    private readonly methods: PaymentMethods,
    private readonly mandates: Mandates,
  ) {}

  /** Schedules that are not deleted, newest first. */
  async list(db: EntityManager, { ownerId, limit, cursor }: ScheduleFilter): Promise<Page<CashoutSchedule>> {
    const rows = await db.query<ScheduleRow[]>(
      `${SELECT}
        WHERE ($1::uuid IS NULL OR s.owner_id = $1) AND s.state <> 'deleted' AND ($2::uuid IS NULL OR s.id < $2)
        ORDER BY s.id DESC LIMIT $3`,
      [ownerId ?? null, idOfCursor(cursor), limit + 1],
    );
    const page = toPage(rows, limit, ({ id }) => [id]);
    const schedules = await this.read(db, page.items);
    return mapPage(page, ({ id }) => schedules.find((schedule) => schedule.id === id)!);
  }

  /**
   * One schedule.
   * @param ownerId whose it must be; another owner's does not exist, and neither does a deleted one. Operators, who
   *   name none, see deleted ones too.
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager, id: string, ownerId?: string): Promise<CashoutSchedule> {
    const rows = await db.query<ScheduleRow[]>(
      `${SELECT} WHERE s.id = $1 AND ($2::uuid IS NULL OR (s.owner_id = $2 AND s.state <> 'deleted'))`,
      [id, ownerId ?? null],
    );
    const [schedule] = await this.read(db, rows);
    if (!schedule) throw notFound('cash-out schedule');
    return schedule;
  }

  /** One schedule of the owner, which nobody else changes or runs until the transaction ends. @throws DomainError NOT_FOUND */
  async lock(tx: Tx, id: string, ownerId: string): Promise<CashoutSchedule> {
    await tx.query('SELECT FROM cashout_schedules WHERE id = $1 AND owner_id = $2 FOR UPDATE', [id, ownerId]);
    return this.get(tx, id, ownerId);
  }

  /** Takes a schedule that is due; null when it is not, or somebody else has it. */
  async take(tx: Tx, id: string, now: Date): Promise<CashoutSchedule | null> {
    const rows = await tx.query<ScheduleRow[]>(
      `${SELECT} WHERE s.id = $1 AND s.state = 'active' AND s.look_at <= $2 FOR UPDATE OF s SKIP LOCKED`,
      [id, now],
    );
    const [schedule] = await this.read(tx, rows);
    return schedule ?? null;
  }

  /** Ids of schedules that are due, the longest first. */
  async findDue(db: EntityManager, now: Date, limit: number): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      `SELECT id FROM cashout_schedules WHERE state = 'active' AND look_at <= $1 ORDER BY look_at, id LIMIT $2`,
      [now, limit],
    );
    return rows.map(({ id }) => id);
  }

  private async read(db: EntityManager, rows: readonly ScheduleRow[]): Promise<CashoutSchedule[]> {
    if (rows.length === 0) return [];
    const mandates = rows.map(mandateOf);
    const standings = await this.mandates.look(db, mandates, PERMISSION);
    return rows.map((row, index) => {
      const standing = standings[index]!;
      const fault = row.state === 'active' ? faultOf(row, standing) : null;
      return {
        id: row.id,
        ownerId: row.owner_id,
        paymentMethod: { ...this.methods.mask(methodOf(row)), title: row.title },
        paymentMethodDeleted: row.method_deleted,
        currency: row.currency,
        times: timesOf(row),
        minimum: boundOf(row.minimum_minor, row.currency),
        maximum: boundOf(row.maximum_minor, row.currency),
        state: fault ? 'suspended' : row.state,
        suspendedBecause: fault ?? row.suspended_because,
        mandate: mandateOf(row),
        resting: standing === 'resting',
        next: row.next_date && row.next_at ? { date: row.next_date, at: row.next_at } : null,
        failures: row.failures,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      };
    });
  }
}

function faultOf({ method_deleted }: ScheduleRow, standing: MandateStanding): Suspension | null {
  if (standing === 'two_factor_disabled') return 'TWO_FACTOR_DISABLED';
  if (standing === 'person_not_allowed') return 'PERSON_NOT_ALLOWED';
  return method_deleted ? 'PAYMENT_METHOD_DELETED' : null;
}

function mandateOf({ authorised_by, two_factor_since }: ScheduleRow): Mandate {
  return { userId: authorised_by, twoFactorSince: two_factor_since };
}

function methodOf({ payment_method_id, type_code, sealed_fields }: ScheduleRow) {
  return { id: payment_method_id, typeCode: type_code, sealedFields: sealed_fields };
}

function timesOf({ frequency, weekdays, dates, time_of_day, time_zone }: ScheduleRow): ScheduleTimes {
  return { frequency, weekdays, dates, time: time_of_day, timeZone: time_zone };
}

function boundOf(minor: string | null, currency: string): Money | null {
  return minor === null ? null : Money.of(BigInt(minor), currency);
}
