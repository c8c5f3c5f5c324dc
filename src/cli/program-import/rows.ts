import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { csvRows, type DomainError } from '../../platform/index.js';

/** A row of a file, by the names of its columns; an empty cell is an absent one. */
export interface FileRow {
  /** The line on which it ends, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Set for a row that cannot be read. */
  readonly fault?: Fault;
}

/** Why a row is refused. */
export interface Fault {
  /** The column that is wrong; empty where it is none. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The text of a row, the same for the same cells. */
export function rowHash({ cells }: FileRow): string {
  const sorted = Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/**
 * Reads a file in batches of rows; no more than one batch is held.
 * @throws Error when the file as a whole cannot be read, or its header names no or other columns
 */
export async function* batchesOf(
  path: string,
  columns: { readonly required: readonly string[]; readonly optional: readonly string[] },
  size: number,
): AsyncGenerator<FileRow[]> {
  let header: readonly string[] | null = null;
  let batch: FileRow[] = [];
  for await (const { cells, line } of csvRows(createReadStream(path), path)) {
    if (!header) {
      header = cells.map((name) => name.trim());
      checkHeader(path, header, columns);
      continue;
    }
    batch.push(toRow(header, cells, line));
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (!header) throw new Error(`${path}: the file is empty: its first line must name the columns`);
  if (batch.length > 0) yield batch;
}

function checkHeader(
  path: string,
  header: readonly string[],
  { required, optional }: { readonly required: readonly string[]; readonly optional: readonly string[] },
): void {
  const known = [...required, ...optional];
  const unknown = header.find((name) => !known.includes(name));
  const twice = header.find((name, place) => header.indexOf(name) !== place);
  const missing = required.find((name) => !header.includes(name));
  const fault =
    (unknown !== undefined && `the column '${unknown}' is not known`) ||
    (twice !== undefined && `the column '${twice}' stands there twice`) ||
    (missing !== undefined && `the column '${missing}' is missing`);
  if (fault) throw new Error(`${path}: ${fault}; its columns are ${known.join(', ')}`);
}

function toRow(header: readonly string[], cells: readonly string[], line: number): FileRow {
  if (cells.length !== header.length) {
    const message = `the row has ${cells.length} cells, and the header ${header.length}`;
    return { line, cells: {}, fault: { field: '', code: 'INVALID_LINE', message } };
  }
  const unstorable = header.find((_, place) => cells[place]!.includes('\0'));
  if (unstorable !== undefined) {
    const message = `${unstorable}: must not hold a NUL character`;
    return { line, cells: {}, fault: { field: unstorable, code: 'INVALID_FIELD', message } };
  }
  const filled = header.flatMap((name, place): [string, string][] =>
    cells[place] === '' ? [] : [[name, cells[place]!]],
  );
  return { line, cells: Object.fromEntries(filled) };
}

/** The row as the class that says what its columns must be, or what is wrong with it. */
export async function checked<T extends object>(
  type: ClassConstructor<T>,
  { cells, fault }: FileRow,
): Promise<{ row: T } | { fault: Fault }> {
  if (fault) return { fault };
  const row = plainToInstance(type, cells);
  const [error] = await validate(row, { whitelist: true });
  if (!error) return { row };
  const [message] = Object.values(error.constraints ?? {});
  return {
    fault: {
      field: error.property,
      code: 'INVALID_FIELD',
      message: message ?? `${error.property} is not valid`,
    },
  };
}

/**
 * A refusal of the program as a fault of the row.
 * @param columns by the fields of the program, where they are called otherwise
 */
export function faultOf(error: DomainError, columns: Readonly<Record<string, string>>): Fault {
  const path = error.details.errors?.[0]?.path ?? '';
  const field = columns[error.code] ?? columns[path] ?? path;
  return { field, code: error.code, message: error.message };
}
