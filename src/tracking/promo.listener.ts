import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { databaseUrlOf } from '../platform/index.js';
import { PromoTargets } from './promo-targets.js';

/** Channel on which the database tells of changed promos, landings and brands: the promo's code, or '' for any. */
const CHANNEL = 'promos_changed';
const RECONNECT_MS = 500;

/**
 * Hears of changes to promos on a connection of its own and has them forgotten. When the connection is lost, whatever
 * was missed meanwhile is made up for by forgetting everything once it is back.
 */
@Injectable()
export class PromoListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PromoListener.name);
  private client: pg.Client | null = null;
  private retry: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly targets: PromoTargets,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.subscribe();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.retry) clearTimeout(this.retry);
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  private async subscribe(): Promise<void> {
    this.retry = null;
    const client = new pg.Client({
      connectionString: databaseUrlOf(this.dataSource),
      application_name: 'tributary-promos',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    let lost = false;
    const lose = (error?: Error): void => {
      if (lost) return;
      lost = true;
      if (error) this.logger.warn(`Lost the connection that hears of promo changes: ${error.message}`);
      this.targets.forget();
      client.end().catch(() => {});
      if (!this.stopped) this.retry = setTimeout(() => void this.subscribe(), RECONNECT_MS);
    };
    client.on('error', lose);
    client.on('end', () => lose());
    client.on('notification', ({ payload }) => this.targets.forget(payload || undefined));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.client = client;
      this.targets.forget();
    } catch (error) {
      lose(error as Error);
    }
  }
}
