import pg from 'pg';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { cutOff } from './cut-off.js';

const INTERVAL_MS = 1_000;
/** With the interval this stays below the 5 s in which a request must learn that the database hangs. */
const ANSWER_WITHIN_MS = 3_000;
const RECONNECT_INTERVAL_MS = 250;

/** A server that is watched, and who hears of it. */
interface Watched {
  readonly url: string;
  /** Asks whether the server is of use; resolves to what is wrong with it, to null, or to undefined for no answer yet. */
  readonly ask: (client: pg.Client) => Promise<string | null | undefined>;
  /** Hears every answer to {@link ask}. */
  readonly answered: (fault: string | null) => void;
  /** Hears that there was no answer, or that the server lets nobody in. */
  readonly silent: (reason: string) => void;
}

/**
 * Asks a server every second on a connection of its own whether it is of use. A server that hangs does not end any
 * query, so that without it requests would wait for an answer that never comes.
 */
export class ServerWatch {
  private readonly stop = new AbortController();
  private watching: Promise<void> | undefined;

  constructor(private readonly watched: Watched) {}

  /** Begins to watch. */
  open(): void {
    this.watching = this.watch();
  }

  /** Nothing is heard any more; resolves when the connection is given up. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const client = new pg.Client({
        connectionString: this.watched.url,
        application_name: 'tributary-watch',
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
      });
      client.on('error', () => undefined);
      try {
        await this.watchBy(client);
      } catch (error) {
        if (isRefusedForNow(error)) this.tell(() => this.watched.silent(reasonOf(error)));
      }
      cutOff(client);
      await this.pause(RECONNECT_INTERVAL_MS);
    }
  }

  /**
   * Resolves when the program stops, the server is of no use, or the connection is lost: only the next one tells whether
   * the server went away or is back already. Rejects when the server fails to answer.
   */
  private async watchBy(client: pg.Client): Promise<void> {
    await client.connect();
    while (!this.stop.signal.aborted) {
      const fault = await answerOf(this.watched.ask(client));
      if (fault === undefined) return;
      this.tell(() => this.watched.answered(fault));
      if (fault !== null) return;
      await this.pause(INTERVAL_MS);
    }
  }

  private tell(news: () => void): void {
    if (!this.stop.signal.aborted) news();
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stop.signal, ref: false }).catch(() => undefined);
  }
}

/** The answer, or undefined when the connection ended before; rejects when there is neither for too long. */
async function answerOf<T>(query: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  const outcome = query.catch(() => undefined);
  const timeout = delay(ANSWER_WITHIN_MS, undefined, { signal: late.signal, ref: false }).then(
    async () => {
      // When the process itself was busy, the answer lies unread in the socket: read it first.
      await nextTurn();
      await nextTurn();
      throw new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`);
    },
    () => undefined,
  );
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    late.abort();
  }
}

/** A server without a free connection is there all the same; one that starts or stops is not. */
function isRefusedForNow(error: unknown): boolean {
  return (error as { code?: string }).code !== '53300';
}

/** Of several addresses that do not answer there is a code, and no message. */
function reasonOf(error: unknown): string {
  const { message, code = '' } = error as Error & { code?: string };
  return message || code;
}
