import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { Db } from 'pg-boss';
import { ChannelListener } from '../database/channel-listener.js';

const APPLICATION_NAME = 'tributary-jobs';
const CONNECTIONS = 4;
const CONNECT_WITHIN_MS = 10_000;

/** The database for pg-boss, whose own listener ends the process when a pooler tells twice that the server is lost. */
export class JobsDatabase implements Db {
  private readonly logger = new Logger(JobsDatabase.name);
  private readonly pool: pg.Pool;

  constructor(private readonly databaseUrl: string) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: APPLICATION_NAME,
      max: CONNECTIONS,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    this.pool.on('error', ({ message }) => this.logger.warn(`A connection was lost: ${message}`));
  }

  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    return this.pool.query(text, values);
  }

  /** Wakes workers; when the connection is lost, `began` has them look for what they did not hear of. */
  async listen(
    channel: string,
    heard: (payload: string) => void,
    began: () => void,
  ): Promise<ChannelListener> {
    const { databaseUrl } = this;
    const listener = new ChannelListener({
      databaseUrl,
      channel,
      applicationName: APPLICATION_NAME,
      heard,
      began,
    });
    await listener.open();
    return listener;
  }

  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}
