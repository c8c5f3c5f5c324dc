import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request, { type Agent } from 'supertest';
import { DataSource } from 'typeorm';
import { createApp, startBackgroundWork } from '../../src/app.setup.js';
import { Clock, readConfig } from '../../src/platform/index.js';
import { createTestDatabase, execute } from './database.js';
import { WIDE_LIMITS } from './wide-limits.js';

/** A clock that tests set; it stands still between calls. */
export class TestClock extends Clock {
  private at: number;

  constructor(start = '2026-11-02T09:00:00Z') {
    super();
    this.at = Date.parse(start);
  }

  override now(): Date {
    return new Date(this.at);
  }

  /** Sets the time. */
  set(at: string | Date): void {
    this.at = new Date(at).getTime();
  }

  /** Moves the time forward by so many seconds (backward when negative). */
  advance(seconds: number): void {
    this.at += seconds * 1_000;
  }
}

export interface TestApp {
  app: NestFastifyApplication;
  /** Origin that it listens on. */
  url: string;
  http: Agent;
  db: DataSource;
  clock: TestClock;
  /** Does to the database what the application's role may not. */
  asOwner(statement: string, values?: unknown[]): Promise<void>;
  /** Mails sent to the address, oldest first. */
  mailbox(to: string): Promise<{ subject: string; text: string; html: string | null }[]>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Environment variables of the application. */
  env?: Record<string, string>;
  clock?: TestClock;
  /** Share another test app's database. */
  databaseUrl?: string;
  /** Whether background jobs run (default true). */
  background?: boolean;
}

/**
 * Starts the whole application on its own fresh database, as the role that it works as there, listening on a free port.
 */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const own = options.databaseUrl ? null : await createTestDatabase('started');
  const files = join(tmpdir(), `tributary-${randomUUID()}`);
  const clock = options.clock ?? new TestClock();
  const config = readConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    TRIBUTARY_DEMO: 'off',
    ECB_RATES_URL: 'off',
    TRIBUTARY_DATA_DIR: files,
    DATABASE_POOL_SIZE: '10',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'correct horse battery',
    ROLE: options.background === false ? 'web' : 'all',
    RATE_LIMITS: WIDE_LIMITS,
    ...options.env,
  });
  const app = await createApp({ config, databaseUrl: options.databaseUrl ?? own!.roleUrl, clock });
  await startBackgroundWork(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const db = app.get(DataSource);
  return {
    app,
    url,
    http: request.agent(url),
    db,
    clock,
    asOwner: (statement, values) => execute(own?.url ?? options.databaseUrl!, statement, values),
    mailbox: (to) =>
      db.query(
        'SELECT subject, text_body AS text, html_body AS html FROM mailbox WHERE recipient = $1 ORDER BY id',
        [to],
      ),
    close: async () => {
      await app.close();
      await own?.drop();
      await rm(files, { recursive: true, force: true });
    },
  };
}
