import type { ClassConstructor } from 'class-transformer';
import { type Clock, DomainError, type Tx } from '../../platform/index.js';
import type { ImportBook, ImportedKind } from './import-book.js';
import { checked, type Fault, faultOf, type FileRow, rowHash } from './rows.js';

/** What became of a row. */
export type Outcome = 'imported' | 'present' | Fault;

/** A file, and how its rows are taken over. */
export interface ImportStep {
  /** Name in the folder. */
  readonly file: string;
  readonly columns: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Whether the file's rows were counted by a step before: then only what this one refuses is added. */
  readonly again?: boolean;
  /** Takes rows over; gives what became of each, in their order. */
  run(tx: Tx, rows: readonly FileRow[]): Promise<Outcome[]>;
}

/** How single rows are taken over under an old name. */
interface NamedRows<T> {
  readonly kind: ImportedKind;
  readonly type: ClassConstructor<T>;
  /** The old name. */
  readonly nameOf: (row: T) => string;
  /** Makes what the row says; its id, or null where there is nothing to do. @throws DomainError */
  readonly add: (tx: Tx, row: T) => Promise<string | null>;
  /** What else is to do for one that is there. */
  readonly again?: (tx: Tx, id: string) => Promise<unknown>;
  /** Columns by codes of refusals and by fields of the program. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Why a row is refused that is not the one that was imported. */
export const IMPORTED_OTHERWISE: Fault = {
  field: '',
  code: 'IMPORTED_OTHERWISE',
  message: 'was imported before with other contents, which stay; change it in the program',
};

/** A refusal that names the column. */
export function refusal(field: string, code: string, message: string): DomainError {
  return new DomainError(code, 'invalid', `${field}: ${message}`, { errors: [{ path: field, message }] });
}

/** The time that the cell gives, or null for none. @throws DomainError naming the column, for one that is to come */
export function timeOf(clock: Clock, field: string, cell: string | undefined): Date | null {
  const time = cell === undefined ? null : new Date(cell);
  if (time && time > clock.now()) throw refusal(field, 'INVALID_FIELD', 'must not lie in the future');
  return time;
}

/** Takes rows over one by one, each in a savepoint of its own: a refused one leaves nothing behind. */
export async function oneByOne<T extends object>(
  tx: Tx,
  book: ImportBook,
  rows: readonly FileRow[],
  how: NamedRows<T>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const row of rows) outcomes.push(await one(tx, book, row, how));
  return outcomes;
}

async function one<T extends object>(
  tx: Tx,
  book: ImportBook,
  row: FileRow,
  how: NamedRows<T>,
): Promise<Outcome> {
  const read = await checked(how.type, row);
  if ('fault' in read) return read.fault;
  const name = how.nameOf(read.row);
  const hash = rowHash(row);
  const known = (await book.find(tx, how.kind, [name])).get(name);
  if (known) {
    if (known.rowHash !== hash) return IMPORTED_OTHERWISE;
    await how.again?.(tx, known.id);
    return 'present';
  }
  try {
    return await tx.transaction(async (inner) => {
      const id = await how.add(inner, read.row);
      if (id === null) return 'present';
      await book.add(inner, how.kind, [{ name, id, rowHash: hash }]);
      return 'imported';
    });
  } catch (error) {
    if (error instanceof DomainError) return faultOf(error, how.columns);
    throw error;
  }
}

/** The id of what the old name stands for. @throws DomainError UNKNOWN_… naming the column */
export async function idOf(
  tx: Tx,
  book: ImportBook,
  kind: ImportedKind,
  field: string,
  name: string,
): Promise<string> {
  const id = await book.findId(tx, kind, name);
  if (id === null)
    throw refusal(field, `UNKNOWN_${kind.toUpperCase()}`, `no ${kind} '${name}' has been imported`);
  return id;
}
