import { DataSource } from 'typeorm';
import { BillingScene, CPA_50, multiplyPartners, SHARE_25 } from '../integration/billing/scene.js';
import { createTestApp, type TestApp, TestClock } from './app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { type Person, signIn } from './journey.js';
import { type AppProcess, spawnApp } from './process.js';

const DAY_MS = 86_400_000;

type BillingDatabase = Pick<TestDatabase, 'url' | 'drop'>;

/** A day so many days ago. */
export const dayBefore = (days: number): string =>
  new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** Partners who earned on a day three days ago and are billed daily, and the program as processes to kill. */
export class BillingProgram {
  private readonly processes: AppProcess[] = [];

  private constructor(
    private readonly database: BillingDatabase,
    readonly db: DataSource,
  ) {}

  /**
   * @param prepare what else is done before the processes start, in this one, whose clock is five days behind
   * @param given a migrated database; dropped in the end like one of our own
   */
  static async open(
    partners: number,
    { prepare, given }: { prepare?: (app: TestApp) => Promise<unknown>; given?: BillingDatabase } = {},
  ): Promise<BillingProgram> {
    const database = given ?? (await createTestDatabase());
    const clock = new TestClock(new Date(Date.now() - 5 * DAY_MS).toISOString());
    const app = await createTestApp({ databaseUrl: database.url, clock });
    const scene = await BillingScene.open(app);
    const account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
    await multiplyPartners(scene, account, partners, dayBefore(3));
    await prepare?.(app);
    await app.close();
    const db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    // The hourly runs have been: one that began in the middle of a test would take the bills of the run it looks at.
    await db.query(
      `INSERT INTO bill_runs (id, through, source, scheduled_for, state, created_at, finished_at)
       SELECT gen_random_uuid(), current_date, 'schedule', hour, 'finished', hour, hour
         FROM generate_series(date_trunc('hour', now(), 'UTC'), now() + interval '1 hour', interval '1 hour') AS hour`,
    );
    return new BillingProgram(database, db);
  }

  /** Starts a process, which {@link close} ends at the latest. */
  async start(port = '0'): Promise<AppProcess> {
    const process = await spawnApp({
      PORT: port,
      DATABASE_URL: this.database.url,
      ADMIN_EMAIL: 'admin@example.com',
      ADMIN_PASSWORD: 'correct horse battery',
      LOG_LEVEL: 'error',
    });
    this.processes.push(process);
    return process;
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill('SIGKILL')));
    await this.db.destroy();
    await this.database.drop();
  }
}

/** The first operator, signed in at a process; the clock counts for two-factor codes. */
export function operatorAt({ url }: AppProcess, clock = new TestClock()): Promise<Person> {
  return signIn({ url, clock }, 'admin@example.com', 'correct horse battery');
}
