import pg from 'pg';
import { type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';

/** A row as the server sends it: its fields as texts, in the order of the statement. */
export type TextRow = readonly (string | null)[];

/** So many rows wait for their reader; then the server waits. */
const MOST_WAITING = 1_000;

/** A query of `pg` that keeps no row. */
class PassingQuery extends pg.Query {
  constructor(
    statement: { text: string; values: readonly unknown[] },
    private readonly take: (row: TextRow) => void,
    ended: (error: Error | undefined) => void,
  ) {
    super({ text: statement.text, values: [...statement.values] }, ended);
  }

  handleDataRow({ fields }: { fields: TextRow }): void {
    this.take(fields);
  }
}

/**
 * The rows of one statement, as they come: half the time of a cursor, since nobody asks for the next ones. Whoever
 * reads slowly slows the server down by the connection, which nobody else can use until the statement has ended.
 */
export class RowStream {
  /** When the connection is free again, whatever became of the statement. */
  readonly ended: Promise<void>;
  /** Whether the server has sent all. */
  over = false;
  private waiting: TextRow[] = [];
  private failure: Error | undefined;
  private unread = false;
  private wake: () => void = () => undefined;

  private constructor(
    private readonly client: pg.PoolClient,
    statement: { text: string; values: readonly unknown[] },
  ) {
    this.ended = new Promise((resolve) => {
      const ended = (error: Error | undefined): void => {
        this.over = true;
        this.failure = error && new QueryFailedError(statement.text, [...statement.values], error);
        this.wake();
        resolve();
      };
      client.query(new PassingQuery(statement, (row) => this.take(row), ended));
    });
  }

  /** Runs the statement on the runner's connection. */
  static async open(
    runner: QueryRunner,
    statement: { text: string; values: readonly unknown[] },
  ): Promise<RowStream> {
    return new RowStream((await runner.connect()) as pg.PoolClient, statement);
  }

  /** All rows of a statement of the transaction. @throws QueryFailedError like any other statement */
  static async readAll(
    tx: EntityManager,
    statement: { text: string; values: readonly unknown[] },
  ): Promise<TextRow[]> {
    const stream = await RowStream.open(tx.queryRunner!, statement);
    const rows: TextRow[] = [];
    for (let next = await stream.next(); next.length > 0; next = await stream.next()) rows.push(...next);
    return rows;
  }

  /** The next rows; none at the end. @throws QueryFailedError like any other statement */
  async next(): Promise<TextRow[]> {
    if (this.waiting.length === 0 && !this.over) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    // Also after a failure: what ends the statement may still be on its way.
    this.client.connection.stream.resume();
    if (this.failure) throw this.failure;
    const rows = this.waiting;
    this.waiting = [];
    return rows;
  }

  /** Lets the rows that are left pass unread; then nobody may read on. */
  leave(): void {
    this.unread = true;
    this.waiting = [];
    this.client.connection.stream.resume();
  }

  private take(row: TextRow): void {
    if (this.unread) return;
    const count = this.waiting.push(row);
    if (count === 1) this.wake();
    if (count === MOST_WAITING) this.client.connection.stream.pause();
  }
}
