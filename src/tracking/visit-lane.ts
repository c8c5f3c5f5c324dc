import pg from 'pg';
import { CopyRows } from '../platform/index.js';
import { COPY_VISITS } from './copy-visits.js';

/** A connection of its own that stores visits, one batch at a time. */
export class VisitLane {
  private client: Promise<pg.Client> | null = null;
  /** When the database was asked to store the batch under way, in ms since the epoch; null while there is none. */
  private askedAt: number | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly connectWithinMs: number,
  ) {}

  /**
   * Resolves when the rows (`visitRow`), put together, are on disk.
   * @throws Error of the server, or of the connection, which is then given up
   */
  async store(rows: string): Promise<void> {
    this.askedAt = Date.now();
    try {
      const client = await (this.client ??= this.connect());
      await new Promise<void>((resolve, reject) => {
        client.query(new CopyRows(COPY_VISITS, rows, (error) => (error ? reject(error) : resolve())));
      });
    } finally {
      this.askedAt = null;
    }
  }

  /** Gives the connection up if a batch has been under way on it since before that time (ms since the epoch). */
  leaveIfAskedBefore(time: number): void {
    if (this.askedAt !== null && this.askedAt <= time) this.disconnect();
  }

  /** Gives the connection up; the next batch makes another one. */
  disconnect(): void {
    const { client } = this;
    this.client = null;
    void client?.then(destroy, () => {});
  }

  /** Ends the connection when its last answer has come. */
  async close(): Promise<void> {
    const client = await this.client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  private connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'tributary-visits',
      connectionTimeoutMillis: this.connectWithinMs,
      options: '-c synchronous_commit=on -c lock_timeout=1000 -c statement_timeout=10000',
    });
    const connected = client.connect().then(
      () => client,
      (error: unknown) => {
        destroy(client);
        throw error;
      },
    );
    client.on('error', () => {
      if (this.client === connected) this.client = null;
    });
    return connected;
  }
}

/** A polite goodbye could wait for a server that is gone. */
function destroy(client: pg.Client): void {
  client.on('error', () => {});
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
