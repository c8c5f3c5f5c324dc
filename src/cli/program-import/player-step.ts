import type { INestApplicationContext } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { type ImportedPlayerOutcome, ImportedPlayers } from '../../tracking/index.js';
import { COLUMNS } from './formats.js';
import type { ImportBook, ImportedObject } from './import-book.js';
import { IMPORTED_OTHERWISE, type ImportStep, type Outcome } from './import-step.js';
import { type FileRow, rowHash } from './rows.js';

const FLAGS = ['duplicate', 'self_excluded', 'disabled', 'settled'];

/** Takes over players, by links that are there already; the rows of a batch together, since there are many of them. */
export function players(app: INestApplicationContext, book: ImportBook): ImportStep {
  const service = app.get(ImportedPlayers);
  return {
    file: 'players.csv',
    columns: COLUMNS.players,
    async run(tx: Tx, rows: readonly FileRow[]): Promise<Outcome[]> {
      const readable = rows.filter(({ fault }) => !fault);
      const recorded = await service.record(tx, readable.map(({ cells }) => withFlags(cells))); // prettier-ignore
      const outcomes = await booked(tx, book, readable, recorded);
      const byRow = new Map(readable.map((row, index) => [row, outcomes[index]!]));
      return rows.map((row) => row.fault ?? byRow.get(row)!);
    },
  };
}

/** Keeps the rows that players were made from, and refuses other ones for the same players. */
async function booked(
  tx: Tx,
  book: ImportBook,
  rows: readonly FileRow[],
  recorded: readonly ImportedPlayerOutcome[],
): Promise<Outcome[]> {
  const names = recorded.flatMap((player) => (player.status === 'refused' ? [] : player.name));
  const known = await book.find(tx, 'player', names);
  const made: (ImportedObject & { name: string })[] = [];
  const outcomes = recorded.map((player, index): Outcome => {
    if (player.status === 'refused') {
      const { code, message } = player;
      return { field: message.split(':')[0]!, code, message };
    }
    const { status, name, id } = player;
    const hash = rowHash(rows[index]!);
    if (status === 'imported') {
      made.push({ name, id, rowHash: hash });
      known.set(name, { id, rowHash: hash });
      return status;
    }
    // Whom the sync brought is in no book, and what it said since the import is no reason to refuse the row.
    return (known.get(name)?.rowHash ?? hash) === hash ? status : IMPORTED_OTHERWISE;
  });
  await book.add(tx, 'player', made);
  return outcomes;
}

function withFlags(cells: FileRow['cells']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [
      name,
      FLAGS.includes(name) && /^(true|false)$/i.test(cell) ? /^true$/i.test(cell) : cell,
    ]),
  );
}
