import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import type { Tx } from './unit-of-work.js';

/** What the published types of `pg` leave out of a connection. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * `COPY … FROM STDIN` as a query of `pg`: half the server's work of an `INSERT`. The rows follow the command at once
 * instead of waiting until the server asks for them; a server that refuses the command skips them. The callback is
 * called once: when the server acknowledged it all, or with the error.
 */
export class CopyRows extends pg.Query {
  /** @param copied the rows in the text format of COPY (`copyRow`), put together */
  constructor(
    private readonly command: string,
    private readonly copied: string,
    callback: (error: Error | undefined) => void,
  ) {
    super(command, callback);
  }

  /** Sends the command with its rows. */
  override submit = (connection: pg.Connection): void => {
    connection.stream.cork();
    connection.query(this.command);
    (connection as CopyConnection).sendCopyFromChunk(Buffer.from(this.copied));
    (connection as CopyConnection).endCopyFrom();
    connection.stream.uncork();
  };

  /** The server is ready for the rows, which are on their way already. */
  handleCopyInResponse(): void {}
}

/**
 * Puts rows into a table within the transaction.
 * @param command `COPY … FROM STDIN`
 * @param rows each as `copyRow` gives it
 * @throws QueryFailedError like any other statement
 */
export async function copyRows(tx: Tx, command: string, rows: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  const client = (await tx.queryRunner!.connect()) as pg.ClientBase;
  try {
    await new Promise<void>((resolve, reject) => {
      client.query(new CopyRows(command, rows.join(''), (error) => (error ? reject(error) : resolve())));
    });
  } catch (error) {
    throw new QueryFailedError(command, undefined, error as Error);
  }
}

/** A row in the text format of COPY (PostgreSQL manual, "COPY", File Formats); null stands for NULL. */
export function copyRow(fields: readonly (string | number | null)[]): string {
  return `${fields.map(copyField).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One field of such a row. */
export function copyField(value: string | number | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!) : value;
}
