import { Logger } from '@nestjs/common';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { cutOff } from './cut-off.js';

const RECONNECT_MS = 500;
const LISTENS = 'SELECT FROM pg_listening_channels() AS active (channel) WHERE channel = $1';

/** What is listened to, and who hears it. */
export interface Listening {
  readonly databaseUrl: string;
  readonly channel: string;
  /** The connection's, as the server shows it. */
  readonly applicationName: string;
  readonly heard: (payload: string) => void;
  /** Listening begins, or begins again: whatever was told before that may have been missed. */
  readonly began: () => void;
}

/** How soon a connection that died without a word is found out, in ms. */
interface Patience {
  readonly checkEveryMs: number;
  readonly answerWithinMs: number;
}

const PATIENCE: Patience = { checkEveryMs: 10_000, answerWithinMs: 5_000 };

/** Hears notifications of one channel, on a connection of its own, which is replaced whenever it is lost. */
export class ChannelListener {
  private readonly logger = new Logger(ChannelListener.name);
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;
  private client: pg.Client | undefined;
  /** A loss is told once, however many tries it takes to connect again. */
  private untold = true;

  constructor(
    private readonly listening: Listening,
    private readonly patience = PATIENCE,
  ) {}

  /** Begins to listen; resolves when it listens, or cannot at the first try and goes on trying. Never rejects. */
  open(): Promise<void> {
    return new Promise((tried) => {
      this.running = this.run(tried);
    });
  }

  /** Hears nothing more; resolves when the connection is given up. */
  async close(): Promise<void> {
    this.stop.abort();
    if (this.client) cutOff(this.client);
    await this.running;
  }

  private async run(tried: () => void): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.listen(tried).catch((error: Error) => this.tell(error));
      tried();
      await pause(RECONNECT_MS, this.stop.signal).catch(() => undefined);
    }
    tried();
  }

  /** Rejects when the connection is lost, or {@link close} is called. */
  private async listen(begun: () => void): Promise<void> {
    const { databaseUrl, channel, applicationName, heard, began } = this.listening;
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: applicationName,
      keepAlive: true,
      connectionTimeoutMillis: this.patience.answerWithinMs,
      query_timeout: this.patience.answerWithinMs,
    });
    this.client = client;
    const over = new AbortController();
    const lost = new Promise<never>((_resolve, reject) => {
      // As long as the client lives: a pooler in between tells of one loss twice.
      client.on('error', reject);
      client.on('end', () => reject(new Error('it ended')));
    });
    lost.catch(() => undefined);
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.untold = true;
      began();
      begun();
      await Promise.race([lost, this.keepAsking(client, over.signal)]);
    } finally {
      over.abort();
      cutOff(client);
    }
  }

  /** Asks until the signal comes whether the server is there and still listens: a pooler may have changed the session. */
  private async keepAsking(client: pg.Client, over: AbortSignal): Promise<never> {
    for (;;) {
      await pause(this.patience.checkEveryMs, over);
      const { rowCount } = await client.query(LISTENS, [this.listening.channel]);
      if (rowCount === 0) throw new Error('the session does not listen any more');
    }
  }

  private tell({ message, code = '' }: Error & { code?: string }): void {
    // Of several addresses that do not answer there is a code, and no message.
    if (this.untold && !this.stop.signal.aborted) {
      this.logger.warn(
        `Nothing is heard of ${this.listening.channel} until it is connected: ${message || code}`,
      );
    }
    this.untold = false;
  }
}

/** Rejects when the signal comes; keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal, ref: false });
}
