import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChannelListener, databaseUrlOf } from '../platform/index.js';
import { PromoTargets } from './promo-targets.js';

/** Hears of changed promos, landings and brands and has them forgotten; after a gap, all of them. */
@Injectable()
export class PromoListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listener: ChannelListener;

  constructor(dataSource: DataSource, targets: PromoTargets) {
    this.listener = new ChannelListener({
      databaseUrl: databaseUrlOf(dataSource),
      channel: 'promos_changed',
      applicationName: 'tributary-promos',
      // The promo's code, or nothing for any.
      heard: (code) => targets.forget(code || undefined),
      began: () => targets.forget(),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }
}
