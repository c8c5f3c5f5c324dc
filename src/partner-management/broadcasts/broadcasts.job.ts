import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Config } from '../../platform/index.js';
import { BroadcastSender } from './broadcast-sender.service.js';
import { BroadcastStarts } from './broadcast-starts.service.js';

const LOOK_EVERY_MS = 5_000;

/** Wakes broadcasts: what is due starts or expires, and what has started is sent. */
@Injectable()
export class BroadcastsJob implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(BroadcastsJob.name);
  private round: Promise<void> | null = null;
  private stopping = false;

  constructor(
    private readonly starts: BroadcastStarts,
    private readonly sender: BroadcastSender,
    private readonly config: Config,
  ) {}

  /** From here on no further batch is begun; another instance goes on. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.round;
  }

  @Interval('partner-management.broadcasts', LOOK_EVERY_MS)
  async wake(): Promise<void> {
    if (!this.config.worker || this.round) return;
    this.round = this.runDue().catch((error: unknown) => {
      this.logger.error({ err: error }, 'Broadcasts could not be worked off');
    });
    await this.round;
    this.round = null;
  }

  /** Works off what is due now and that nobody else is at, as far as the mail server keeps up. */
  async runDue(): Promise<void> {
    // Those whose batch failed: the others shall not wait for them, and the next round tries again.
    const failed: string[] = [];
    // A long one keeps no other from its start.
    do await this.starts.runDue();
    while (!this.stopping && !(await this.sender.isBusy()) && (await this.sender.sendSome(failed)));
  }
}
