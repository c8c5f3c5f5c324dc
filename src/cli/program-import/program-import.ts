import type { INestApplicationContext } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Clock, type Tx, UnitOfWork } from '../../platform/index.js';
import { ImportBook } from './import-book.js';
import type { ImportStep, Outcome } from './import-step.js';
import { batchesOf, type Fault, type FileRow } from './rows.js';
import { importSteps } from './steps.js';

/** Rows that are committed together. */
const BATCH_ROWS = 200;
/** Any constant: whoever imports into this database meets at this advisory lock. */
const IMPORT_LOCK = 7_238_114_553;

/** What to import, and how. */
export interface ImportOptions {
  readonly folder: string;
  /** Names the other program: its ids are its own. */
  readonly source: string;
  readonly invite: boolean;
  readonly dryRun: boolean;
}

/** How many rows of a file became what. */
export interface FileSums {
  readonly file: string;
  imported: number;
  present: number;
  refused: number;
}

/** A refused row. */
export interface RefusedRow extends Fault {
  readonly file: string;
  readonly line: number;
}

type Refuse = (row: RefusedRow) => Promise<void>;
type InTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Ends the transaction of a dry run. */
class TakenBack extends Error {
  constructor(readonly sums: FileSums[]) {
    super('The import is taken back');
  }
}

/**
 * Imports another program from the CSV files of a folder, batch by batch: what is committed stays, and what is there
 * already is left as it is, so that a run that was killed is simply started again. A dry run does the same in one
 * transaction and takes it back.
 * @param refuse is told of each row that was refused
 * @returns what became of the rows of each file that there is
 * @throws Error when another import runs, or a file as a whole cannot be read
 */
export async function importProgram(
  app: INestApplicationContext,
  options: ImportOptions,
  refuse: Refuse,
): Promise<FileSums[]> {
  const book = new ImportBook(options.source, app.get(Clock));
  const steps = importSteps(app, book, options.invite).filter(({ file }) =>
    existsSync(join(options.folder, file)),
  );
  if (steps.length === 0) throw new Error(`${options.folder} has none of the files of an import`);
  const unitOfWork = app.get(UnitOfWork);
  return alone(app.get(DataSource), async () => {
    if (!options.dryRun) return runSteps(steps, options.folder, (work) => unitOfWork.run(work), refuse);
    return takenBack(
      (tellLater) =>
        unitOfWork.run(async (tx) => {
          throw new TakenBack(await runSteps(steps, options.folder, (work) => work(tx), tellLater));
        }),
      refuse,
    );
  });
}

/** Runs what ends by taking itself back; refusals are told as they come, once even if it is run again. */
async function takenBack(run: (refuse: Refuse) => Promise<never>, refuse: Refuse): Promise<FileSums[]> {
  const told = new Set<string>();
  const once: Refuse = async (row) => {
    const key = `${row.file}:${row.line}`;
    if (!told.has(key)) await refuse(row);
    told.add(key);
  };
  try {
    return await run(once);
  } catch (error) {
    if (error instanceof TakenBack) return error.sums;
    throw error;
  }
}

async function runSteps(
  steps: readonly ImportStep[],
  folder: string,
  inTransaction: InTransaction,
  refuse: Refuse,
): Promise<FileSums[]> {
  const all: FileSums[] = [];
  for (const step of steps) {
    const before = step.again ? all.find(({ file }) => file === step.file) : undefined;
    const sums = before ?? { file: step.file, imported: 0, present: 0, refused: 0 };
    for await (const rows of batchesOf(join(folder, step.file), step.columns, BATCH_ROWS)) {
      const outcomes = await inTransaction((tx) => step.run(tx, rows));
      await tell(sums, rows, outcomes, { refuse, again: step.again ?? false });
    }
    if (!before) all.push(sums);
  }
  return all;
}

/** Counts and tells what became of rows; of rows that were counted before (`again`) only what is refused now. */
async function tell(
  sums: FileSums,
  rows: readonly FileRow[],
  outcomes: readonly Outcome[],
  { refuse, again }: { refuse: Refuse; again: boolean },
): Promise<void> {
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === 'string') {
      if (!again) sums[outcome] += 1;
      continue;
    }
    sums.refused += 1;
    await refuse({ file: sums.file, line: rows[index]!.line, ...outcome });
  }
}

/** Does the work while nobody else imports into the database. */
async function alone<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const guard = dataSource.createQueryRunner();
  try {
    const [{ locked }] = await guard.manager.query<[{ locked: boolean }]>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [IMPORT_LOCK],
    );
    if (!locked) throw new Error('Another import is running; wait until it has ended');
    try {
      return await work();
    } finally {
      await guard.query('SELECT pg_advisory_unlock($1)', [IMPORT_LOCK]);
    }
  } finally {
    await guard.release();
  }
}
