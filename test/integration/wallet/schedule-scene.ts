import type { DataSource } from 'typeorm';
import { expect, vi } from 'vitest';
import { CashoutScheduleBook } from '../../../src/wallet/schedules/cashout-schedule-book.js';
import { CashoutSchedulesJob } from '../../../src/wallet/schedules/cashout-schedules.job.js';
import type { TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { type MoneyBody, WalletScene } from './scene.js';

export interface ScheduleBody {
  id: string;
  state: string;
  suspendedBecause: { code: string; message: string } | null;
  nextRunAt: string | null;
  minimum: MoneyBody | null;
  maximum: MoneyBody | null;
  summary: string;
  runsInNameOf: string;
}

export interface RunBody {
  id: string;
  date: string;
  dueAt: string;
  outcome: string;
  cashout: { id: string; amount: MoneyBody } | null;
  available: MoneyBody | null;
  reason: { code: string; message: string } | null;
}

const PATH = 'partner/cashout-schedules';

/** A partner with money and schedules; the clock is the app's. */
export class ScheduleScene {
  private constructor(
    readonly app: TestApp,
    readonly wallet: WalletScene,
  ) {}

  static async open(app: TestApp, operator?: Person): Promise<ScheduleScene> {
    return new ScheduleScene(app, await WalletScene.open(app, operator));
  }

  get partner(): Person {
    return this.wallet.partner;
  }

  /** Deletes the partner's schedules, so that they do not run in other tests. */
  async end(): Promise<void> {
    await this.app.db.query(
      `UPDATE cashout_schedules
          SET state = 'deleted', suspended_because = NULL, next_date = NULL, next_at = NULL, look_at = NULL
        WHERE owner_id = $1`,
      [this.wallet.ownerId],
    );
  }

  /** The request for a daily schedule at 09:00 UTC, of at most 100 EUR from 50 EUR on. */
  input(differently: object = {}): object {
    return {
      paymentMethodId: this.wallet.paymentMethodId,
      currency: 'EUR',
      frequency: 'daily',
      time: '09:00',
      timeZone: 'UTC',
      minimum: '50.00',
      maximum: '100.00',
      ...differently,
    };
  }

  async add(differently: object = {}): Promise<ScheduleBody> {
    return body<ScheduleBody>(await this.partner.post(PATH, this.input(differently)), 201);
  }

  async get(id: string): Promise<ScheduleBody> {
    return body<ScheduleBody>(await this.partner.get(`${PATH}/${id}`), 200);
  }

  post(id: string, action: 'pause' | 'resume') {
    return this.partner.post(`${PATH}/${id}/${action}`);
  }

  /** Sets the clock, has the program work off what is due, and signs everybody in anew. */
  async at(time: string): Promise<void> {
    await this.runAt(time);
    await this.wallet.refresh();
  }

  /** Sets the clock and has the program work off what is due. */
  async runAt(time: string): Promise<void> {
    this.app.clock.set(time);
    await workOffDue(this.app);
  }

  /** What the schedule did, the latest first, as its partner reads it. */
  async runs(id: string): Promise<RunBody[]> {
    return body<{ items: RunBody[] }>(await this.partner.get(`${PATH}/${id}/runs`), 200).items;
  }

  /** Dates and outcomes, oldest first, from the database. */
  outcomes(id: string): Promise<string[]> {
    return outcomesOf(this.app.db, id);
  }

  /** Amounts of all cash-outs of the partner, oldest first. */
  async cashouts(): Promise<string[]> {
    const rows = await this.app.db.query<{ amount: string }[]>(
      `SELECT (amount_minor / 100.0)::numeric(12, 2)::text AS amount FROM cashouts WHERE owner_id = $1 ORDER BY id`,
      [this.wallet.ownerId],
    );
    return rows.map(({ amount }) => amount);
  }
}

/** Has the program work off what is due, and waits for what its own timer may have been at. */
export async function workOffDue({ app, db, clock }: TestApp): Promise<void> {
  const workOff = async (): Promise<void> => {
    await app.get(CashoutSchedulesJob).runDue();
    expect(await app.get(CashoutScheduleBook).findDue(db.manager, clock.now(), 1)).toEqual([]);
  };
  await vi.waitFor(workOff, { timeout: 60_000, interval: 20 });
}

/** Dates and outcomes of a schedule's runs, oldest first. */
export async function outcomesOf(db: DataSource, scheduleId: string): Promise<string[]> {
  const rows = await db.query<{ told: string }[]>(
    `SELECT concat_ws(' ', local_date, outcome, reason_code) AS told FROM cashout_schedule_runs
      WHERE schedule_id = $1 ORDER BY local_date`,
    [scheduleId],
  );
  return rows.map(({ told }) => told);
}
